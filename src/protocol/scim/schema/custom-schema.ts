// Reads a tenant's definition of an extension for its own attributes: JSON as in RFC 7643 §7. Its size is limited,
// and characteristics that this service doesn't implement are refused.
import { isObject, type Json, type JsonObject } from '../messages/json.ts'
import { isName } from './names.ts'
import { findByName, isSameUrn } from './resource-schema.ts'
import type { Attribute, AttributeType, Schema } from './schema.ts'
import { attribute } from './standard/common.ts'

/** The rule that a schema definition breaks. */
export class SchemaFault extends Error {
  /** The position, such as `attributes[2].name`. */
  readonly at: string
  readonly rule: string
  constructor(at: string, rule: string) {
    super(`${at} ${rule}`)
    this.at = at
    this.rule = rule
  }
}

/** The maximum number of attributes in a schema, including sub-attributes. */
const MAX_ATTRIBUTES = 200
const MAX_URN = 200
const MAX_NAME = 64
const MAX_TEXT = 1_000
const MAX_LIST = 100

/** URNs that are reserved: those of RFC 7643 §10 and of SCIM 1. */
const TAKEN_URNS = [
  'urn:ietf:params:scim:schemas:core:',
  'urn:ietf:params:scim:schemas:extension:enterprise:',
  'urn:ietf:params:scim:api:',
  'urn:ietf:params:scim:event:',
  'urn:scim:schemas:',
]

/**
 * Reads a schema definition.
 * @param others URNs of the identity provider's other schemas
 * @returns the complete schema, with the defaults of RFC 7643 §2.2
 * @throws {SchemaFault}
 * @see RFC 7643 §7; erratum 8415: sub-attributes are never complex
 */
export function readCustomSchema(json: Json, others: readonly string[] = []): Schema {
  if (!isObject(json)) throw new SchemaFault('schema', 'must be an object')
  const id = readUrn(json.id, others)
  const name = readText(json.name, 'name', MAX_NAME) || id.slice(id.lastIndexOf(':') + 1)
  const attributes = readAttributes(json.attributes, 'attributes', false)
  const count = attributes.reduce((sum, { subAttributes = [] }) => sum + 1 + subAttributes.length, 0)
  if (count > MAX_ATTRIBUTES)
    throw new SchemaFault('attributes', `must be at most ${MAX_ATTRIBUTES}, sub-attributes counted`)
  return { id, name, description: readText(json.description, 'description', MAX_TEXT) || name, attributes }
}

/**
 * Reads the schema's URN: RFC 8141 without the characters that paths and filters (RFC 7644) don't allow. A URN that
 * continues another schema's URN would make names ambiguous, since an attribute's full name is its schema's URN, a
 * colon and more.
 * @throws {SchemaFault}
 */
function readUrn(json: Json | undefined, others: readonly string[]): string {
  if (typeof json !== 'string') throw new SchemaFault('id', 'must be the URN of the schema')
  const isUrn = /^urn:[a-z0-9][a-z0-9-]{0,30}[a-z0-9](:[a-z0-9._$/-]+)+$/i
  if (json.length > MAX_URN) throw new SchemaFault('id', `must have at most ${MAX_URN} characters`)
  if (!isUrn.test(json) || !isName(json))
    throw new SchemaFault('id', 'must be a URN such as urn:example:params:scim:schemas:1.0:Staff')
  const lower = json.toLowerCase()
  if (TAKEN_URNS.some((taken) => `${lower}:`.startsWith(taken)))
    throw new SchemaFault('id', 'belongs to the standard; choose a URN of your own')
  const neighbour = others.find((other) => goesOn(lower, other) || goesOn(other, lower))
  if (neighbour) throw new SchemaFault('id', `and ${neighbour} begin alike; neither may go on from the other`)
  return json
}

function goesOn(urn: string, beginning: string): boolean {
  const [long, short] = [urn.toLowerCase(), beginning.toLowerCase()]
  return long.startsWith(`${short}:`) || long.startsWith(`${short}.`)
}

