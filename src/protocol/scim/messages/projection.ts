// Selects the attributes of a response by the parameters `attributes` and `excludedAttributes` and by what the schema
// always or never returns. @see RFC 7644 §3.4.2.5, §3.9; RFC 7643 §7

import { refuse } from '../refusals/refusals.ts'
import { lookUp, nameOf } from '../schema/names.ts'
import { findAttribute, findExtension, findSchema, findSubAttribute } from '../schema/resource-schema.ts'
import type { Attribute, ResourceSchema } from '../schema/schema.ts'
import { isObject, type Json, type JsonObject } from './json.ts'

/** The attributes named, keyed as `userName` or `urn:…:User:manager`: the whole attribute, or some sub-attributes. */
type Choice = ReadonlyMap<string, 'whole' | ReadonlySet<string>>

/** The attributes a request names: only those are returned, or all others. */
export interface Projection {
  readonly wanted: boolean
  readonly chosen: Choice
}

/**
 * The names of the attributes that the request wrote. Those that are returned only on request are also returned to
 * the request that wrote them.
 * @see RFC 7643 §7
 */
export type Written = 'all' | ReadonlySet<string>

const MAX_LENGTH = 8_192

/** The parameters of a request, with names in any letter case. */
export type Parameters = Readonly<Record<string, string | readonly string[] | undefined>>

/**
 * Reads the parameters that select attributes. Unknown names are ignored.
 * @returns undefined if neither parameter is given
 * @throws {ScimError} 400 invalidValue for both at once (RFC 7644 §3.9), a parameter given twice, or more than 8,192
 *   characters
 */
export function parseProjection(schema: ResourceSchema, parameters: Parameters): Projection | undefined {
  const attributes = parameterOf(parameters, 'attributes')
  const excluded = parameterOf(parameters, 'excludedAttributes')
  if (attributes && excluded) {
    throw refuse('attributes-both')
  }
  const text = attributes || excluded
  if (!text) return undefined
  if (text.length > MAX_LENGTH) {
    throw refuse('attributes-too-long', { limit: MAX_LENGTH })
  }
  return { wanted: Boolean(attributes), chosen: choose(schema, text.split(',')) }
}

/** Returns a query parameter by its name in any letter case. @throws {ScimError} 400 if it is given twice */
export function parameterOf(parameters: Parameters, name: string): string | undefined {
  const lower = name.toLowerCase()
  const values = Object.keys(parameters)
    .filter((key) => key.toLowerCase() === lower)
    .flatMap((key) => parameters[key] ?? [])
  if (values.length > 1)
    throw name === 'filter' ? refuse('filter-repeated') : refuse('parameter-repeated', { name })
  return values[0]?.trim()
}

function choose(schema: ResourceSchema, names: readonly string[]): Choice {
  const chosen = new Map<string, 'whole' | Set<string>>()
  for (const [key, sub] of names.flatMap((name) => keysOf(schema, name.trim()))) {
    const before = chosen.get(key)
    if (before === 'whole') continue
    chosen.set(key, sub === undefined ? 'whole' : (before ?? new Set()).add(sub))
  }
  return chosen
}

/** Returns the attributes that a name selects. A schema's URN selects all its attributes. */
function keysOf(schema: ResourceSchema, name: string): [key: string, sub: string | undefined][] {
  const ref = lookUp(schema, name)
  if (ref) return [[keyOf(ref.extension, ref.attribute), ref.sub?.name]]
  const whole = findSchema(schema, name)
  const extension = whole === schema.core ? undefined : whole?.id
  return whole ? whole.attributes.map((attribute) => [keyOf(extension, attribute), undefined]) : []
}

function keyOf(extension: string | undefined, attribute: Attribute): string {
  return nameOf({ extension, attribute, sub: undefined })
}

/** Attributes that are only loaded when needed. */
const APART: ReadonlySet<string> = new Set(['members', 'groups'])

/** Returns whether the response contains any of the attribute. If not, it needn't be loaded. */
export function wants(projection: Projection | undefined, name: 'members' | 'groups'): boolean {
  if (!projection) return true
  const choice = projection.chosen.get(name)
  return projection.wanted ? choice !== undefined : choice !== 'whole'
}

