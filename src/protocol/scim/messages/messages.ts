// The messages of RFC 7644 other than resources themselves: what a PATCH says, and the list that answers a query.

import type { PatchOperation } from '../patch/patch.ts'
import { refuse } from '../refusals/refusals.ts'
import { isSameUrn } from '../schema/resource-schema.ts'
import { isObject, type Json, type JsonObject } from './json.ts'

export const LIST_RESPONSE = 'urn:ietf:params:scim:api:messages:2.0:ListResponse'
export const PATCH_OP = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'
const MAX_OPERATIONS = 1_000

/**
 * The operations of a PATCH request. What their paths and values mean is applyPatch's to say.
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

/** Entra writes `Add`: letter case does not count. */
function readOp(op: Json | undefined, at: string): PatchOperation['op'] {
  const word = typeof op === 'string' ? op.toLowerCase() : undefined
  if (word === 'add' || word === 'remove' || word === 'replace') return word
  throw refuse('message-part-wrong', { part: `${at}.op`, rule: 'op' })
}

/** RFC 7643 §2.1: names count without case. */
export function memberOf(object: JsonObject, name: string): Json | undefined {
  if (Object.hasOwn(object, name)) return object[name]
  const lower = name.toLowerCase()
  const key = Object.keys(object).find((each) => each.toLowerCase() === lower)
  return key === undefined ? undefined : object[key]
}

/** How a page stands in the whole list: by `startIndex`, or by the cursors of its neighbours. */
export interface PageNumbers {
  /** How many resources there are on all pages. */
  readonly total: number
  /** Of the first resource, from 1 on. */
  readonly startIndex?: number
  readonly previousCursor?: string | undefined
  readonly nextCursor?: string | undefined
}

/**
 * The text of a ListResponse around resources that are text already, in pieces: a page is long.
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
