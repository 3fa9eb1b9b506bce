// This folder reads bulk requests and builds their responses. src/http/scim/bulk calls it and executes the
// operations; nothing here touches the directory.
// Start here with the messages. references.ts resolves references between operations, and order.ts decides the order
// in which they are executed. @see RFC 7644 §3.7
import { ScimError, type ScimErrorBody } from '../messages/error.ts'
import { isObject, type Json, type JsonObject } from '../messages/json.ts'
import { memberOf } from '../messages/messages.ts'
import { echo } from '../messages/secrets.ts'
import { refuse } from '../refusals/refusals.ts'
import { isSameUrn } from '../schema/resource-schema.ts'

export const BULK_REQUEST = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest'
const BULK_RESPONSE = 'urn:ietf:params:scim:api:messages:2.0:BulkResponse'

/**
 * The published limits of one request: number of operations, and size of the payload in bytes. @see RFC 7644 §3.7.4
 */
export const BULK_LIMITS = { maxOperations: 1_000, maxPayloadSize: 1_048_576 } as const

export type Endpoint = '/Users' | '/Groups'

export interface Creation {
  readonly method: 'POST'
  readonly endpoint: Endpoint
  readonly bulkId: string
  readonly data: JsonObject
}

export interface Change {
  readonly method: 'PUT' | 'PATCH'
  readonly endpoint: Endpoint
  /** The resource's id, or `bulkId:` and the bulkId of the operation that creates it. */
  readonly id: string
  /** An entity tag with the meaning of `If-Match`. */
  readonly version: string | undefined
  readonly data: JsonObject
}

export interface Deletion {
  readonly method: 'DELETE'
  readonly endpoint: Endpoint
  readonly id: string
  readonly version: string | undefined
}

export type BulkOperation = Creation | Change | Deletion

/** What the response repeats so that the client can match it to the operation. */
interface Sent {
  readonly method?: string
  readonly bulkId?: string
}

/** An operation, or why it is invalid. An invalid one fails alone; the others are still executed. */
export type ParsedOperation = { readonly sent: Sent } & (
  | { readonly operation: BulkOperation }
  | { readonly error: ScimError }
)

export interface BulkRequest {
  /** The number of failed operations after which the rest is skipped; infinite if the client sent none. */
  readonly failOnErrors: number
  readonly operations: readonly ParsedOperation[]
}

/**
 * Reads a bulk request. Faults in a single operation are returned with it instead of thrown.
 * @throws {ScimError} 400 invalidSyntax or invalidValue; 413 naming the limit, before any operation is read
 */
export function parseBulkRequest(body: Json): BulkRequest {
  if (!isObject(body)) throw refuse('body-not-object')
  const schemas = memberOf(body, 'schemas')
  if (
    !Array.isArray(schemas) ||
    !schemas.some((urn) => typeof urn === 'string' && isSameUrn(urn, BULK_REQUEST))
  ) {
    throw refuse('message-schema-missing', { urn: BULK_REQUEST })
  }
  const operations = memberOf(body, 'Operations')
  if (!Array.isArray(operations)) throw refuse('message-part-wrong', { part: 'Operations', rule: 'array' })
  if (operations.length > BULK_LIMITS.maxOperations) {
    const { maxOperations } = BULK_LIMITS
    throw refuse('bulk-too-long', { operations: operations.length, limit: maxOperations })
  }
  const failOnErrors = readFailOnErrors(memberOf(body, 'failOnErrors'))
  return { failOnErrors, operations: refuseSecondUses(operations.map(parseOperation)) }
}

function readFailOnErrors(value: Json | undefined): number {
  if (value === undefined || value === null) return Number.POSITIVE_INFINITY
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1) return value
  throw refuse('bulk-fail-on-errors')
}

/**
 * Refuses bulkIds that were used before. RFC 7644 §3.7 wants them unique, so references mean the first operation that
 * has the bulkId.
 */
function refuseSecondUses(operations: ParsedOperation[]): ParsedOperation[] {
  const used = new Set<string>()
  return operations.map((parsed) => {
    if (!('operation' in parsed) || parsed.operation.method !== 'POST') return parsed
    const { bulkId } = parsed.operation
    if (used.has(bulkId)) {
      const error = refuse('bulk-id-repeated', { bulkId: echo(bulkId) })
      return { sent: parsed.sent, error }
    }
    used.add(bulkId)
    return parsed
  })
}