/**
 * Returns whether the response contains everything that is loaded for it, so that it can be sent as it is. What
 * {@link wants} excludes isn't loaded.
 */
export function takesAll(projection: Projection | undefined): boolean {
  if (!projection) return true
  const { wanted, chosen } = projection
  return !wanted && [...chosen].every(([key, choice]) => APART.has(key) && choice === 'whole')
}

/**
 * Returns the part of a resource that the response contains.
 * @param resource complete, with `id`, `meta` and `groups` or `members`; never changed in place
 */
export function project(
  resource: JsonObject,
  schema: ResourceSchema,
  projection: Projection | undefined,
  written?: Written,
): JsonObject {
  const asked: Asked = { projection, written }
  const part: JsonObject = {}
  for (const [name, value] of Object.entries(resource)) {
    const extension = findExtension(schema, name)
    const kept =
      extension && isObject(value)
        ? members(value, (member) =>
            pick(value[member], findAttribute(schema, member, extension.id), extension.id, asked),
          )
        : pick(value, findAttribute(schema, name), undefined, asked)
    if (kept !== undefined) part[name] = kept
  }
  return withSchemasOfData(part, schema)
}

/** Removes extensions without data in the response from `schemas`. @see RFC 7643 §3 */
function withSchemasOfData(part: JsonObject, schema: ResourceSchema): JsonObject {
  if (!Array.isArray(part.schemas)) return part
  const isThere = (urn: Json) => !schema.extensions.some(({ id }) => id === urn && !Object.hasOwn(part, id))
  return { ...part, schemas: part.schemas.filter(isThere) }
}

interface Asked {
  readonly projection: Projection | undefined
  readonly written: Written | undefined
}

/** Returns the part of an attribute that the response contains, or undefined for none. */
function pick(
  value: Json | undefined,
  attribute: Attribute | undefined,
  extension: string | undefined,
  { projection, written }: Asked,
): Json | undefined {
  if (value === undefined || !attribute) return undefined
  const key = keyOf(extension, attribute)
  const choice = projection?.chosen.get(key)
  const isWritten = written === 'all' || (written?.has(key) ?? false)
  const isChosen = (sub: Attribute) => choice === 'whole' || (choice?.has(sub.name) ?? false)
  const isReturned = (sub: Attribute) => returns(sub, projection, isChosen(sub), isWritten)
  if (attribute.returned === 'always') return value
  if (attribute.returned === 'never' || !attribute.subAttributes) {
    return returns(attribute, projection, choice !== undefined, isWritten) ? value : undefined
  }
  if (projection?.wanted && choice === undefined) return undefined
  if (attribute.returned === 'request' && !projection?.wanted && !isWritten) return undefined
  // An empty list is returned as it is, for example the members of an empty group.
  const isEmpty = Array.isArray(value) && value.length === 0
  if (isEmpty) return choice === 'whole' && !projection?.wanted ? undefined : value
  return pickSubAttributes(value, attribute, isReturned)
}

/** Returns whether an attribute is in the response. @see RFC 7643 §7, `returned` */
function returns(
  { returned }: Attribute,
  projection: Projection | undefined,
  isChosen: boolean,
  isWritten: boolean,
): boolean {
  if (returned === 'always' || returned === 'never') return returned === 'always'
  if (projection?.wanted) return isChosen
  return !isChosen && (returned === 'default' || isWritten)
}

function pickSubAttributes(
  value: Json,
  attribute: Attribute,
  isReturned: (sub: Attribute) => boolean,
): Json | undefined {
  if (Array.isArray(value)) {
    const elements = value.flatMap((element) => pickSubAttributes(element, attribute, isReturned) ?? [])
    return elements.length > 0 ? elements : undefined
  }
  if (!isObject(value)) return undefined
  return members(value, (name) => {
    const sub = findSubAttribute(attribute, name)
    return sub && isReturned(sub) ? value[name] : undefined
  })
}

/** Returns an object with the members that have a value, or undefined if none has. */
function members(object: JsonObject, read: (name: string) => Json | undefined): JsonObject | undefined {
  const kept = Object.keys(object).flatMap((name) => {
    const value = read(name)
    return value === undefined ? [] : [[name, value] as const]
  })
  return kept.length > 0 ? Object.fromEntries(kept) : undefined
}
