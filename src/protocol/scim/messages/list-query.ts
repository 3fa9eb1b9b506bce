// Reads the parameters of a query, from `GET` or the body of `POST …/.search`.
// @see RFC 7644 §3.4.2, §3.4.3; RFC 9865 §2, §3
import { type Filter, parseFilter } from '../filter/filter.ts'
import { refuse } from '../refusals/refusals.ts'
import { lookUp, nameOf } from '../schema/names.ts'
import { findSubAttribute, isSameUrn } from '../schema/resource-schema.ts'
import type { AttributeRef, ResourceSchema } from '../schema/schema.ts'
import type { Mode } from '../values/value.ts'
import { isObject, type Json } from './json.ts'
import { memberOf } from './messages.ts'
import { type Parameters, type Projection, parameterOf, parseProjection } from './projection.ts'
import { echo } from './secrets.ts'

export interface ListQuery {
  readonly filter?: Filter
  /** `ref` is missing if only resources of the other type have the attribute. */
  readonly sort?: { readonly ref?: AttributeRef; readonly descending: boolean }
  /** Counted from 1. */
  readonly startIndex: number
  /** The maximum number of resources; 0 requests only the total. */
  readonly count: number
  /** Set when paging by cursor; empty for the first page. */
  readonly cursor?: string
  readonly projection?: Projection
}

/** The number of resources in a response: the default and the maximum. */
export interface PageLimits {
  readonly defaultCount: number
  readonly maxCount: number
}

/** Larger than any directory, and the maximum of a 32-bit integer. */
const MAX_INDEX = 2_147_483_647

/**
 * Reads the parameters of a list query.
 * @param query names in any letter case; unknown ones are ignored
 * @param others other resource types that the same query covers; their attributes can be sorted by too
 * @throws {ScimError} 400 invalidFilter, 400 invalidCount, 400 invalidValue naming the parameter
 */
export function parseListQuery(
  query: Parameters,
  schema: ResourceSchema,
  limits: PageLimits,
  others: readonly ResourceSchema[] = [],
  mode: Mode = 'strict',
): ListQuery {
  const filter = parameterOf(query, 'filter')
  const sort = parseSort(query, schema, others)
  const projection = parseProjection(schema, query)
  return {
    ...(filter !== undefined && { filter: parseFilter(filter, schema, mode) }),
    ...(sort && { sort }),
    ...parsePaging(query, limits),
    ...(projection && { projection }),
  }
}

/**
 * Reads the paging parameters. A query that names both methods or neither is paged by index, the default.
 * @see RFC 9865 §2.4
 */
function parsePaging(
  query: Parameters,
  limits: PageLimits,
): Pick<ListQuery, 'startIndex' | 'count' | 'cursor'> {
  const startIndex = parseInteger('startIndex', parameterOf(query, 'startIndex'))
  const cursor = parameterOf(query, 'cursor')
  if (cursor !== undefined && startIndex === undefined) {
    return { startIndex: 1, count: cursorCount(parameterOf(query, 'count'), limits), cursor }
  }
  // RFC 7644 §3.4.2.4: a startIndex below 1 counts as 1, and a count below 0 as 0.
  const count = parseInteger('count', parameterOf(query, 'count')) ?? limits.defaultCount
  return { startIndex: Math.max(startIndex ?? 1, 1), count: Math.min(Math.max(count, 0), limits.maxCount) }
}

/**
 * Reads the page size for paging by cursor, where one that is too large is refused instead of reduced.
 * @see RFC 9865 §2.1
 */
function cursorCount(text: string | undefined, { defaultCount, maxCount }: PageLimits): number {
  if (text === undefined) return defaultCount
  if (!INTEGER.test(text) || Number(text) > maxCount) {
    throw refuse('count-out-of-range', { limit: maxCount })
  }
  return Math.max(Number(text), 0)
}

const INTEGER = /^-?\d{1,20}$/

function parseInteger(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (!INTEGER.test(text)) throw refuse('parameter-not-integer', { name })
  return Math.min(Number(text), MAX_INDEX)
}

export const SEARCH_REQUEST = 'urn:ietf:params:scim:api:messages:2.0:SearchRequest'

/**
 * Returns the parameters in the body of `POST …/.search`, which contains lists and numbers as JSON.
 * @throws {ScimError} 400 invalidSyntax
 * @see RFC 7644 §3.4.3
 */
export function searchParameters(body: Json): Parameters {
  if (!isObject(body)) throw refuse('body-not-object')
  const schemas = memberOf(body, 'schemas')
  const isSearch = (urn: Json) => typeof urn === 'string' && isSameUrn(urn, SEARCH_REQUEST)
  if (!Array.isArray(schemas) || !schemas.some(isSearch)) {
    throw refuse('message-schema-missing', { urn: SEARCH_REQUEST })
  }
  const parameters = Object.entries(body)
    .filter(([name, value]) => name.toLowerCase() !== 'schemas' && value !== null)
    .map(([name, value]): [string, string] => [name, searchParameter(name, value)])
  return Object.fromEntries(parameters)
}

function searchParameter(name: string, value: Json): string {
  if (typeof value === 'string') return value
  if (typeof value === 'number') return String(value)
  if (Array.isArray(value) && value.every((each) => typeof each === 'string')) return value.join(',')
  throw refuse('message-part-wrong', { part: echo(name), rule: 'parameter' })
}

function parseSort(
  query: Parameters,
  schema: ResourceSchema,
  others: readonly ResourceSchema[],
): ListQuery['sort'] {
  const descending = parseOrder(parameterOf(query, 'sortOrder'))
  const sortBy = parameterOf(query, 'sortBy')
  if (!sortBy) return undefined
  const ref = sortKey(schema, sortBy)
  if (ref) return { ref, descending }
  if (others.some((other) => sortKey(other, sortBy))) return { descending }
  throw refuse('sort-unknown', { name: echo(sortBy) })
}

/** Returns whether the order is descending; ascending is the default. @see RFC 7644 §3.4.2.3 */
function parseOrder(sortOrder: string | undefined): boolean {
  const order = sortOrder?.toLowerCase() || 'ascending'
  if (order !== 'ascending' && order !== 'descending') {
    throw refuse('sort-order-unknown')
  }
  return order === 'descending'
}

function sortKey(schema: ResourceSchema, sortBy: string): AttributeRef | undefined {
  const ref = lookUp(schema, sortBy)
  if (!ref) return undefined
  const { attribute } = ref
  const sub = ref.sub ?? findSubAttribute(attribute, 'value')
  const leaf = sub ?? attribute
  // Values that are never returned must not be revealed by their order either.
  if (leaf.type === 'complex' || leaf.returned === 'never') {
    throw refuse('sort-impossible', { name: nameOf(ref) })
  }
  return { ...ref, sub }
}
