import { expect, test } from 'vitest'
import { groupSchema, userSchema } from '../schema/resource-schema.ts'
import { ScimError } from './error.ts'
import { parseListQuery, searchParameters } from './list-query.ts'
import type { Parameters } from './projection.ts'

const LIMITS = { defaultCount: 100, maxCount: 1_000 }

function query(parameters: Parameters) {
  return parseListQuery(parameters, userSchema, LIMITS)
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
  expect([read.sort?.ref?.attribute.name, read.sort?.ref?.sub?.name, read.sort?.descending]).toEqual([
    'emails',
    'value',
    true,
  ])
  expect(read.projection?.wanted).toBe(true)
})

test.each<[Parameters, object]>([
  [{ cursor: '' }, { startIndex: 1, count: 100, cursor: '' }],
  [
    { Cursor: 'abc', count: '-5' },
    { startIndex: 1, count: 0, cursor: 'abc' },
  ],
  [
    { cursor: 'abc', count: '1000' },
    { startIndex: 1, count: 1_000, cursor: 'abc' },
  ],
  [
    { cursor: 'abc', startIndex: '3', count: '2000' },
    { startIndex: 3, count: 1_000 },
  ],
])('%j names the method of paging, and index is the default', (parameters, paging) => {
  expect(query(parameters)).toEqual(paging)
})

test.each(['ten', '1.5', '1001', '99999999999999999999'])('with a cursor, count=%s is refused', (count) => {
  expect(fault(() => query({ cursor: '', count }))).toBe(
    '400 invalidCount: count must be an integer from 0 to 1000',
  )
})

test('an attribute of another type that is asked for too can be sorted by', () => {
  const read = (sortBy: string) => parseListQuery({ sortBy }, groupSchema, LIMITS, [userSchema]).sort
  expect(read('displayName')?.ref?.attribute.name).toBe('displayName')
  expect(read('userName')).toEqual({ descending: false })
  expect(fault(() => read('shoe'))).toBe('400 invalidValue: sortBy: there is no attribute "shoe"')
  expect(fault(() => read('password'))).toBe('400 invalidValue: sortBy: nothing is sorted by password')
})

test('a search request brings the same parameters in a body', () => {
  const SEARCH = 'urn:ietf:params:scim:api:messages:2.0:SearchRequest'
  expect(
    searchParameters({
      schemas: [SEARCH],
      attributes: ['id', 'userName'],
      count: 5,
      cursor: '',
      filter: null,
    }),
  ).toEqual({
    attributes: 'id,userName',
    count: '5',
    cursor: '',
  })
  expect(fault(() => searchParameters({ schemas: ['urn:x'] }))).toContain('400 invalidSyntax')
  expect(fault(() => searchParameters({ schemas: [SEARCH], count: {} }))).toContain('400 invalidSyntax')
})
