import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { JsonObject } from '../messages/json.ts'
import type { BulkOperation } from './bulk.ts'
import { cutReferences, referencesOf, resolveId, resolveReferences } from './references.ts'

const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
const IDS = new Map([
  ['a', 'id-a'],
  ['b', 'id-b'],
  ['q"x', 'id-q'],
])

function put(data: JsonObject, id = '1'): BulkOperation {
  return { method: 'PUT', endpoint: '/Users', id, version: undefined, data }
}

function resolvedData(data: JsonObject): unknown {
  const operation = resolveReferences(put(data), IDS)
  return 'data' in operation && operation.data
}

test.each<[string, JsonObject, JsonObject]>([
  ['members', { members: [{ value: 'bulkId:a' }] }, { members: [{ value: 'id-a' }] }],
  ['members as bare ids', { members: ['bulkId:a', 'x'] }, { members: ['id-a', 'x'] }],
  [
    'the manager',
    { [ENTERPRISE]: { manager: { value: 'bulkId:b' } } },
    { [ENTERPRISE]: { manager: { value: 'id-b' } } },
  ],
  [
    'an extension',
    { 'urn:x': { buddy: 'bulkId:a', team: ['bulkId:b'] } },
    { 'urn:x': { buddy: 'id-a', team: ['id-b'] } },
  ],
  ['$ref', { manager: { $ref: '../Users/bulkId:a' } }, { manager: { $ref: '../Users/id-a' } }],
  [
    'the value of a PATCH',
    { Operations: [{ op: 'add', path: 'members', value: [{ value: 'bulkId:a' }] }] },
    { Operations: [{ op: 'add', path: 'members', value: [{ value: 'id-a' }] }] },
  ],
  [
    'the path of a PATCH',
    { Operations: [{ op: 'remove', path: 'members[value eq "bulkId:a" or value eq "bulkId:q\\"x"]' }] },
    { Operations: [{ op: 'remove', path: 'members[value eq "id-a" or value eq "id-q"]' }] },
  ],
  [
    'nothing else',
    { displayName: 'a bulkId:a', n: 1, x: null, url: '/Users/bulkId:a' },
    { displayName: 'a bulkId:a', n: 1, x: null, url: '/Users/bulkId:a' },
  ],
])('bulkIds become ids in %s', (_where, data, expected) => {
  expect(resolvedData(data)).toEqual(expected)
})

test('a bulkId in the path of an operation becomes an id', () => {
  expect(resolveReferences(put({}, 'bulkId:a'), IDS)).toMatchObject({ id: 'id-a' })
  expect(resolveId('bulkId:b', IDS)).toBe('id-b')
  expect(resolveId('bulkId:none', IDS)).toBeUndefined()
  expect(resolveId('1', IDS)).toBe('1')
})

test('a bulkId of nothing that was created fails the operation with 409', () => {
  for (const operation of [put({ members: [{ value: 'bulkId:none' }] }), put({}, 'bulkId:none')]) {
    expect(() => resolveReferences(operation, IDS)).toThrow(
      expect.objectContaining({ status: 409, message: expect.stringContaining('none') }),
    )
  }
})

test('all references are found, in path and data', () => {
  const data = { members: ['bulkId:a', { value: 'bulkId:b' }], m: { $ref: '/Users/bulkId:c' } }
  expect(referencesOf(put(data, 'bulkId:d'))).toEqual(new Set(['a', 'b', 'c', 'd']))
  expect(referencesOf({ method: 'DELETE', endpoint: '/Users', id: 'x', version: undefined })).toEqual(
    new Set(),
  )
})

test('only what refers to the circle is cut off: elements of lists, and attributes as a whole', () => {
  const data: JsonObject = {
    displayName: 'A',
    members: [{ value: 'bulkId:a' }, { value: 'bulkId:out' }, { value: 'bulkId:b' }],
    [ENTERPRISE]: { department: 'X', manager: { value: 'bulkId:a', displayName: 'Ada' } },
    'urn:only': { buddy: 'bulkId:b' },
  }
  expect(cutReferences(data, new Set(['a', 'b']))).toEqual({
    kept: {
      displayName: 'A',
      members: [{ value: 'bulkId:out' }],
      [ENTERPRISE]: { department: 'X' },
    },
    cut: {
      members: [{ value: 'bulkId:a' }, { value: 'bulkId:b' }],
      [ENTERPRISE]: { manager: { value: 'bulkId:a', displayName: 'Ada' } },
      'urn:only': { buddy: 'bulkId:b' },
    },
  })
})

const bulkIds = fc.string({ minLength: 1, maxLength: 5 })
const data = fc.letrec<{ value: unknown; object: JsonObject }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.string(),
    bulkIds.map((id) => `bulkId:${id}`),
    fc.integer(),
    fc.array(tie('value'), { maxLength: 3 }),
    tie('object'),
  ),
  object: fc.dictionary(
    fc.string().filter((key) => key !== '__proto__'),
    tie('value'),
    {
      maxKeys: 3,
      noNullPrototype: true,
    },
  ) as fc.Arbitrary<JsonObject>,
})).object

test('once resolved, nothing refers any more, and the shape is the same', () => {
  fc.assert(
    fc.property(data, (given) => {
      const references = referencesOf(put(given))
      const ids = new Map([...references].map((bulkId, index) => [bulkId, `id-${index}`]))
      const resolved = resolveReferences(put(given), ids)
      expect(referencesOf(resolved).size).toBe(0)
      if (references.size === 0) expect(resolved).toEqual(put(given))
    }),
  )
})

test('what is kept refers to nothing in the circle, and what is cut leaves nothing else out', () => {
  fc.assert(
    fc.property(data, (given) => {
      const circle = new Set([...referencesOf(put(given))].filter((_, index) => index % 2 === 0))
      const { kept, cut } = cutReferences(given, circle)
      const left = referencesOf(put(kept))
      for (const bulkId of circle) expect(left.has(bulkId)).toBe(false)
      expect(new Set([...Object.keys(kept), ...Object.keys(cut)])).toEqual(new Set(Object.keys(given)))
      expect(referencesOf(put(cut)).isSupersetOf(circle)).toBe(true)
    }),
  )
})
