// Sent:    {"title": " ", "externalId": {}, "nickName": [""], "name": {"formatted": " "}, "active": {}}, and
//          {"emails": [{"type": "work", "primary": true, "value": ""}], "urn:…:enterprise:2.0:User": ""}
//          (templates whose macros have no value for this user, or are joined by a space)
// Breaks:  RFC 7643 §2.5: an attribute without a value is left out, or null.
// Becomes: empty text or null, and elements of which every value is empty are none. Required attributes stay, to be refused.
import { isObject, type Json, type JsonObject } from '../messages/json.ts'
import { findExtension } from '../schema/resource-schema.ts'
import type { ResourceSchema } from '../schema/schema.ts'
import { isUnassigned } from '../values/value.ts'
import type { BodyQuirk, OperationQuirk, ValueQuirk } from './quirk.ts'

export const blanks: ValueQuirk = {
  name: 'blanks',
  rewrite(value, attribute) {
    if (typeof value === 'string') return isBlank(value) && !attribute.required ? '' : value
    if (attribute.multiValued || attribute.type === 'complex') return value
    // Whether a user is active is not guessed from an object: a new user without a value is active.
    return attribute.type !== 'boolean' && holdsNothing(value) ? null : value
  },
}

/** An extension without any value, or as the only element of a list. */
export const blankExtensions: BodyQuirk = {
  name: 'blank-extensions',
  rewrite(body, schema) {
    const extensions = Object.keys(body).filter((key) => findExtension(schema, key))
    const given = extensions.map((key) => [key, extensionValue(body[key] ?? null)])
    return given.some(([key, value]) => value !== body[String(key)])
      ? { ...body, ...Object.fromEntries(given) }
      : body
  },
}

/** The same as the value of an operation: it takes the extension away. */
export const blankExtensionOperations: OperationQuirk = {
  name: 'blank-extensions',
  rewrite(operation, schema) {
    const { op, path, value } = operation
    if (value === undefined || !isExtension(path, schema) || isRemove(op)) return [operation]
    const given = extensionValue(value)
    if (given !== null) return [{ ...operation, value: given }]
    return [isAdd(op) ? { ...operation, value: {} } : { op: 'remove', path: path ?? null }]
  },
}

/**
 * `{"op": "remove", "path": "members", "value": ""}` names nobody, so it removes nobody. Without a value, or with null, it
 * removes all.
 */
export const blankRemovals: OperationQuirk = {
  name: 'blank-removals',
  rewrite(operation) {
    const { op, value } = operation
    return [
      isRemove(op) && typeof value === 'string' && isBlank(value) ? { ...operation, value: [] } : operation,
    ]
  },
}

function isExtension(path: Json | undefined, schema: ResourceSchema): boolean {
  return typeof path === 'string' && path.includes(':') && findExtension(schema, path) !== undefined
}

function isRemove(op: Json | undefined): boolean {
  return typeof op === 'string' && op.toLowerCase() === 'remove'
}

function isAdd(op: Json | undefined): boolean {
  return typeof op === 'string' && op.toLowerCase() === 'add'
}

function extensionValue(value: Json): Json {
  if (isObject(value)) return value
  if (holdsNothing(value)) return null
  return Array.isArray(value) && value.length === 1 ? (value[0] ?? null) : value
}

/** Of a list of objects: whether a value is there and empty, and nothing but labels is beside it. */
export function isBlankElement(element: Json): boolean {
  if (!isObject(element)) return false
  if (typeof element.value === 'string' && !isBlank(element.value)) return false // a list of members may be long
  const values = Object.entries(element).filter(([name]) => !isLabel(name))
  return values.length > 0 && values.every(([, value]) => holdsNothing(value))
}

function isLabel(name: string): boolean {
  return name === 'type' || name === 'primary' || name === '$ref'
}

function holdsNothing(value: Json): boolean {
  if (typeof value === 'string') return isBlank(value)
  if (Array.isArray(value)) return value.every(holdsNothing)
  return isObject(value) ? wrapsNothing(value) : isUnassigned(value)
}

/** `{}`, and the legacy wrapping of nothing. */
function wrapsNothing(object: JsonObject): boolean {
  return Object.entries(object).every(([name, value]) => isLabel(name) || holdsNothing(value))
}

function isBlank(text: string): boolean {
  return text.trim() === ''
}