function readAttributes(json: Json | undefined, at: string, isSub: boolean): Attribute[] {
  if (!Array.isArray(json) || json.length === 0)
    throw new SchemaFault(at, 'must be a list of at least one attribute')
  if (json.length > MAX_ATTRIBUTES)
    throw new SchemaFault(at, `must be at most ${MAX_ATTRIBUTES}, sub-attributes counted`)
  const seen = new Set<string>()
  return json.map((each, index) => {
    const read = readAttribute(each, `${at}[${index}]`, isSub)
    const key = read.name.toLowerCase()
    if (seen.has(key))
      throw new SchemaFault(`${at}[${index}].name`, 'is there twice; letter case does not count')
    seen.add(key)
    return read
  })
}

const CHARACTERISTICS: ReadonlySet<string> = new Set([
  ...['name', 'type', 'multiValued', 'description', 'required', 'caseExact', 'canonicalValues'],
  ...['mutability', 'returned', 'uniqueness', 'referenceTypes', 'subAttributes'],
])
const TYPES = [
  'string',
  'boolean',
  'decimal',
  'integer',
  'dateTime',
  'binary',
  'reference',
  'complex',
] as const
const TEXT_TYPES: ReadonlySet<AttributeType> = new Set(['string', 'binary', 'reference'])

function readAttribute(json: Json, at: string, isSub: boolean): Attribute {
  if (!isObject(json)) throw new SchemaFault(at, 'must be an object')
  const stranger = Object.keys(json).find((key) => !CHARACTERISTICS.has(key))
  if (stranger !== undefined)
    throw new SchemaFault(`${at}.${stranger.slice(0, MAX_NAME)}`, 'is no characteristic of an attribute')
  const type = oneOf(json.type, TYPES, 'string', `${at}.type`)
  if (isSub && type === 'complex')
    throw new SchemaFault(`${at}.type`, 'of a sub-attribute must not be complex')
  const multiValued = readBoolean(json.multiValued, `${at}.multiValued`)
  if (isSub && multiValued) throw new SchemaFault(`${at}.multiValued`, 'of a sub-attribute must be false')
  return attribute(
    readName(json.name, `${at}.name`, isSub),
    type,
    readText(json.description, `${at}.description`, MAX_TEXT),
    {
      multiValued,
      required: readBoolean(json.required, `${at}.required`),
      ...readAccess(json, at, isSub),
      ...(TEXT_TYPES.has(type) && readTextRules(json, type, at)),
      ...(type === 'complex' && {
        subAttributes: readAttributes(json.subAttributes, `${at}.subAttributes`, true),
      }),
    },
  )
}

/**
 * Reads `mutability`, `returned` and `uniqueness`, and refuses values that this service can't implement: write-only
 * and never returned attributes, unique values, and sub-attributes that are immutable by themselves.
 * @throws {SchemaFault}
 */
function readAccess(
  json: JsonObject,
  at: string,
  isSub: boolean,
): Pick<Attribute, 'mutability' | 'returned'> {
  const whole = isSub ? [] : (['immutable'] as const)
  const mutability = oneOf(
    json.mutability,
    ['readWrite', 'readOnly', ...whole],
    'readWrite',
    `${at}.mutability`,
  )
  const returned = oneOf(json.returned, ['default', 'always', 'request'], 'default', `${at}.returned`)
  oneOf(json.uniqueness, ['none'], 'none', `${at}.uniqueness`)
  return { mutability, returned }
}

function readTextRules(json: JsonObject, type: AttributeType, at: string): Partial<Attribute> {
  const canonicalValues = readTexts(json.canonicalValues, `${at}.canonicalValues`)
  const referenceTypes = readTexts(json.referenceTypes, `${at}.referenceTypes`)
  const { caseExact = null } = json
  return {
    ...(caseExact !== null && { caseExact: readBoolean(caseExact, `${at}.caseExact`) }),
    ...(canonicalValues && { canonicalValues }),
    ...(type === 'reference' && { referenceTypes: referenceTypes ?? ['external'] }),
  }
}

