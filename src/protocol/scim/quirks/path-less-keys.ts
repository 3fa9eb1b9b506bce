// Sent:    {"op": "replace", "value": {"displayName": "Wren", "name.givenName": "Wren",
//           "urn:…:enterprise:2.0:User:employeeNumber": "55", "urn:…:enterprise:2.0:User": {"manager": "7"}}} (Entra)
//          {"op": "replace", "value": {"id": "9", "displayName": "Crew"}} (Okta); whole resources (authentik)
// Breaks:  RFC 7644 §3.5.2.3: the keys of a value without a path are attributes, and clients can't change id, meta
//          and schemas.
// Becomes: one operation for each key, with the key as its path. id, meta and schemas are dropped. Unknown keys stay
//          together in an operation without a path, so that they are reported.
import { isObject, type Json, type JsonObject } from '../messages/json.ts'
import { lookUp } from '../schema/names.ts'
import { findExtension, isSameUrn } from '../schema/resource-schema.ts'
import type { ResourceSchema } from '../schema/schema.ts'
import { isUnassigned } from '../values/value.ts'
import type { OperationQuirk } from './quirk.ts'

const PASSED_OVER: ReadonlySet<string> = new Set(['schemas', 'id', 'meta'])

export const pathLessKeys: OperationQuirk = {
  name: 'path-less-keys',
  rewrite({ path, ...operation }, schema) {
    if (!isPathLess(path, schema)) return [{ ...operation, path: path ?? null }]
    const value =
      Array.isArray(operation.value) && operation.value.length === 1 ? operation.value[0] : operation.value
    return isObject(value) ? expand(operation, value, schema) : [operation]
  },
}

function isPathLess(path: Json | undefined, schema: ResourceSchema): boolean {
  if (path === undefined || path === null || path === '') return true
  return typeof path === 'string' && isSameUrn(path, schema.core.id)
}

function expand(operation: JsonObject, value: JsonObject, schema: ResourceSchema): JsonObject[] {
  const entries = flatten(value, schema).filter(([key, each]) => !isPassedOver(key, each, schema))
  const known = entries.filter(([key]) => leadsSomewhere(key, schema))
  const unknown = entries.filter(([key]) => !leadsSomewhere(key, schema))
  const operations = known.map(([path, each]) => ({ ...operation, path, value: each }))
  if (unknown.length === 0 && operations.length > 0) return operations
  return [...operations, { ...operation, value: Object.fromEntries(unknown) }]
}

/** Returns the keys of a value, those under a schema's URN with the URN in front. */
function flatten(value: JsonObject, schema: ResourceSchema): [string, Json][] {
  return Object.entries(value).flatMap(([key, each]): [string, Json][] => {
    if (!isObject(each)) return [[key, each]]
    if (isSameUrn(key, schema.core.id)) return Object.entries(each)
    const extension = findExtension(schema, key)
    if (!extension) return [[key, each]]
    return Object.entries(each).map(([name, inner]) => [`${extension.id}:${name}`, inner])
  })
}

/** Returns whether a key is dropped. Okta's `"groups": []` is one: a read-only attribute without a value. */
function isPassedOver(key: string, value: Json, schema: ResourceSchema): boolean {
  if (PASSED_OVER.has(key.toLowerCase())) return true
  return isUnassigned(value) && lookUp(schema, key)?.attribute.mutability === 'readOnly'
}

function leadsSomewhere(key: string, schema: ResourceSchema): boolean {
  return key.includes('[') || lookUp(schema, key) !== undefined || findExtension(schema, key) !== undefined
}
