// This folder reads the data that a client sends: whole users and groups here, single attributes in value.ts, and the
// rules for comparing text, names and times. It turns every message into stored data, or refuses it.
// ../patch, ../filter, ../messages and ../schema use it, and outside of protocol the SCIM endpoint, the directory and
// sign-in (which compares user names). Storing is the directory's job.
// Start here with readResource, then read value.ts. Attributes that a client can't set (id, meta, groups) are
// ignored. @see RFC 7644 §3.3, §3.5.1

import { isObject, type Json, type JsonObject } from '../messages/json.ts'
import { echo } from '../messages/secrets.ts'
import { refuse } from '../refusals/refusals.ts'
import { requireComplete } from '../schema/complete.ts'
import {
  COMMON,
  findAttribute,
  findExtension,
  findSchema,
  groupSchema,
  isSameUrn,
  strictUserSchema,
  userSchema,
} from '../schema/resource-schema.ts'
import type { Attribute, ResourceSchema, Schema } from '../schema/schema.ts'
import { leaveOut, type Mode, readMembers, readValue } from './value.ts'

/**
 * A resource as it is stored: JSON in the spelling and order of the schema, with `schemas`, `externalId` and the
 * attributes; those of an extension are under its URN. It has no `id`, `meta`, `password`, a user's `groups` or a
 * group's `members`, and unassigned attributes are absent.
 */
export type Resource = JsonObject

export interface Reading {
  resource: Resource
  /** The password isn't part of the resource. */
  password: string | undefined
  /** Names and URNs in the message that the schemas don't have. Lenient mode leaves them out. */
  unknown: string[]
}

/**
 * Reads the user or group in a POST or PUT.
 * @throws {ScimError} 400 invalidValue if a value breaks its attribute's rule or a required one is missing; 400
 *   invalidSyntax if the body isn't an object or, in strict mode, has names that the schemas don't have
 * @see RFC 7643 §2, §3; RFC 7644 §3.3, §3.5.1
 */
export function readResource(body: Json, schema: ResourceSchema, mode: Mode): Reading {
  if (!isObject(body)) throw refuse('body-not-object')
  const unknown: string[] = []
  const given = sort(body, schema, unknown, mode)
  checkSchemas(given.core.schemas, schema, mode)
  const core: JsonObject = {}
  for (const attribute of keptAttributes(schema)) {
    const value = readValue(given.core[attribute.name] ?? null, attribute, attribute.name, unknown, mode)
    if (value !== undefined) core[attribute.name] = value
    if (attribute.required) requireValue(attribute, value)
  }
  const extensions = readExtensions(given.extensions, schema, unknown, mode)
  requireComplete(extensions, schema)
  const schemas = [schema.core.id, ...Object.keys(extensions)]
  return {
    resource: { schemas, ...core, ...extensions },
    password: readPassword(given.core, schema, unknown, mode),
    unknown,
  }
}

/** A message whose names are spelled as in the schemas. */
interface Given {
  readonly core: JsonObject
  readonly extensions: JsonObject
}

function sort(body: JsonObject, schema: ResourceSchema, unknown: string[], mode: Mode): Given {
  const given: Given = { core: {}, extensions: {} }
  for (const name of Object.keys(body)) {
    const value = body[name] ?? null
    const attribute = findAttribute(schema, name)
    const extension = attribute ? undefined : findExtension(schema, name)
    if (attribute) given.core[attribute.name] = value
    else if (extension) given.extensions[extension.id] = value
    else leaveOutMember(name, value, unknown, mode)
  }
  return given
}

/**
 * Reports a member that the schemas don't have. For an object under an unknown schema's URN it reports each
 * attribute, so that an administrator can declare them.
 */
function leaveOutMember(name: string, value: Json, unknown: string[], mode: Mode): void {
  const names = name.includes(':') && isObject(value) ? Object.keys(value) : []
  if (names.length === 0 || mode === 'strict') leaveOut(name, unknown, mode)
  else for (const each of names) leaveOut(`${name}:${each}`, unknown, mode)
}

/**
 * Checks `schemas` without storing it, since it is derived from the data. In lenient mode it may be missing or name
 * other schemas.
 * @throws {ScimError} 400 invalidValue; in strict mode also 400 invalidSyntax
 * @see RFC 7643 §3
 */
function checkSchemas(schemas: Json | undefined, schema: ResourceSchema, mode: Mode): void {
  if (schemas === undefined || schemas === null) {
    if (mode === 'strict') throw refuse('value-missing', { at: 'schemas', how: 'absent' })
    return
  }
  if (!Array.isArray(schemas)) throw refuse('value-wrong', { at: 'schemas', rule: 'array' })
  const urns = schemas.map((urn, index) => {
    if (typeof urn !== 'string') throw refuse('value-wrong', { at: `schemas[${index}]`, rule: 'string' })
    return urn
  })
  if (mode === 'strict') requireSchemas(urns, schema)
}

function requireSchemas(urns: readonly string[], schema: ResourceSchema): void {
  if (!urns.some((urn) => isSameUrn(urn, schema.core.id)))
    throw refuse('schemas-without-core', { urn: schema.core.id })
  const unknown = urns.find((urn) => !findSchema(schema, urn))
  if (unknown !== undefined) throw refuse('schema-unknown', { urn: echo(unknown) })
}

/** Computed once, because every write reads a resource. */
const KEPT: ReadonlyMap<Schema, readonly Attribute[]> = new Map(
  [userSchema.core, strictUserSchema.core, groupSchema.core].map((core) => [core, keptOf(core)]),
)

/** Returns the core attributes that are stored, `externalId` first. */
function keptAttributes(schema: ResourceSchema): readonly Attribute[] {
  return KEPT.get(schema.core) ?? keptOf(schema.core)
}

function keptOf(core: Schema): Attribute[] {
  const externalId = COMMON.filter(({ name }) => name === 'externalId')
  return [...externalId, ...core.attributes.filter(isKept)]
}

/**
 * Returns whether an attribute is stored with the resource. Members are stored as rows, since there can be very many,
 * and passwords aren't stored.
 */
function isKept({ name, mutability }: Attribute): boolean {
  return mutability !== 'readOnly' && mutability !== 'writeOnly' && name !== 'members'
}

function requireValue({ name }: Attribute, value: Json | undefined): void {
  if (value === undefined) throw refuse('value-missing', { at: name, how: 'absent' })
  if (typeof value === 'string' && value.trim() === '')
    throw refuse('value-missing', { at: name, how: 'blank' })
}

function readExtensions(
  given: JsonObject,
  schema: ResourceSchema,
  unknown: string[],
  mode: Mode,
): JsonObject {
  const extensions: JsonObject = {}
  for (const { id, attributes } of schema.extensions) {
    const value = given[id] ?? null
    if (value === null) continue
    if (!isObject(value)) throw refuse('value-wrong', { at: id, rule: 'object' })
    const read = readMembers(value, attributes, `${id}:`, unknown, mode)
    if (read) extensions[id] = read
  }
  return extensions
}

function readPassword(
  given: JsonObject,
  schema: ResourceSchema,
  unknown: string[],
  mode: Mode,
): string | undefined {
  const attribute = findAttribute(schema, 'password')
  const value = attribute && readValue(given.password ?? null, attribute, attribute.name, unknown, mode)
  return typeof value === 'string' ? value : undefined
}