function parseOperation(operation: Json, index: number): ParsedOperation {
  if (!isObject(operation)) {
    return { sent: {}, error: refuse('message-part-wrong', { part: `Operations[${index}]`, rule: 'object' }) }
  }
  const sent = sentOf(operation)
  try {
    return { sent, operation: readOperation(operation, sent) }
  } catch (error) {
    if (error instanceof ScimError) return { sent, error }
    throw error
  }
}

function sentOf(operation: JsonObject): Sent {
  const method = memberOf(operation, 'method')
  const bulkId = memberOf(operation, 'bulkId')
  return {
    ...(typeof method === 'string' && { method: method.toUpperCase() }),
    ...(typeof bulkId === 'string' && { bulkId }),
  }
}

function readOperation(operation: JsonObject, { method, bulkId }: Sent): BulkOperation {
  if (method !== 'POST' && method !== 'PUT' && method !== 'PATCH' && method !== 'DELETE') {
    throw refuse('message-part-wrong', { part: 'method', rule: 'method' })
  }
  const { endpoint, id } = readPath(memberOf(operation, 'path'))
  if (method === 'POST') {
    if (id !== undefined) throw refuse('bulk-path-wrong', { problem: 'post-with-id' })
    if (!bulkId) throw refuse('bulk-id-missing')
    return { method, endpoint, bulkId, data: readData(operation) }
  }
  if (id === undefined) throw refuse('bulk-path-wrong', { problem: 'without-id', method, endpoint })
  const version = readVersion(memberOf(operation, 'version'))
  return method === 'DELETE'
    ? { method, endpoint, id, version }
    : { method, endpoint, id, version, data: readData(operation) }
}

/**
 * Reads the path of an operation. Only the two resource types are accepted, so that no path leaves this SCIM endpoint
 * or calls the bulk endpoint again.
 */
function readPath(path: Json | undefined): { endpoint: Endpoint; id: string | undefined } {
  const [, type, id] = (typeof path === 'string' && /^\/?(Users|Groups)(?:\/+(.*))?$/s.exec(path)) || []
  if (!type) throw refuse('bulk-path-wrong', { problem: 'endpoint' })
  if (id && !id.startsWith('bulkId:') && /[/?#]/.test(id)) {
    throw refuse('bulk-path-wrong', { problem: 'not-an-id', id: echo(id) })
  }
  return { endpoint: type === 'Users' ? '/Users' : '/Groups', id: id || undefined }
}

function readData(operation: JsonObject): JsonObject {
  const data = memberOf(operation, 'data')
  if (isObject(data)) return data
  throw refuse('message-part-wrong', { part: 'data', rule: 'data' })
}

function readVersion(version: Json | undefined): string | undefined {
  if (version === undefined || version === null) return undefined
  if (typeof version === 'string') return version
  throw refuse('bulk-version-malformed')
}

/** The result of an operation that succeeded. `version` is missing if the resource no longer exists. */
export interface Done {
  readonly status: number
  readonly id: string
  readonly version?: string
}

/** The response to an operation. It never repeats the resource. */
export interface OperationResponse extends Sent {
  readonly location?: string
  readonly version?: string
  readonly status: string
  readonly response?: ScimErrorBody
}

/**
 * Builds the response to one operation.
 * @param location absolute URL of the resource; undefined for a POST that failed
 * @see RFC 7644 §3.7.3
 */
export function operationResponse(
  sent: Sent,
  location: string | undefined,
  outcome: Done | ScimError,
): OperationResponse {
  const where = location === undefined ? sent : { location, ...sent }
  if (outcome instanceof ScimError) {
    return { ...where, status: String(outcome.status), response: outcome.toBody() }
  }
  const { status, version } = outcome
  return { ...where, ...(version !== undefined && { version }), status: String(status) }
}

/**
 * Builds the response to the whole request.
 * @param operations responses to the operations that were attempted, in the order of the request
 */
export function bulkResponse(operations: readonly OperationResponse[]): object {
  return { schemas: [BULK_RESPONSE], Operations: operations }
}
