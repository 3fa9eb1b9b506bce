// Reads and validates the value of one attribute. The result has the spelling and order of the schema and no
// unassigned members, so equal data gives equal text. What identity providers send in other forms is converted
// before, in quirks/.

import { isObject, type Json, type JsonObject } from '../messages/json.ts'
import { maskCondition, nameWithin } from '../messages/secrets.ts'
import { refuse } from '../refusals/refusals.ts'
import type { ValueRule } from '../refusals/value.ts'
import { findByName, groupSchema, resolveName, userSchema } from '../schema/resource-schema.ts'
import type { Attribute, ResourceSchema } from '../schema/schema.ts'
import { instantOf } from './date-time.ts'
import { settledElements } from './element-list.ts'
import { caseKey } from './text.ts'
import { isBase64, isUri } from './text-format.ts'
import { userNameFault } from './user-name.ts'

/** How strictly an identity provider is treated: unknown names are left out (lenient) or refused (strict). */
export type Mode = 'lenient' | 'strict'

/** The maximum length of a text, in UTF-16 code units. */
const MAX_TEXT = 65_536
const MAX_ELEMENTS = 1_000

/**
 * Attributes by which users and groups are looked up. They must be short enough for an index key, which PostgreSQL
 * limits to 2,704 bytes.
 */
const LOOKED_UP: ReadonlySet<Attribute | undefined> = new Set([
  ...['userName', 'externalId', 'displayName', 'emails.value'].map((name) => leafOf(userSchema, name)),
  leafOf(groupSchema, 'displayName'),
])
const USER_NAME = leafOf(userSchema, 'userName')
const MAX_KEY = 1_024
const MAX_KEY_BYTES = 2_560
const UTF8 = new TextEncoder()

function leafOf(schema: ResourceSchema, name: string): Attribute | undefined {
  const ref = resolveName(schema, name)
  return ref?.sub ?? ref?.attribute
}

/**
 * Returns whether a value means "no value": null, an empty list or, in this service, empty text. @see RFC 7643 §2.5
 */
export function isUnassigned(value: Json | undefined): boolean {
  return value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0)
}

/**
 * Reads the value of an attribute.
 * @param at position of the value for messages: `emails[0].value`
 * @param unknown receives the names of sub-attributes that were left out
 * @returns undefined if this value leaves the attribute unassigned
 * @throws {ScimError} 400 invalidValue naming attribute and rule; in strict mode 400 invalidSyntax for an unknown
 *   name
 * @see RFC 7643 §2.3 to §2.5
 */
export function readValue(
  value: Json,
  attribute: Attribute,
  at: string,
  unknown: string[],
  mode: Mode,
): Json | undefined {
  if (isUnassigned(value)) return undefined
  return attribute.multiValued
    ? readElements(value, attribute, at, unknown, mode)
    : readElement(value, attribute, at, unknown, mode)
}

/**
 * Reads the list of a multi-valued attribute and removes duplicates.
 * @returns undefined if no element has a value
 * @throws {ScimError} as readValue
 * @see RFC 7643 §2.4
 */
export function readElements(
  value: Json,
  attribute: Attribute,
  at: string,
  unknown: string[],
  mode: Mode,
): Json[] | undefined {
  if (!Array.isArray(value)) throw refuse('value-wrong', { at, rule: 'array' })
  if (value.length > MAX_ELEMENTS) throw refuse('value-wrong', { at, rule: 'elements', limit: MAX_ELEMENTS })
  const elements: Json[] = []
  for (let index = 0; index < value.length; index++) {
    const element = readElement(value[index] ?? null, attribute, `${at}[${index}]`, unknown, mode)
    if (element !== undefined) elements.push(element)
  }
  if (elements.length < 2) return elements.length === 0 ? undefined : elements
  return settledElements(elements, attribute)
}

/**
 * Reads a single value, or one element of a multi-valued attribute.
 * @throws {ScimError} as readValue
 */
export function readElement(
  value: Json,
  attribute: Attribute,
  at: string,
  unknown: string[],
  mode: Mode,
): Json | undefined {
  if (isUnassigned(value)) return undefined
  if (attribute.type === 'complex') return readComplex(value, attribute, at, unknown, mode)
  const fault = faultOf(value, attribute, mode)
  if (fault) throw refuse('value-wrong', { at, ...fault })
  return value
}

/** Reads a complex value. Returns undefined if no writable sub-attribute has a value. */
function readComplex(
  value: Json,
  attribute: Attribute,
  at: string,
  unknown: string[],
  mode: Mode,
): JsonObject | undefined {
  if (!isObject(value)) throw refuse('value-wrong', { at, rule: 'object' })
  return readMembers(value, attribute.subAttributes ?? [], `${at}.`, unknown, mode)
}

