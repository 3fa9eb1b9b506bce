// The messages of RFC 7644 other than resources themselves: what a query asks for, what a PATCH says, and the list that
// answers a query.
import { ScimError } from './error.ts'
import { type Filter, parseFilter } from './filter.ts'
import { quote } from './filter-tokens.ts'
import { isObject, type Json, type JsonObject } from './json.ts'
import { lookUp, nameOf } from './names.ts'
import type { PatchOperation } from './patch.ts'
import { type Parameters, type Projection, parameterOf, parseProjection } from './projection.ts'
import { findSubAttribute, isSameUrn } from './resource-schema.ts'
import type { AttributeRef, ResourceSchema } from './schema.ts'

export const LIST_RESPONSE = 'urn:ietf:params:scim:api:messages:2.0:ListResponse'
const PATCH_OP = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'
const MAX_OPERATIONS = 1_000
/** Far beyond any directory, and small enough to be counted with anywhere. */
const MAX_INDEX = 2_147_483_647

export interface ListQuery {
  readonly filter?: Filter
  readonly sort?: { readonly ref: AttributeRef; readonly descending: boolean }
  /** From 1 on. */
  readonly startIndex: number
  /** At most so many; 0 asks for the total alone. */
  readonly count: number
  readonly projection?: Projection
}

/**
 * @param query by names in any letter case; names without a meaning are ignored
 * @param limits how many resources an answer has when the client does not say, and at most
 * @throws {ScimError} 400 invalidFilter, 400 invalidValue naming the parameter
 * @see RFC 7644 §3.4.2
 */
export function parseListQuery(
  query: Parameters,
  schema: ResourceSchema,
  limits: { readonly defaultCount: number; readonly maxCount: number },
): ListQuery {
  const filter = parameterOf(query, 'filter')
  const sort = parseSort(query, schema)
  const projection = parseProjection(schema, query)
  // RFC 7644 §3.4.2.4: below 1 is 1, and below 0 is 0.
  const startIndex = parseInteger('startIndex', parameterOf(query, 'startIndex')) ?? 1
  const count = parseInteger('count', parameterOf(query, 'count')) ?? limits.defaultCount
  return {
    ...(filter !== undefined && { filter: parseFilter(filter, schema) }),
    ...(sort && { sort }),
    startIndex: Math.max(startIndex, 1),
    count: Math.min(Math.max(count, 0), limits.maxCount),
    ...(projection && { projection }),
  }
}

const SEARCH_REQUEST = 'urn:ietf:params:scim:api:messages:2.0:SearchRequest'

/**
 * The query of `POST …/.search`: the same parameters, in a body, where lists are lists and numbers are numbers.
 * @throws {ScimError} 400 invalidSyntax, and what parseListQuery throws
 * @see RFC 7644 §3.4.3
 */
export function parseSearchRequest(
  body: Json,
  schema: ResourceSchema,
  limits: { readonly defaultCount: number; readonly maxCount: number },
): ListQuery {
  if (!isObject(body)) throw invalidSyntax('The body must be an object')
  const schemas = memberOf(body, 'schemas')
  if (
    !Array.isArray(schemas) ||
    !schemas.some((urn) => typeof urn === 'string' && isSameUrn(urn, SEARCH_REQUEST))
  ) {
    throw invalidSyntax(`schemas must name ${SEARCH_REQUEST}`)
  }
  const parameters = Object.entries(body)
    .filter(([name, value]) => name.toLowerCase() !== 'schemas' && value !== null)
    .map(([name, value]): [string, string] => [name, searchParameter(name, value)])
  return parseListQuery(Object.fromEntries(parameters), schema, limits)
}

function searchParameter(name: string, value: Json): string {
  if (typeof value === 'string') return value
  if (typeof value === 'number') return String(value)
  if (Array.isArray(value) && value.every((each) => typeof each === 'string')) return value.join(',')
  throw invalidSyntax(`${name} must be a string, a number or a list of strings`)
}

function parseInteger(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (!/^-?\d{1,20}$/.test(text)) throw new ScimError(400, 'invalidValue', `${name} must be an integer`)
  return Math.min(Number(text), MAX_INDEX)
}

