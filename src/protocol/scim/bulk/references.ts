// Finds and resolves references to resources that the same bulk request creates: `bulkId:` and the bulkId of the
// operation that creates it. Every text in a bulk request that starts with `bulkId:` is a reference.
// @see RFC 7644 §3.7.2

import type { ScimError } from '../messages/error.ts'
import { isObject, type Json, type JsonObject } from '../messages/json.ts'
import { echo } from '../messages/secrets.ts'
import { refuse } from '../refusals/refusals.ts'
import type { BulkOperation } from './bulk.ts'

const PREFIX = 'bulkId:'
/** Matches a `$ref` such as `/Users/bulkId:x`, relative or absolute. */
const URI = /^(.*\/(?:Users|Groups)\/)bulkId:(.+)$/s
/** Matches a literal in the path of a PATCH, such as `members[value eq "bulkId:x"]`. */
const LITERAL = /"bulkId:((?:[^"\\]|\\.)+)"/g

/** Returns the id of the resource that a bulkId refers to. */
type Resolve = (bulkId: string) => string

/** Returns the bulkIds that an operation refers to in its path and data. */
export function referencesOf(operation: BulkOperation): Set<string> {
  const found = new Set<string>()
  const note = (bulkId: string) => {
    found.add(bulkId)
    return bulkId
  }
  if ('id' in operation) replaceIn(operation.id, undefined, note)
  if ('data' in operation) replaceAll(operation.data, undefined, note)
  return found
}

/**
 * Returns the operation with its bulkIds replaced by the ids of the resources.
 * @throws {ScimError} 409 if a bulkId refers to no resource, or no longer does
 */
export function resolveReferences<Operation extends BulkOperation>(
  operation: Operation,
  ids: ReadonlyMap<string, string>,
): Operation {
  const resolve = resolver(ids)
  const { id, data } = operation as { id?: string; data?: JsonObject }
  return {
    ...operation,
    ...(id !== undefined && { id: replaceIn(id, undefined, resolve) }),
    ...(data !== undefined && { data: replaceAll(data, undefined, resolve) }),
  }
}

/** Returns a part of a message with its bulkIds replaced as in resolveReferences. @throws {ScimError} 409 */
export function resolveIn(data: JsonObject, ids: ReadonlyMap<string, string>): JsonObject {
  return replaceAll(data, undefined, resolver(ids)) as JsonObject
}

/** Returns the id in an operation's path, or undefined if its bulkId refers to no resource. */
export function resolveId(id: string | undefined, ids: ReadonlyMap<string, string>): string | undefined {
  return id?.startsWith(PREFIX) ? ids.get(id.slice(PREFIX.length)) : id
}

function resolver(ids: ReadonlyMap<string, string>): Resolve {
  return (bulkId) => {
    const id = ids.get(bulkId)
    if (id === undefined) throw unresolved(bulkId)
    return id
  }
}

/** Returns the error for a bulkId that refers to no resource. */
export function unresolved(bulkId: string): ScimError {
  return refuse('bulk-id-unknown', { bulkId: echo(bulkId) })
}

function replaceAll(value: Json, name: string | undefined, resolve: Resolve): Json {
  return mentionsAny(value) ? replaceEach(value, name, resolve) : value
}

/** Returns whether there is a reference. Most operations have none and don't need to be copied. */
function mentionsAny(value: Json): boolean {
  if (typeof value === 'string') return value.includes(PREFIX)
  return typeof value === 'object' && value !== null && Object.values(value).some(mentionsAny)
}

function replaceEach(value: Json, name: string | undefined, resolve: Resolve): Json {
  if (typeof value === 'string') return replaceIn(value, name, resolve)
  if (Array.isArray(value)) return value.map((each) => replaceEach(each, name, resolve))
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, replaceEach(each, key, resolve)]),
  )
}

function replaceIn(text: string, name: string | undefined, resolve: Resolve): string {
  if (!text.includes(PREFIX)) return text
  if (text.startsWith(PREFIX) && text !== PREFIX) return resolve(text.slice(PREFIX.length))
  if (name === '$ref') {
    return text.replace(URI, (_all, base: string, bulkId: string) => `${base}${resolve(bulkId)}`)
  }
  if (name?.toLowerCase() !== 'path') return text
  return text.replace(LITERAL, (literal, inner: string) => {
    const bulkId = unescaped(inner)
    return bulkId === undefined ? literal : `"${resolve(bulkId)}"`
  })
}

/**
 * Decodes a literal of a filter, which is a JSON string; returns undefined if it is malformed. @see RFC 7644 §3.4.2.2
 */
function unescaped(literal: string): string | undefined {
  try {
    return JSON.parse(`"${literal}"`) as string
  } catch {
    return undefined
  }
}

/**
 * Splits the data of a POST whose resource is in a circle of references. The resource is created from `kept` and then
 * gets `cut`, which has the shape of the value of a PATCH add. Lists only lose the elements that refer to `circle`;
 * other attributes are moved as a whole.
 * @see RFC 7644 §3.7.1
 */
export function cutReferences(
  data: JsonObject,
  circle: ReadonlySet<string>,
): { kept: JsonObject; cut: JsonObject } {
  const kept: JsonObject = {}
  const cut: JsonObject = {}
  for (const [name, value] of Object.entries(data)) {
    const parts = divide(name, value, circle)
    if (parts.kept !== undefined) kept[name] = parts.kept
    if (parts.cut !== undefined) cut[name] = parts.cut
  }
  return { kept, cut }
}

function divide(name: string, value: Json, circle: ReadonlySet<string>): { kept?: Json; cut?: Json } {
  if (!refersTo(name, value, circle)) return { kept: value }
  if (Array.isArray(value)) {
    return {
      kept: value.filter((element) => !refersTo(name, element, circle)),
      cut: value.filter((element) => refersTo(name, element, circle)),
    }
  }
  // An extension contains attributes of its own, so it is split like the resource.
  if (!name.includes(':') || !isObject(value)) return { cut: value }
  const parts = cutReferences(value, circle)
  return Object.keys(parts.kept).length === 0 ? { cut: value } : parts
}

function refersTo(name: string, value: Json, circle: ReadonlySet<string>): boolean {
  let refers = false
  replaceAll(value, name, (bulkId) => {
    refers ||= circle.has(bulkId)
    return bulkId
  })
  return refers
}
