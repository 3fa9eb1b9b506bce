// Sent:    {"op": "replace", "path": "active[value eq true]", "value": false}
// Breaks:  RFC 7644 §3.5.2: a filter needs a list of objects.
// Becomes: the same without the filter, since a value that is already false stays false. Operations that set true
//          keep the filter and are refused by the PATCH engine: a filter must not decide whether a user becomes
//          active.
import type { Json } from '../messages/json.ts'
import { lookUp } from '../schema/names.ts'
import type { OperationQuirk } from './quirk.ts'
import { booleanIn } from './string-booleans.ts'

const IS_TRUE = /^([^[\]]+)\[\s*value\s+eq\s+("?)(?:true|1)\2\s*\]$/i

export const booleanFilters: OperationQuirk = {
  name: 'boolean-filters',
  rewrite(operation, schema) {
    const { op, path, value } = operation
    const name = typeof path === 'string' && path.includes('[') ? IS_TRUE.exec(path)?.[1] : undefined
    if (name === undefined || lookUp(schema, name)?.attribute.type !== 'boolean') return [operation]
    const isSetting = typeof op === 'string' && /^(add|replace)$/i.test(op)
    return [isSetting && isFalse(value) ? { ...operation, path: name } : operation]
  },
}

function isFalse(value: Json | undefined): boolean {
  return value === false || value === 0 || value === '0' || booleanIn(value) === false
}
