// Sent:    {"emails": {"value": "wren@example.com", "type": "work"}}                                     (OneLogin)
//          {"op": "Add", "path": "manager", "value": [{"$ref": "…/Users/7", "value": "7"}]}           (Entra, legacy)
//          {"op": "Replace", "path": "displayName", "value": [{"$ref": null, "value": "Wren"}]}       (Entra, legacy)
//          {"op": "Replace", "path": "active", "value": [false]}, {"active": {"value": false}},
//          {"title": ["Keel"]}, {"title": {"value": "Keel"}}, {"roles": 7}                     (hand-made templates)
// Breaks:  RFC 7643 §2.4: multi-valued attributes are arrays, and only those.
// Becomes: a list where the attribute is multi-valued, and the only element of a list where it isn't.
import { isObject, type Json } from '../messages/json.ts'
import type { ValueQuirk } from './quirk.ts'

export const lists: ValueQuirk = {
  name: 'lists',
  rewrite(value, attribute) {
    if (attribute.multiValued)
      return attribute.type === 'complex' && isObject(value) ? [value] : bareList(value)
    // Values that identify a user or group are never guessed.
    if (attribute.type !== 'complex' && !attribute.required && isObject(value)) return bare(value, value)
    if (!Array.isArray(value) || value.length !== 1) return value
    const only = value[0] ?? null
    if (attribute.type === 'complex') return only
    if (isObject(only)) return bare(only, value)
    const fits =
      attribute.type === 'boolean' ? !Array.isArray(only) : typeof only === 'string' && !attribute.required
    return fits ? only : value
  },
}

/** Wraps a single text or number in a list. For lists of objects, the next quirk turns it into an object. */
function bareList(value: Json): Json {
  return typeof value === 'number' || (typeof value === 'string' && value !== '') ? [value] : value
}

/** Unwraps Entra's legacy form of a simple value. Anything else stays as sent. */
function bare(wrapped: { [name: string]: Json }, sent: Json): Json {
  const isWrapping =
    Object.hasOwn(wrapped, 'value') &&
    Object.keys(wrapped).every((name) => name === 'value' || name === '$ref')
  return isWrapping ? (wrapped.value ?? null) : sent
}
