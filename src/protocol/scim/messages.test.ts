import { expect, test } from 'vitest'
import { ScimError } from './error.ts'
import type { Json } from './json.ts'
import { listResponse, parseListQuery, parsePatchOp } from './messages.ts'
import type { Parameters } from './projection.ts'
import { userSchema } from './resource-schema.ts'

const PATCH_OP = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'

function query(parameters: Parameters) {
  return parseListQuery(parameters, userSchema, { defaultCount: 100, maxCount: 1_000 })
}

function fault(run: () => unknown) {
  try {
    run()
  } catch (error) {
    if (error instanceof ScimError) return `${error.status} ${error.scimType}: ${error.message}`
    throw error
  }
  return undefined
}

test('a query without parameters asks for the first page', () => {
  expect(query({})).toEqual({ startIndex: 1, count: 100 })
  expect(query({ unrelated: ['1', '2'] })).toEqual({ startIndex: 1, count: 100 })
})

test.each<[Parameters, number, number]>([
  [{ startIndex: '0', count: '5' }, 1, 5],
  [{ startindex: '-3', COUNT: '-1' }, 1, 0],
  [{ startIndex: '101', count: '0' }, 101, 0],
  [{ count: '1000000' }, 1, 1_000],
  [{ startIndex: '99999999999999999999' }, 2_147_483_647, 100],
])('%j is brought into range', (parameters, startIndex, count) => {
  expect(query(parameters)).toEqual({ startIndex, count })
})

test.each<[Parameters, string]>([
  [{ count: 'ten' }, '400 invalidValue: count must be an integer'],
  [{ count: '1.5' }, '400 invalidValue: count must be an integer'],
  [{ startIndex: '1e3' }, '400 invalidValue: startIndex must be an integer'],
  [{ count: ['1', '2'] }, '400 invalidValue: count is given more than once'],
  [{ filter: ['a', 'b'] }, '400 invalidFilter: filter is given more than once'],
  [{ sortBy: 'shoe' }, '400 invalidValue: sortBy: there is no attribute "shoe"'],
  [{ sortBy: 'name' }, '400 invalidValue: sortBy: nothing is sorted by name'],
  [{ sortBy: 'password' }, '400 invalidValue: sortBy: nothing is sorted by password'],
  [{ sortBy: 'id', sortOrder: 'up' }, '400 invalidValue: sortOrder must be ascending or descending'],
])('%j is refused: %s', (parameters, detail) => {
  expect(fault(() => query(parameters))).toBe(detail)
})

test('an empty filter is refused, never taken for no filter', () => {
  expect(fault(() => query({ filter: '' }))).toContain('400 invalidFilter')
})

test('filter, sorting and projection are read against the schema', () => {
  const read = query({
    filter: 'USERNAME eq "ada"',
    sortBy: 'emails',
    SortOrder: 'Descending',
    attributes: 'id',
  })
  expect(read.filter).toMatchObject({ kind: 'compare', op: 'eq', value: 'ada' })
  expect([read.sort?.ref.attribute.name, read.sort?.ref.sub?.name, read.sort?.descending]).toEqual([
    'emails',
    'value',
    true,
  ])
  expect(read.projection?.wanted).toBe(true)
})

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
  expect(JSON.parse(listResponse(['{"id":"1"}', '{"id":"2"}'], { total: 7, startIndex: 3 }))).toEqual({
    schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
    totalResults: 7,
    startIndex: 3,
    itemsPerPage: 2,
    Resources: [{ id: '1' }, { id: '2' }],
  })
  expect(JSON.parse(listResponse([], { total: 0, startIndex: 1 }))).toMatchObject({
    totalResults: 0,
    Resources: [],
  })
})