function parseSort(query: Parameters, schema: ResourceSchema): ListQuery['sort'] {
  const descending = parseOrder(parameterOf(query, 'sortOrder'))
  const sortBy = parameterOf(query, 'sortBy')
  return sortBy ? { ref: sortKey(schema, sortBy), descending } : undefined
}

/** @returns whether it is descending; ascending is the default. @see RFC 7644 §3.4.2.3 */
function parseOrder(sortOrder: string | undefined): boolean {
  const order = sortOrder?.toLowerCase() || 'ascending'
  if (order !== 'ascending' && order !== 'descending') {
    throw new ScimError(400, 'invalidValue', 'sortOrder must be ascending or descending')
  }
  return order === 'descending'
}

function sortKey(schema: ResourceSchema, sortBy: string): AttributeRef {
  const ref = lookUp(schema, sortBy)
  if (!ref) throw new ScimError(400, 'invalidValue', `sortBy: there is no attribute ${quote(sortBy)}`)
  const { attribute } = ref
  const sub = ref.sub ?? findSubAttribute(attribute, 'value')
  const leaf = sub ?? attribute
  // What is never returned must not be found out by its order either.
  if (leaf.type === 'complex' || leaf.returned === 'never') {
    throw new ScimError(400, 'invalidValue', `sortBy: nothing is sorted by ${nameOf(ref)}`)
  }
  return { ...ref, sub }
}

/**
 * The operations of a PATCH request. What their paths and values mean is applyPatch's to say.
 * @throws {ScimError} 400 invalidSyntax naming the part; 413 for more than 1,000 operations
 * @see RFC 7644 §3.5.2
 */
export function parsePatchOp(body: Json): PatchOperation[] {
  if (!isObject(body)) throw invalidSyntax('The body must be an object')
  const schemas = memberOf(body, 'schemas')
  const isPatchOp =
    Array.isArray(schemas) && schemas.some((urn) => typeof urn === 'string' && isSameUrn(urn, PATCH_OP))
  if (!isPatchOp) throw invalidSyntax(`schemas must name ${PATCH_OP}`)
  const operations = memberOf(body, 'Operations')
  if (!Array.isArray(operations) || operations.length === 0) {
    throw invalidSyntax('Operations must be an array of at least one operation')
  }
  if (operations.length > MAX_OPERATIONS) {
    throw new ScimError(413, undefined, `A PATCH has at most ${MAX_OPERATIONS} operations`)
  }
  return operations.map(readOperation)
}

function readOperation(operation: Json, index: number): PatchOperation {
  const at = `Operations[${index}]`
  if (!isObject(operation)) throw invalidSyntax(`${at} must be an object`)
  const op = readOp(memberOf(operation, 'op'), at)
  const path = memberOf(operation, 'path') ?? undefined
  if (path !== undefined && typeof path !== 'string') throw invalidSyntax(`${at}.path must be a string`)
  const value = memberOf(operation, 'value')
  return { op, ...(path !== undefined && { path }), ...(value !== undefined && { value }) }
}

/** Entra writes `Add`: letter case does not count. */
function readOp(op: Json | undefined, at: string): PatchOperation['op'] {
  const word = typeof op === 'string' ? op.toLowerCase() : undefined
  if (word === 'add' || word === 'remove' || word === 'replace') return word
  throw invalidSyntax(`${at}.op must be add, remove or replace`)
}

/** RFC 7643 §2.1: names count without case. */
function memberOf(object: JsonObject, name: string): Json | undefined {
  if (Object.hasOwn(object, name)) return object[name]
  const lower = name.toLowerCase()
  const key = Object.keys(object).find((each) => each.toLowerCase() === lower)
  return key === undefined ? undefined : object[key]
}

function invalidSyntax(detail: string): ScimError {
  return new ScimError(400, 'invalidSyntax', detail)
}

/**
 * The text of a ListResponse around resources that are text already.
 * @param page.total how many there are on all pages @param page.startIndex of the first, from 1 on
 * @see RFC 7644 §3.4.2
 */
export function listResponse(
  resources: readonly string[],
  page: { readonly total: number; readonly startIndex: number },
): string {
  const counts = `"totalResults":${page.total},"startIndex":${page.startIndex},"itemsPerPage":${resources.length}`
  return `{"schemas":["${LIST_RESPONSE}"],${counts},"Resources":[${resources.join(',')}]}`
}
