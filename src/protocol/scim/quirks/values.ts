// Brings the value quirks to every value of a message: finds the attribute of each, and goes into objects and lists.
import { ScimError } from '../error.ts'
import { isObject, type Json, type JsonObject } from '../json.ts'
import { singular } from '../patch-target.ts'
import { findPath, type Path } from '../path.ts'
import { findAttribute, findExtension, findSubAttribute } from '../resource-schema.ts'
import type { Attribute, ResourceSchema } from '../schema.ts'
import type { ValueQuirk } from './quirk.ts'

export function rewriteBodyValues(
  body: JsonObject,
  schema: ResourceSchema,
  quirks: readonly ValueQuirk[],
): JsonObject {
  return mapMembers(body, (name, value) => {
    const extension = findExtension(schema, name)
    if (!extension) return rewriteMember(value, findAttribute(schema, name), quirks)
    if (!isObject(value)) return value
    return mapMembers(value, (inner, each) =>
      rewriteMember(each, findAttribute(schema, inner, extension.id), quirks),
    )
  })
}

export function rewriteOperationValue(
  operation: JsonObject,
  schema: ResourceSchema,
  quirks: readonly ValueQuirk[],
): JsonObject {
  const { path, value } = operation
  if (value === undefined) return operation
  if (typeof path !== 'string') {
    return isObject(value) ? { ...operation, value: rewriteBodyValues(value, schema, quirks) } : operation
  }
  const target = targetAttribute(path, schema)
  return target ? { ...operation, value: rewriteMember(value, target, quirks) } : operation
}

/** What a value at that path is a value of. A path that cannot be read is left to the engine to refuse. */
function targetAttribute(path: string, schema: ResourceSchema): Attribute | undefined {
  const found = pathOrNothing(path, schema)
  if (!found) return undefined
  const { ref, filter } = found
  return ref.sub ?? (filter ? singular(ref.attribute) : ref.attribute)
}

function pathOrNothing(path: string, schema: ResourceSchema): Path | undefined {
  try {
    return findPath(path, schema)
  } catch (error) {
    if (error instanceof ScimError) return undefined
    throw error
  }
}

function rewriteMember(value: Json, attribute: Attribute | undefined, quirks: readonly ValueQuirk[]): Json {
  if (!attribute) return value
  const rewritten = quirks.reduce((next, quirk) => quirk.rewrite(next, attribute), value)
  if (attribute.multiValued && Array.isArray(rewritten)) return rewriteElements(rewritten, attribute, quirks)
  if (attribute.type !== 'complex' || !isObject(rewritten)) return rewritten
  return mapMembers(rewritten, (name, each) => rewriteMember(each, findSubAttribute(attribute, name), quirks))
}

/** RFC 7643 §2.5: an element that is null is none. */
function rewriteElements(elements: Json[], attribute: Attribute, quirks: readonly ValueQuirk[]): Json[] {
  const element = singular(attribute)
  return elements
    .map((each) => (Array.isArray(each) ? each : rewriteMember(each, element, quirks)))
    .filter((each) => each !== null)
}

/** The same object when no value changed: a list of members may be long. */
function mapMembers(object: JsonObject, rewrite: (name: string, value: Json) => Json): JsonObject {
  const entries = Object.entries(object)
  const next = entries.map(([name, value]): [string, Json] => [name, rewrite(name, value)])
  return next.some(([, value], index) => value !== entries[index]?.[1]) ? Object.fromEntries(next) : object
}
