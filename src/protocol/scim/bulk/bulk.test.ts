import { expect, test } from 'vitest'
import { ScimError } from '../messages/error.ts'
import type { Json } from '../messages/json.ts'
import { refuse } from '../refusals/refusals.ts'
import { BULK_LIMITS, bulkResponse, operationResponse, parseBulkRequest } from './bulk.ts'

const SCHEMAS = ['urn:ietf:params:scim:api:messages:2.0:BulkRequest']
const ID = '2819c223-7f76-453a-919d-413861904646'
const bulk = (...Operations: Json[]) => parseBulkRequest({ schemas: SCHEMAS, Operations })
const parsed = (operation: Json) => bulk(operation).operations[0]
const post = (bulkId: string) => ({ method: 'POST', path: '/Users', bulkId, data: { userName: bulkId } })

function errorOf(operation: Json): ScimError {
  const result = parsed(operation)
  if (!result || !('error' in result)) throw new Error(`accepted: ${JSON.stringify(result)}`)
  return result.error
}

test('the four methods of RFC 7644 §3.7 are read', () => {
  const data = { a: 1 }
  const { failOnErrors, operations } = bulk(
    { method: 'POST', path: '/Users', bulkId: 'q', data },
    { method: 'PUT', path: `/Users/${ID}`, version: 'W/"1"', data },
    { method: 'PATCH', path: '/Groups/bulkId:a/b?c', data },
    { method: 'DELETE', path: `/Groups/${ID}`, version: null },
  )
  expect(failOnErrors).toBe(Number.POSITIVE_INFINITY)
  expect(operations.map((each) => 'operation' in each && each.operation)).toEqual([
    { method: 'POST', endpoint: '/Users', bulkId: 'q', data },
    { method: 'PUT', endpoint: '/Users', id: ID, version: 'W/"1"', data },
    { method: 'PATCH', endpoint: '/Groups', id: 'bulkId:a/b?c', version: undefined, data },
    { method: 'DELETE', endpoint: '/Groups', id: ID, version: undefined },
  ])
})

test('names and methods count without case, and the slash in front of a path may be missing', () => {
  const [first] = bulk({ Method: 'delete', PATH: `Users/${ID}`, BulkID: 'x' }).operations
  expect(first).toEqual({
    sent: { method: 'DELETE', bulkId: 'x' },
    operation: { method: 'DELETE', endpoint: '/Users', id: ID, version: undefined },
  })
})

test.each<[string, Json]>([
  ['no object', 'DELETE /Users'],
  ['no method', { path: '/Users', bulkId: 'q', data: {} }],
  ['a method that changes nothing', { method: 'GET', path: '/Users' }],
  ['no path', { method: 'POST', bulkId: 'q', data: {} }],
  ['a bulk request in a bulk request', { method: 'POST', path: '/Bulk', bulkId: 'q', data: {} }],
  ['a search', { method: 'POST', path: '/Users/.search', bulkId: 'q', data: {} }],
  ['a path that climbs', { method: 'DELETE', path: `/Users/../../other/Users/${ID}` }],
  ['a path out of the endpoint', { method: 'DELETE', path: `/../other/Users/${ID}` }],
  ['an absolute URL', { method: 'DELETE', path: `https://example.com/Users/${ID}` }],
  ['a query', { method: 'DELETE', path: `/Users/${ID}?x=y` }],
  ['a POST to a resource', { method: 'POST', path: `/Users/${ID}`, bulkId: 'q', data: {} }],
  ['a DELETE of everything', { method: 'DELETE', path: '/Users' }],
  ['a DELETE of nothing', { method: 'DELETE', path: '/Users/' }],
  ['a POST without bulkId', { method: 'POST', path: '/Users', data: {} }],
  ['an empty bulkId', { method: 'POST', path: '/Users', bulkId: '', data: {} }],
  ['no data', { method: 'PUT', path: `/Users/${ID}` }],
  ['data that is a bare list of operations', { method: 'PATCH', path: `/Users/${ID}`, data: [] }],
  ['a version that is no text', { method: 'DELETE', path: `/Users/${ID}`, version: 1 }],
])('%s fails by itself', (_what, operation) => {
  expect(errorOf(operation)).toMatchObject({ status: 400 })
  const [, other] = bulk(operation, post('other')).operations
  expect(other).toMatchObject({ operation: { bulkId: 'other' } })
})

test('a bulkId means the first operation that has it; a second one fails', () => {
  const { operations } = bulk(post('a'), post('a'), { method: 'DELETE', path: `/Users/${ID}`, bulkId: 'a' })
  expect(operations.map((each) => 'operation' in each)).toEqual([true, false, true])
})

test.each<[string, Json]>([
  ['no object', []],
  ['no schemas', { Operations: [] }],
  ['other schemas', { schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations: [] }],
  ['no operations', { schemas: SCHEMAS }],
  ['failOnErrors 0', { schemas: SCHEMAS, Operations: [], failOnErrors: 0 }],
  ['failOnErrors as text', { schemas: SCHEMAS, Operations: [], failOnErrors: '1' }],
  ['half an error', { schemas: SCHEMAS, Operations: [], failOnErrors: 1.5 }],
])('a request with %s is refused as a whole', (_what, body) => {
  expect(() => parseBulkRequest(body)).toThrow(ScimError)
})

test('one operation more than is published is refused with the limit named, whatever the operations are', () => {
  const { maxOperations } = BULK_LIMITS
  expect(bulk(...Array<Json>(maxOperations).fill(null)).operations).toHaveLength(maxOperations)
  const refused = expect(() => bulk(...Array<Json>(maxOperations + 1).fill(null)))
  refused.toThrow(expect.objectContaining({ status: 413, message: expect.stringContaining('1000') }))
})

test('an answer repeats what the client knows its operation by, and has a body for errors only', () => {
  const done = operationResponse({ method: 'POST', bulkId: 'q' }, 'https://x/Users/1', {
    status: 201,
    id: '1',
    version: 'W/"1"',
  })
  expect(done).toEqual({
    location: 'https://x/Users/1',
    method: 'POST',
    bulkId: 'q',
    version: 'W/"1"',
    status: '201',
  })
  const error = refuse('version-changed', { type: 'User', id: '1' })
  const failed = operationResponse({ method: 'PUT' }, 'https://x/Users/1', error)
  expect(failed).toEqual({
    location: 'https://x/Users/1',
    method: 'PUT',
    status: '412',
    response: error.toBody(),
  })
  expect(operationResponse({}, undefined, { status: 204, id: '1' })).toEqual({ status: '204' })
  expect(bulkResponse([done])).toEqual({
    schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkResponse'],
    Operations: [done],
  })
})
