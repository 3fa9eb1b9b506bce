// Sent:    {"op": "replace", "path": "groups", "value": []}, {"op": "add", "path": "id", "value": ""}
//          (templates that fill in every attribute that /Schemas lists)
// Breaks:  RFC 7643 §7: clients can't change read-only attributes.
// Becomes: an operation that changes nothing, as `path-less-keys` does for `{"groups": []}`.
import { lookUp } from '../schema/names.ts'
import { isUnassigned } from '../values/value.ts'
import { isBlankElement } from './blanks.ts'
import type { OperationQuirk } from './quirk.ts'

export const readOnlyBlanks: OperationQuirk = {
  name: 'read-only-blanks',
  rewrite(operation, schema) {
    const { op, path, value } = operation
    if (value === undefined || typeof path !== 'string' || path.includes('[') || !isNothing(value))
      return [operation]
    const isSetting = typeof op === 'string' && /^(add|replace)$/i.test(op)
    const isReadOnly = isSetting && lookUp(schema, path)?.attribute.mutability === 'readOnly'
    return [isReadOnly ? { op, value: {} } : operation]
  },
}

function isNothing(value: Parameters<typeof isBlankElement>[0]): boolean {
  return isUnassigned(value) || isBlankElement({ value })
}
