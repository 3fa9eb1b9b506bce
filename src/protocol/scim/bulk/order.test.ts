import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Json } from '../messages/json.ts'
import { type ParsedOperation, parseBulkRequest } from './bulk.ts'
import { nextBatch, orderOperations } from './order.ts'

function operations(...Operations: Json[]): readonly ParsedOperation[] {
  const schemas = ['urn:ietf:params:scim:api:messages:2.0:BulkRequest']
  return parseBulkRequest({ schemas, Operations }).operations
}

function post(path: '/Users' | '/Groups', bulkId: string, ...needs: string[]): Json {
  return { method: 'POST', path, bulkId, data: { members: needs.map((need) => `bulkId:${need}`) } }
}

function change(method: string, path: string, ...needs: string[]): Json {
  return { method, path, data: { x: needs.map((need) => `bulkId:${need}`) } }
}

function orderOf(...given: Json[]): (number | readonly number[])[] {
  const { units } = orderOperations(operations(...given))
  return units.map(({ places, circular }) => (circular ? places : (places[0] ?? -1)))
}

test('without references the order is that of the request', () => {
  expect(orderOf(post('/Users', 'a'), change('DELETE', '/Users/1'), null, post('/Groups', 'g'))).toEqual([
    0, 1, 2, 3,
  ])
})

test('who refers to what comes later waits for it, and comes as soon as it is there', () => {
  const group = post('/Groups', 'g', 'a', 'b')
  expect(orderOf(group, post('/Users', 'a'), post('/Users', 'b'), post('/Users', 'c'))).toEqual([1, 2, 0, 3])
  expect(
    orderOf(change('PATCH', '/Users/bulkId:a'), change('DELETE', '/Users/1'), post('/Users', 'a')),
  ).toEqual([1, 2, 0])
})

test('what waits keeps its place before later operations on the same resource', () => {
  const patch = change('PATCH', '/Groups/1', 'a')
  expect(
    orderOf(patch, change('DELETE', '/Groups/1'), change('DELETE', '/Groups/2'), post('/Users', 'a')),
  ).toEqual([2, 3, 0, 1])
})

test('resources that refer to each other are one unit, after what they need besides', () => {
  expect(
    orderOf(
      post('/Groups', 'a', 'b'),
      post('/Groups', 'b', 'c'),
      post('/Groups', 'c', 'a', 'u'),
      post('/Groups', 'self', 'self'),
      post('/Groups', 'after', 'c'),
      post('/Users', 'u'),
    ),
  ).toEqual([[3], 5, [0, 1, 2], 4])
})

test('a bulkId that nothing creates makes nobody wait', () => {
  expect(orderOf(post('/Groups', 'g', 'none'), post('/Users', 'a'))).toEqual([0, 1])
})

test('a chain of a thousand references is put in order', () => {
  const chain = Array.from({ length: 1_000 }, (_, i) => post('/Groups', `g${i}`, `g${i + 1}`))
  expect(orderOf(...chain)).toEqual(chain.map((_, i) => 999 - i))
})

function batchesOf(most: number, ...given: Json[]) {
  const parsed = operations(...given)
  const order = orderOperations(parsed)
  const batches = []
  for (let unit = 0; unit < order.units.length; ) {
    const batch = nextBatch(parsed, order, unit, most)
    batches.push(batch)
    unit += batch.kind === 'circle' ? 1 : batch.places.length
  }
  return batches
}

test('users that are created or deleted one after the other make a batch', () => {
  expect(
    batchesOf(
      100,
      post('/Users', 'a'),
      post('/Users', 'b'),
      post('/Users', 'c', 'b'),
      post('/Users', 'd', 'a'),
      change('DELETE', '/Users/1'),
      change('DELETE', '/Users/bulkId:c'),
      { method: 'DELETE', path: '/Users/2', version: 'W/"1"' },
      post('/Groups', 'g', 'h'),
      post('/Groups', 'h', 'g'),
      post('/Groups', 'i'),
      post('/Groups', 'j'),
    ),
  ).toEqual([
    { kind: 'create users', places: [0, 1] },
    { kind: 'create users', places: [2, 3] },
    { kind: 'delete users', places: [4, 5] },
    { kind: 'one', places: [6] },
    { kind: 'circle', places: [7, 8] },
    { kind: 'one', places: [9] },
    { kind: 'one', places: [10] },
  ])
})

test('a batch is as large as it may be', () => {
  const users = Array.from({ length: 5 }, (_, i) => post('/Users', `u${i}`))
  expect(batchesOf(2, ...users).map(({ places }) => places)).toEqual([[0, 1], [2, 3], [4]])
})

const anyOperations = fc.array(
  fc.record({
    kind: fc.constantFrom('POST /Users', 'POST /Groups', 'PATCH', 'DELETE'),
    target: fc.nat(3),
    needs: fc.array(fc.nat(14), { maxLength: 3 }),
  }),
  { maxLength: 12 },
)

test('whatever refers to whatever: all are done once, what is needed first or together', () => {
  fc.assert(
    fc.property(anyOperations, fc.integer({ min: 1, max: 5 }), (given, most) => {
      const sent = given.map(({ kind, target, needs }, place) => {
        const references = needs.map((need) => `b${need}`)
        if (kind === 'POST /Users') return post('/Users', `b${place}`, ...references)
        if (kind === 'POST /Groups') return post('/Groups', `b${place}`, ...references)
        return change(kind, `/Users/${target}`, ...references)
      })
      const done = new Set<number>()
      for (const { kind, places } of batchesOf(most, ...sent)) {
        if (kind !== 'circle') expect(places.length).toBeLessThanOrEqual(most)
        for (const place of places) {
          const { kind: own = '', needs = [], target } = given[place] ?? {}
          const creators =
            own === 'DELETE' ? [] : needs.filter((need) => given[need]?.kind.startsWith('POST'))
          for (const need of creators) {
            expect(
              done.has(need) || (kind === 'circle' && places.includes(need)),
              `${need} before ${place}`,
            ).toBe(true)
          }
          const sameResource = given
            .slice(0, place)
            .flatMap((other, at) =>
              !own.startsWith('POST') && !other.kind.startsWith('POST') && other.target === target ? at : [],
            )
          for (const earlier of sameResource) expect(done.has(earlier) || places.includes(earlier)).toBe(true)
        }
        for (const place of places) {
          expect(done.has(place)).toBe(false)
          done.add(place)
        }
      }
      expect(done.size).toBe(given.length)
    }),
    { numRuns: 300 },
  )
})