/** Keywords of filters, attributes that every resource has, and properties that every JavaScript object has. */
const RESERVED: ReadonlySet<string> = new Set(
  ['and', 'or', 'not', 'schemas', 'id', 'externalId', 'meta', 'prototype']
    .concat(Object.getOwnPropertyNames(Object.prototype))
    .map((name) => name.toLowerCase()),
)

/** Reads an attribute's name: `ATTRNAME = ALPHA *(nameChar)`. @see RFC 7644 §3.10, figure 7 */
function readName(json: Json | undefined, at: string, isSub: boolean): string {
  if (isSub && json === '$ref') return json
  const isAttributeName = typeof json === 'string' && /^[a-z][a-z0-9_-]*$/i.test(json)
  if (!isAttributeName) throw new SchemaFault(at, 'must be a letter, then letters, digits, - and _')
  if (json.length > MAX_NAME) throw new SchemaFault(at, `must have at most ${MAX_NAME} characters`)
  if (RESERVED.has(json.toLowerCase())) throw new SchemaFault(at, `must not be ${json}, which is reserved`)
  return json
}

function readText(json: Json | undefined, at: string, longest: number): string {
  if (json === undefined || json === null) return ''
  if (typeof json !== 'string') throw new SchemaFault(at, 'must be a string')
  if (json.length > longest) throw new SchemaFault(at, `must have at most ${longest} characters`)
  if (json.includes('\0') || !json.isWellFormed()) throw new SchemaFault(at, 'must be text')
  return json
}

function readTexts(json: Json | undefined, at: string): string[] | undefined {
  if (json === undefined || json === null) return undefined
  if (!Array.isArray(json) || json.length > MAX_LIST)
    throw new SchemaFault(at, `must be a list of at most ${MAX_LIST} strings`)
  return json.map((each, index) => {
    if (typeof each !== 'string') throw new SchemaFault(`${at}[${index}]`, 'must be a string')
    return readText(each, `${at}[${index}]`, MAX_TEXT)
  })
}

function readBoolean(json: Json | undefined, at: string): boolean {
  if (json === undefined || json === null) return false
  if (typeof json !== 'boolean') throw new SchemaFault(at, 'must be true or false')
  return json
}

function oneOf<Word extends string>(
  json: Json | undefined,
  words: readonly Word[],
  usual: Word,
  at: string,
): Word {
  if (json === undefined || json === null) return usual
  const word = words.find((each) => each === json)
  if (word === undefined) throw new SchemaFault(at, `must be ${words.join(' or ')}`)
  return word
}

/**
 * Checks that a definition can replace another without changing how existing data is read.
 * @throws {SchemaFault}
 */
export function requireCompatible(before: Schema, after: Schema): void {
  requireKept(before.attributes, after.attributes, '')
}

function requireKept(before: readonly Attribute[], after: readonly Attribute[], prefix: string): void {
  for (const was of before) {
    const name = prefix + was.name
    const is = findByName(after, was.name)
    if (is?.name !== was.name)
      throw new SchemaFault(name, 'is missing; remove the schema first, with its data')
    if (is.type !== was.type || is.multiValued !== was.multiValued)
      throw new SchemaFault(name, 'has another type; remove the schema first, with its data')
    if (is.required && !was.required) throw new SchemaFault(name, 'must not become required')
    requireKept(was.subAttributes ?? [], is.subAttributes ?? [], `${name}.`)
  }
  const added = after.find(({ name, required }) => required && !findByName(before, name))
  if (added)
    throw new SchemaFault(prefix + added.name, 'must not be required, since there may be data without it')
}

/** Returns the definition with one more attribute. @param definition undefined for a new one @throws {SchemaFault} */
export function withAttribute(
  definition: Schema | undefined,
  urn: string,
  added: { readonly name: string; readonly type: string; readonly multiValued: boolean },
): Json {
  if (definition && findByName(definition.attributes, added.name))
    throw new SchemaFault(`${urn}:${added.name}`, 'is declared already')
  const { name = '', description = '', attributes = [] } = definition ?? {}
  return {
    id: definition && isSameUrn(definition.id, urn) ? definition.id : urn,
    name,
    description,
    attributes: [...(attributes as unknown as Json[]), { ...added }],
  }
}
