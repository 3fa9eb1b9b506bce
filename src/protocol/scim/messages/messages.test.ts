import { expect, test } from 'vitest'
import { ScimError } from './error.ts'
import type { Json } from './json.ts'
import { listResponse, parsePatchOp } from './messages.ts'

const PATCH_OP = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'

function fault(run: () => unknown) {
  try {
    run()
  } catch (error) {
    if (error instanceof ScimError) return `${error.status} ${error.scimType}: ${error.message}`
    throw error
  }
  return undefined
}

test('operations are read in any letter case of op and names', () => {
  const body = {
    Schemas: [PATCH_OP.toUpperCase()],
    operations: [
      { op: 'Add', Path: 'title', value: 'x' },
      { OP: 'REMOVE', path: 'title' },
      { op: 'replace', path: null, value: null },
    ],
  }
  expect(parsePatchOp(body)).toEqual([
    { op: 'add', path: 'title', value: 'x' },
    { op: 'remove', path: 'title' },
    { op: 'replace', value: null },
  ])
})

const operation = { op: 'remove', path: 'title' }

test.each<[Json, string]>([
  [[], 'The body must be an object'],
  [{ Operations: [operation] }, `schemas must name ${PATCH_OP}`],
  [{ schemas: ['urn:x'], Operations: [operation] }, `schemas must name ${PATCH_OP}`],
  [{ schemas: [PATCH_OP] }, 'Operations must be an array of at least one operation'],
  [{ schemas: [PATCH_OP], Operations: [] }, 'Operations must be an array of at least one operation'],
  [{ schemas: [PATCH_OP], Operations: operation }, 'Operations must be an array of at least one operation'],
  [{ schemas: [PATCH_OP], Operations: [operation, 'x'] }, 'Operations[1] must be an object'],
  [{ schemas: [PATCH_OP], Operations: [{ op: 'move' }] }, 'Operations[0].op must be add, remove or replace'],
  [
    { schemas: [PATCH_OP], Operations: [{ path: 'title' }] },
    'Operations[0].op must be add, remove or replace',
  ],
  [{ schemas: [PATCH_OP], Operations: [{ op: 'add', path: 7 }] }, 'Operations[0].path must be a string'],
])('%j is no PatchOp: %s', (body, detail) => {
  expect(fault(() => parsePatchOp(body))).toBe(`400 invalidSyntax: ${detail}`)
})

test('more than 1,000 operations are too many', () => {
  const body = (count: number) => ({ schemas: [PATCH_OP], Operations: Array(count).fill(operation) })
  expect(parsePatchOp(body(1_000))).toHaveLength(1_000)
  expect(fault(() => parsePatchOp(body(1_001)))).toContain('413')
})

test('a list is put together from texts', () => {
  expect(
    JSON.parse(listResponse(['{"id":"1"}', '{"id":"2"}'], { total: 7, startIndex: 3 }).join('')),
  ).toEqual({
    schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
    totalResults: 7,
    startIndex: 3,
    itemsPerPage: 2,
    Resources: [{ id: '1' }, { id: '2' }],
  })
  expect(JSON.parse(listResponse([], { total: 0, startIndex: 1 }).join(''))).toMatchObject({
    totalResults: 0,
    Resources: [],
  })
})

test('a page by cursor names its neighbours and no startIndex', () => {
  const page = { total: 7, previousCursor: undefined, nextCursor: 'n-1' }
  expect(JSON.parse(listResponse(['{"id":"1"}'], page).join(''))).toEqual({
    schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
    totalResults: 7,
    itemsPerPage: 1,
    nextCursor: 'n-1',
    Resources: [{ id: '1' }],
  })
})