/**
 * Reads the members of a complex value or an extension. Read-only ones are ignored.
 * @param prefix text before a member's name in messages
 * @returns undefined if nothing is assigned
 * @throws {ScimError} as readValue
 */
export function readMembers(
  object: JsonObject,
  attributes: readonly Attribute[],
  prefix: string,
  unknown: string[],
  mode: Mode,
): JsonObject | undefined {
  const given = inSchemaSpelling(object, attributes, prefix, unknown, mode)
  const read: JsonObject = {}
  let isEmpty = true
  for (const attribute of attributes) {
    const value = given[attribute.name]
    if (value === undefined || attribute.mutability === 'readOnly') continue
    const member = readValue(value, attribute, prefix + attribute.name, unknown, mode)
    if (member === undefined) continue
    read[attribute.name] = member
    isEmpty = false
  }
  return isEmpty ? undefined : read
}

/** Returns the object with every name spelled as in the schema: usually the object itself. */
function inSchemaSpelling(
  object: JsonObject,
  attributes: readonly Attribute[],
  prefix: string,
  unknown: string[],
  mode: Mode,
): JsonObject {
  const names = Object.keys(object)
  if (names.every((name) => findByName(attributes, name)?.name === name)) return object
  const given: JsonObject = {}
  for (const name of names) {
    const attribute = findByName(attributes, name)
    if (attribute) given[attribute.name] = object[name] ?? null
    else leaveOut(prefix + name, unknown, mode)
  }
  return given
}

/**
 * The maximum length of a reported name, in UTF-16 code units, and the maximum number of names reported for one
 * message.
 */
const MAX_NOTED_LENGTH = 256
const MAX_NOTED = 200

/**
 * Reports an unknown name in lenient mode. Text in brackets and after the name is dropped: an element's index is of
 * no use, and a filter contains values.
 * @throws {ScimError} 400 invalidSyntax in strict mode
 */
export function leaveOut(name: string, unknown: string[], mode: Mode): void {
  if (mode === 'strict') throw refuse('attribute-unknown', { name: shortened(maskCondition(name)) })
  if (unknown.length < MAX_NOTED) unknown.push(shortened(nameWithin(name)))
}

function shortened(name: string): string {
  return name.slice(0, MAX_NOTED_LENGTH).toWellFormed()
}

interface Fault {
  readonly rule: ValueRule
  readonly limit?: number
}

/** Returns the rule that a simple value breaks, if any. @see RFC 7643 §2.3 */
function faultOf(value: Json, attribute: Attribute, mode: Mode): Fault | undefined {
  switch (attribute.type) {
    case 'boolean':
      return typeof value === 'boolean' ? undefined : { rule: 'boolean' }
    case 'integer':
      return Number.isInteger(value) ? undefined : { rule: 'integer' }
    case 'decimal':
      return Number.isFinite(value) ? undefined : { rule: 'number' }
    case 'dateTime':
      return typeof value === 'string' && instantOf(value) !== undefined ? undefined : { rule: 'dateTime' }
    default:
      return textFault(value, attribute, mode)
  }
}

function textFault(value: Json, attribute: Attribute, mode: Mode): Fault | undefined {
  if (typeof value !== 'string') return { rule: 'string' }
  const isKey = LOOKED_UP.has(attribute)
  const longest = isKey ? MAX_KEY : MAX_TEXT
  if (value.length > longest) return { rule: 'characters', limit: longest }
  if (isKey && isLongKey(value)) return { rule: 'bytes', limit: MAX_KEY_BYTES }
  return mode === 'strict' ? formFault(value, attribute) : undefined
}

function formFault(text: string, attribute: Attribute): Fault | undefined {
  const { type } = attribute
  if (attribute === USER_NAME) {
    const rule = userNameFault(text)
    return rule && { rule }
  }
  if (type === 'binary' && !isBase64(text)) return { rule: 'base64' }
  if (type === 'reference' && !isUri(text)) return { rule: 'uri' }
  return undefined
}

/**
 * Returns whether a key is too long in bytes. One character can become up to 18, or 36 bytes, in the form used for
 * comparison.
 */
function isLongKey(text: string): boolean {
  if (text.length * 36 <= MAX_KEY_BYTES) return false
  return Math.max(UTF8.encode(text).length, UTF8.encode(caseKey(text)).length) > MAX_KEY_BYTES
}
