// Sent:    {"op": "Replace ", "path": " active", "value": false}
//          (mappings that were typed by hand)
// Breaks:  RFC 7644 §3.5.2: operations and attribute names don't start or end with a space.
// Becomes: the same without the outer spaces.
import type { Json } from '../messages/json.ts'
import type { OperationQuirk } from './quirk.ts'

export const outerSpaces: OperationQuirk = {
  name: 'outer-spaces',
  rewrite(operation) {
    const spaced = Object.entries(operation).filter(([name, value]) => isSpaced(name, value))
    if (spaced.length === 0) return [operation]
    return [
      { ...operation, ...Object.fromEntries(spaced.map(([name, value]) => [name, String(value).trim()])) },
    ]
  },
}

function isSpaced(name: string, value: Json): boolean {
  return typeof value === 'string' && /^(?:op|path)$/i.test(name) && value !== value.trim()
}
