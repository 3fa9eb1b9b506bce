// Sent:    {"op": "Replace ", "path": " active", "value": false}
//          (mappings that were typed by hand)
// Breaks:  RFC 7644 §3.5.2: no operation and no attribute begins or ends with a space.
// Becomes: the same without the spaces around it.
import type { Json } from '../messages/json.ts'
import type { OperationQuirk } from './quirk.ts'

export const outerSpaces: OperationQuirk = {
  name: 'outer-spaces',
  rewrite: (operation) => [
    Object.fromEntries(
      Object.entries(operation).map(([name, value]) => [
        name,
        /^(op|path)$/i.test(name) ? trimmed(value) : value,
      ]),
    ),
  ],
}

function trimmed(value: Json): Json {
  return typeof value === 'string' ? value.trim() : value
}
