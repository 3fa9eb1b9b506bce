// Sent:    {"title": " ", "externalId": {}, "nickName": [""], "name": {"formatted": " "}, "active": {}}, and
//          {"emails": [{"type": "work", "primary": true, "value": ""}], "urn:…:enterprise:2.0:User": ""}
//          (templates whose macros have no value for this user, or join empty values with a space)
// Breaks:  RFC 7643 §2.5: an attribute without a value is left out, or null.
// Becomes: empty text or null. Elements whose values are all empty are removed. Required attributes stay and are
//          refused.
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
    // An object says nothing about whether a user is active, and null would make a new user active.
    return attribute.type !== 'boolean' && holdsNothing(value) ? null : value
  },
}

/** Rewrites extensions that have no value, or that are the only element of a list. */
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

/** Rewrites an extension without a value in an operation, which removes the extension. */
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
 * Rewrites `{"op": "remove", "path": "members", "value": ""}`: it names no member, so it removes none. Only a remove
 * whose value is missing or null removes all.
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

/** Returns whether an element of a list has values and all of them are empty, not counting labels. */
export function isBlankElement(element: Json): boolean {
  if (!isObject(element)) return false
  // Checked first because a list of members can be long.
  if (typeof element.value === 'string' && !isBlank(element.value)) return false
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

/** Returns whether an object has no content: `{}`, or Entra's legacy wrapping around an empty value. */
function wrapsNothing(object: JsonObject): boolean {
  return Object.entries(object).every(([name, value]) => isLabel(name) || holdsNothing(value))
}

function isBlank(text: string): boolean {
  return text.trim() === ''
}
