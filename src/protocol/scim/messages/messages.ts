// This folder reads and writes SCIM messages: JSON bodies, query parameters, cursors, entity tags, errors, and which
// attributes a response has. It doesn't interpret attribute values; that is ../values.
// All of protocol/scim uses it, and outside mostly src/http/scim, the directory and the request log.
// Start here with PatchOp and ListResponse, then read json.ts and error.ts. @see RFC 7644 §3

import type { PatchOperation } from '../patch/patch.ts'
import { refuse } from '../refusals/refusals.ts'
import { isSameUrn } from '../schema/resource-schema.ts'
import { isObject, type Json, type JsonObject } from './json.ts'

export const LIST_RESPONSE = 'urn:ietf:params:scim:api:messages:2.0:ListResponse'
export const PATCH_OP = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'
const MAX_OPERATIONS = 1_000

/**
 * Returns the operations of a PATCH request. Their paths and values are checked later, by applyPatch.
 * @throws {ScimError} 400 invalidSyntax naming the part; 413 for more than 1,000 operations
 * @see RFC 7644 §3.5.2
 */
export function parsePatchOp(body: Json): PatchOperation[] {
  if (!isObject(body)) throw refuse('body-not-object')
  const schemas = memberOf(body, 'schemas')
  const isPatchOp =
    Array.isArray(schemas) && schemas.some((urn) => typeof urn === 'string' && isSameUrn(urn, PATCH_OP))
  if (!isPatchOp) throw refuse('message-schema-missing', { urn: PATCH_OP })
  const operations = memberOf(body, 'Operations')
  if (!Array.isArray(operations) || operations.length === 0) {
    throw refuse('message-part-wrong', { part: 'Operations', rule: 'operations' })
  }
  if (operations.length > MAX_OPERATIONS) {
    throw refuse('patch-too-long', { limit: MAX_OPERATIONS })
  }
  return operations.map(readOperation)
}

function readOperation(operation: Json, index: number): PatchOperation {
  const at = `Operations[${index}]`
  if (!isObject(operation)) throw refuse('message-part-wrong', { part: at, rule: 'object' })
  const op = readOp(memberOf(operation, 'op'), at)
  const path = memberOf(operation, 'path') ?? undefined
  if (path !== undefined && typeof path !== 'string')
    throw refuse('message-part-wrong', { part: `${at}.path`, rule: 'string' })
  const value = memberOf(operation, 'value')
  return { op, ...(path !== undefined && { path }), ...(value !== undefined && { value }) }
}

/** Reads `op` in any letter case: Entra sends `Add`. */
function readOp(op: Json | undefined, at: string): PatchOperation['op'] {
  const word = typeof op === 'string' ? op.toLowerCase() : undefined
  if (word === 'add' || word === 'remove' || word === 'replace') return word
  throw refuse('message-part-wrong', { part: `${at}.op`, rule: 'op' })
}

/** Returns a member by its name in any letter case. @see RFC 7643 §2.1 */
export function memberOf(object: JsonObject, name: string): Json | undefined {
  if (Object.hasOwn(object, name)) return object[name]
  const lower = name.toLowerCase()
  const key = Object.keys(object).find((each) => each.toLowerCase() === lower)
  return key === undefined ? undefined : object[key]
}

/** The position of a page in the whole list: its `startIndex`, or the cursors of its neighbors. */
export interface PageNumbers {
  /** The number of resources on all pages. */
  readonly total: number
  /** The index of the first resource, counted from 1. */
  readonly startIndex?: number
  readonly previousCursor?: string | undefined
  readonly nextCursor?: string | undefined
}

/**
 * Returns the text of a ListResponse in pieces, because a page is long.
 * @param resources JSON texts
 * @see RFC 7644 §3.4.2; RFC 9865 §2
 */
export function listResponse(resources: readonly string[], page: PageNumbers): string[] {
  const { total: totalResults, startIndex, previousCursor, nextCursor } = page
  const itemsPerPage = resources.length
  const numbers = { totalResults, startIndex, itemsPerPage, previousCursor, nextCursor }
  const head = JSON.stringify({ schemas: [LIST_RESPONSE], ...numbers })
  const separated = resources.map((resource, place) => (place === 0 ? resource : `,${resource}`))
  return [`${head.slice(0, -1)},"Resources":[`, ...separated, ']}']
}
