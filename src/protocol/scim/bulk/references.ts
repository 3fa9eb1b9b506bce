// What operations of a bulk request say of resources that the same request creates: `bulkId:` and the bulkId of the
// operation that does. In a bulk request a text that begins so is always a reference. @see RFC 7644 §3.7.2

import type { ScimError } from '../messages/error.ts'
import { isObject, type Json, type JsonObject } from '../messages/json.ts'
import { echo } from '../messages/secrets.ts'
import { refuse } from '../refusals/refusals.ts'
import type { BulkOperation } from './bulk.ts'

const PREFIX = 'bulkId:'
/** In a `$ref`: `/Users/bulkId:x`, relative or absolute. */
const URI = /^(.*\/(?:Users|Groups)\/)bulkId:(.+)$/s
/** In the path of a PATCH: `members[value eq "bulkId:x"]`. */
const LITERAL = /"bulkId:((?:[^"\\]|\\.)+)"/g

/** Answers the id of the resource that a bulkId means. */
type Resolve = (bulkId: string) => string

/** The bulkIds that an operation refers to, in its path and in its data. */
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
 * The operation with the ids of resources in the places of their bulkIds.
 * @throws {ScimError} 409 when one means no resource (any more)
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

/** The same for a part of a message. @throws {ScimError} 409 */
export function resolveIn(data: JsonObject, ids: ReadonlyMap<string, string>): JsonObject {
  return replaceAll(data, undefined, resolver(ids)) as JsonObject
}

/** The id in the path of an operation; undefined where it means no resource. */
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

export function unresolved(bulkId: string): ScimError {
  return refuse('bulk-id-unknown', { bulkId: echo(bulkId) })
}

function replaceAll(value: Json, name: string | undefined, resolve: Resolve): Json {
  return mentionsAny(value) ? replaceEach(value, name, resolve) : value
}

/** Most operations refer to nothing, and need no copy. */
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

/** The text that a literal of a filter stands for. @see RFC 7644 §3.4.2.2: literals are those of JSON */
function unescaped(literal: string): string | undefined {
  try {
    return JSON.parse(`"${literal}"`) as string
  } catch {
    return undefined
  }
}

/**
 * Divides the data of a POST for resources that refer to each other: they are created from what is `kept`, and then get
 * what was `cut`, which has the shape of a value that PATCH adds. A list loses only the elements that refer to `circle`,
 * any other attribute goes as a whole.
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
  // An extension holds attributes of its own.
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
