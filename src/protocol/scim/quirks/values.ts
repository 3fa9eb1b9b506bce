// Applies the value quirks to every value of a message, including those inside objects and lists.

import { findPath, type Path } from '../filter/path.ts'
import { ScimError } from '../messages/error.ts'
import { isObject, type Json, type JsonObject } from '../messages/json.ts'
import { singular } from '../patch/target.ts'
import { nameOf } from '../schema/names.ts'
import { findAttribute, findExtension, findSubAttribute } from '../schema/resource-schema.ts'
import type { Attribute, ResourceSchema } from '../schema/schema.ts'
import { isBlankElement } from './blanks.ts'
import type { Note, ValueQuirk } from './quirk.ts'

export interface Rewriting {
  readonly schema: ResourceSchema
  readonly quirks: readonly ValueQuirk[]
  readonly note: Note
}

export function rewriteBodyValues(body: JsonObject, rewriting: Rewriting): JsonObject {
  const { schema } = rewriting
  return mapMembers(body, (name, value) => {
    const extension = findExtension(schema, name)
    if (!extension) return rewriteMember(value, findAttribute(schema, name), '', rewriting)
    if (!isObject(value)) return value
    return mapMembers(value, (inner, each) =>
      rewriteMember(each, findAttribute(schema, inner, extension.id), `${extension.id}:`, rewriting),
    )
  })
}

export function rewriteOperationValue(operation: JsonObject, rewriting: Rewriting): JsonObject {
  const { path, value } = operation
  if (value === undefined) return operation
  if (typeof path !== 'string')
    return isObject(value) ? { ...operation, value: rewriteBodyValues(value, rewriting) } : operation
  if (findExtension(rewriting.schema, path) && isObject(value))
    return { ...operation, value: rewriteBodyValues({ [path]: value }, rewriting)[path] ?? value }
  const found = pathOrNothing(path, rewriting.schema)
  if (!found) return operation
  const attribute = targetOf(found)
  const prefix = nameOf(found.ref).slice(0, -attribute.name.length)
  return { ...operation, value: rewriteMember(value, attribute, prefix, rewriting) }
}

/** Returns the attribute whose value a path sets. */
function targetOf({ ref, filter, asList }: Path): Attribute {
  const { attribute, sub } = ref
  return sub ?? (filter ? singular(asList ?? attribute) : attribute)
}

/** Parses a path. An invalid one is left for the PATCH engine to refuse. */
function pathOrNothing(path: string, schema: ResourceSchema): Path | undefined {
  try {
    return findPath(path, schema, 'lenient')
  } catch (error) {
    if (error instanceof ScimError) return undefined
    throw error
  }
}

/**
 * Rewrites the value of one attribute.
 * @param prefix text before the attribute's name in what administrators read
 */
function rewriteMember(
  value: Json,
  attribute: Attribute | undefined,
  prefix: string,
  rewriting: Rewriting,
): Json {
  if (!attribute) return value
  const rewritten = rewriting.quirks.reduce(
    (next, quirk) => rewriteBy(quirk, next, attribute, prefix, rewriting),
    value,
  )
  if (attribute.multiValued && Array.isArray(rewritten))
    return rewriteElements(rewritten, attribute, prefix, rewriting)
  if (attribute.type !== 'complex' || !isObject(rewritten)) return rewritten
  const inner = `${prefix}${attribute.name}.`
  return mapMembers(rewritten, (name, each) =>
    rewriteMember(each, findSubAttribute(attribute, name), inner, rewriting),
  )
}

function rewriteBy(
  quirk: ValueQuirk,
  value: Json,
  attribute: Attribute,
  prefix: string,
  { note }: Rewriting,
): Json {
  const next = quirk.rewrite(value, attribute)
  if (quirk.isHabit && next !== value) note(quirk.name, prefix + attribute.name)
  return next
}

/**
 * Rewrites the elements of a list and drops empty ones: null, {}, and those whose values are all empty.
 * @see RFC 7643 §2.5
 */
function rewriteElements(
  elements: Json[],
  attribute: Attribute,
  prefix: string,
  rewriting: Rewriting,
): Json[] {
  const element = singular(attribute)
  return elements
    .map((each) => (Array.isArray(each) ? each : rewriteMember(each, element, prefix, rewriting)))
    .filter((each) => each !== null && !isBlankElement(each) && !isEmpty(each))
}

function isEmpty(element: Json): boolean {
  return isObject(element) && Object.keys(element).length === 0
}

/** Rewrites the values of an object. Returns the same object if none changed, since a list of members can be long. */
function mapMembers(object: JsonObject, rewrite: (name: string, value: Json) => Json): JsonObject {
  const entries = Object.entries(object)
  const next = entries.map(([name, value]): [string, Json] => [name, rewrite(name, value)])
  return next.some(([, value], index) => value !== entries[index]?.[1]) ? Object.fromEntries(next) : object
}
