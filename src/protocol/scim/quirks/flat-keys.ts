// Sent:    {"userName": "wren", "department": "Keel", "manager": "7", …}                        (Entra's custom maps)
//          {"userName": "wren", "name.givenName": "Wren", "urn:…:enterprise:2.0:User:department": "Keel"}
// Breaks:  RFC 7643 §3.3 (extension attributes belong under their URN) and §2.3.8 (sub-attributes in their object).
// Becomes: the same values where the schema expects them. Values that are already there win.
import { isObject, type Json, type JsonObject } from '../messages/json.ts'
import { lookUp, nameOf } from '../schema/names.ts'
import { findAttribute, findExtension, isSameUrn } from '../schema/resource-schema.ts'
import type { AttributeRef, ResourceSchema } from '../schema/schema.ts'
import type { BodyQuirk } from './quirk.ts'

export const flatKeys: BodyQuirk = {
  name: 'flat-keys',
  rewrite(body, schema) {
    const spread = withoutCoreUrn(body, schema)
    const flat = new Map<string, { ref: AttributeRef; value: Json }>()
    const inPlace = Object.entries(spread).filter(([key, value]) => {
      const ref = flatRef(key, schema)
      if (ref && !flat.has(nameOf(ref))) flat.set(nameOf(ref), { ref, value })
      return !ref
    })
    if (flat.size === 0) return spread
    return [...flat.values()].reduce(
      (next, { ref, value }) => place(next, ref, value, schema),
      Object.fromEntries(inPlace),
    )
  },
}

/** Returns what a key refers to if it isn't a top-level attribute or an extension. */
function flatRef(key: string, schema: ResourceSchema): AttributeRef | undefined {
  if (findAttribute(schema, key) || findExtension(schema, key)) return undefined
  const ref = lookUp(schema, key)
  return ref?.sub && ref.attribute.multiValued ? undefined : ref
}

/** Moves core attributes to the top level from an object under their URN: `{"urn:…:core:2.0:User": {…}}`. */
function withoutCoreUrn(body: JsonObject, schema: ResourceSchema): JsonObject {
  const key = Object.keys(body).find((each) => isSameUrn(each, schema.core.id))
  const core = key === undefined ? undefined : body[key]
  return key !== undefined && isObject(core) ? { ...core, ...without(body, key) } : body
}

function place(body: JsonObject, ref: AttributeRef, value: Json, schema: ResourceSchema): JsonObject {
  const { extension, attribute, sub } = ref
  const given = sub ? { [sub.name]: value } : value
  if (extension === undefined) return combine(body, attribute.name, given)
  const key = Object.keys(body).find((each) => findExtension(schema, each)?.id === extension) ?? extension
  const container = body[key] ?? {}
  return isObject(container) ? { ...body, [key]: combine(container, attribute.name, given) } : body
}

/** Sets a missing member, or adds to an existing object. */
function combine(object: JsonObject, name: string, value: Json): JsonObject {
  const key = Object.keys(object).find((each) => each.toLowerCase() === name.toLowerCase()) ?? name
  const existing = object[key]
  if (existing === undefined || existing === null) return { ...object, [key]: value }
  return isObject(existing) && isObject(value) ? { ...object, [key]: { ...value, ...existing } } : object
}

function without(object: JsonObject, key: string): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([each]) => each !== key))
}
