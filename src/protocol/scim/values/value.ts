// Reads the value of one attribute: is it what the schema says? What is read has the spelling and the order of the
// schema and no trace of what is unassigned, so that equal data is equal text. Coercion of what some identity providers
// send instead is not done here but in quirks/, before.

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

/** How an identity provider is treated: names unknown to the schema are left out, or refused. */
export type Mode = 'lenient' | 'strict'

/** UTF-16 code units of one text. */
const MAX_TEXT = 65_536
const MAX_ELEMENTS = 1_000

/** What people and groups are looked up by is short enough to be a key of an index, which has at most 2,704 bytes. */
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

/** RFC 7643 §2.5: null, an empty list and, here, empty text are the state of having no value. */
export function isUnassigned(value: Json | undefined): boolean {
  return value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0)
}

/**
 * @param at where the value stands, for messages: `emails[0].value`
 * @param unknown is given the names of sub-attributes that were left out
 * @returns undefined when the attribute is unassigned by this value
 * @throws {ScimError} 400 invalidValue naming attribute and rule; in strict mode 400 invalidSyntax for an unknown name
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
 * The list of a multi-valued attribute, settled as a whole.
 * @returns undefined when no element has a value
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
 * One value of an attribute, of a multi-valued one too.
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

/** Undefined when no sub-attribute that may be written has a value. */
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
 * The members of an object by the attributes of a complex attribute or of an extension; readOnly ones are passed over.
 * @param prefix what stands before a member's name in messages
 * @returns undefined when nothing is assigned
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

/** The object itself in the usual case, in which every name is spelled as in the schema. */
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

/** UTF-16 code units of a name that is noted, and how many of them one message can have noted. */
const MAX_NOTED_LENGTH = 256
const MAX_NOTED = 200

/**
 * The schemas do not have this name: noted in lenient mode, without what stands in brackets or behind the name, since the
 * number of an element says nothing and a filter holds values.
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

/** The rule that a simple value breaks. @see RFC 7643 §2.3 */
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

/** One character may become 18 in the form that is compared, of up to 36 bytes together. */
function isLongKey(text: string): boolean {
  if (text.length * 36 <= MAX_KEY_BYTES) return false
  return Math.max(UTF8.encode(text).length, UTF8.encode(caseKey(text)).length) > MAX_KEY_BYTES
}
