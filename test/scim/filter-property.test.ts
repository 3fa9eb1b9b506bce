// Whatever the letters: a filter finds in SQL exactly what it matches in memory, and both fold case the same way.
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { SYSTEM } from '#platform/database/database.ts'
import { sql } from '#platform/database/sql.ts'
import { parseFilter } from '#protocol/scim/filter/filter.ts'
import { matches } from '#protocol/scim/filter/match.ts'
import { userSchema } from '#protocol/scim/schema/resource-schema.ts'
import { caseKey } from '#protocol/scim/values/text.ts'
import { openHouse, type ProvidedIdp } from '../harness.ts'

const house = await openHouse()
afterAll(() => house.close())

const USER = 'urn:ietf:params:scim:schemas:core:2.0:User'
const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'

/** Letters and marks of every script, those that fold in unusual ways more often. */
const LETTERS = Array.from({ length: 0x1_7000 }, (_, code) => code)
  .filter((code) => code < 0xd800 || code > 0xdfff)
  .map((code) => String.fromCodePoint(code))
  .filter((character) => /[\p{L}\p{M}\p{N}]/u.test(character))
const UNUSUAL = [...'İıΣσςßẞKÅﬁﬀǅǆΐΰᾳⅣⅳ①Ａａ\u0345\u0307ｶﾞ가각ŉ']
const letter = fc.oneof(
  fc.constantFrom(...LETTERS),
  fc.constantFrom(...UNUSUAL),
  fc.constantFrom(...'aAbB zZ_%'),
)
const word = fc.array(letter, { minLength: 1, maxLength: 6 }).map((letters) => letters.join('').trim() || 'x')

interface Given {
  readonly words: readonly string[]
  readonly micros: readonly number[]
}
const given: fc.Arbitrary<Given> = fc.record({
  words: fc.array(word, { minLength: 7, maxLength: 7 }),
  micros: fc.array(fc.integer({ min: 0, max: 999_999 }), { minLength: 1, maxLength: 1 }),
})

function resourceOf({ words: [a, b, c, d, e, f, g] }: Given, place: number) {
  return {
    schemas: [USER, ENTERPRISE],
    userName: `${a}${place}`,
    displayName: b,
    title: c,
    name: { familyName: d, givenName: e },
    emails: [
      { type: 'work', value: `${f}@x`, primary: true },
      { type: 'home', value: `${g}@y` },
    ],
    [ENTERPRISE]: { department: a, employeeNumber: b },
  }
}

let idp: ProvidedIdp
const resources: Record<string, never>[] = []
beforeAll(async () => {
  idp = await house.identityProvider()
  for (const [place, each] of fc.sample(given, { numRuns: 60, seed: 4 }).entries()) {
    const { status, json } = await idp.post('/Users', resourceOf(each, place))
    if (status === 201) resources.push(json)
    else expect(status).toBe(409) // two names that fold to one
  }
  expect(resources.length).toBeGreaterThan(50)
}, 120_000)

const ATTRIBUTES = [
  'userName',
  'displayName',
  'title',
  'name.familyName',
  'name.givenName',
  'emails.value',
  'emails',
  `${ENTERPRISE}:department`,
  `${ENTERPRISE}:employeeNumber`,
]
const comparison = fc
  .record({
    attribute: fc.constantFrom(...ATTRIBUTES),
    op: fc.constantFrom('eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le'),
    source: fc.nat(),
    part: fc.tuple(fc.nat(), fc.nat()),
    casing: fc.constantFrom('as is', 'upper', 'lower', 'other'),
    other: word,
  })
  .map(({ attribute, op, source, part: [from, length], casing, other }) => {
    const resource = resources[source % resources.length] ?? {}
    const texts = [...JSON.stringify(resource).matchAll(/":"([^"\\]+)"/g)].map(([, text = '']) => text)
    const text = texts[from % texts.length] ?? ''
    const whole = [...text]
    const piece =
      op === 'eq' || op === 'ne' ? whole : whole.slice(from % whole.length).slice(0, 1 + (length % 4))
    const value = casing === 'other' ? other : piece.join('')
    const cased = casing === 'upper' ? value.toUpperCase() : casing === 'lower' ? value.toLowerCase() : value
    return `${attribute} ${op} ${JSON.stringify(cased)}`
  })
const filter = fc.oneof(
  { weight: 4, arbitrary: comparison },
  { weight: 1, arbitrary: fc.tuple(comparison, comparison).map(([a, b]) => `(${a} and ${b})`) },
  { weight: 1, arbitrary: fc.tuple(comparison, comparison).map(([a, b]) => `(${a} or not (${b}))`) },
  {
    weight: 1,
    arbitrary: comparison.map(
      (one) => `emails[type eq "work" and value ${one.split(' ').slice(1).join(' ')}]`,
    ),
  },
)

test('a filter finds what it matches in memory', async () => {
  let found = 0
  await fc.assert(
    fc.asyncProperty(filter, async (text) => {
      const parsed = parseFilter(text, userSchema)
      const expected = resources.filter((resource) => matches(resource, parsed)).map(({ id }) => String(id))
      const { status, json } = await idp.get(
        `/Users?count=200&attributes=id&filter=${encodeURIComponent(text)}`,
      )
      expect(status, text).toBe(200)
      if (expected.length > 0 && expected.length < resources.length) found += 1
      expect(json.Resources?.map(({ id }: { id: string }) => id).sort() ?? [], text).toEqual(expected.sort())
    }),
    { numRuns: 400 },
  )
  expect(found).toBeGreaterThan(100)
}, 120_000)

test('every letter folds in SQL as in memory', async () => {
  const characters = Array.from({ length: 0x11_0000 }, (_, code) => code)
    .filter((code) => code > 0 && (code < 0xd800 || code > 0xdfff))
    .map((code) => String.fromCodePoint(code))
  const different: string[] = []
  for (let from = 0; from < characters.length; from += 20_000) {
    const part = characters.slice(from, from + 20_000)
    const [row] = await house.db.run<{ keys: string[] }>(
      SYSTEM,
      sql`select array_agg(case_key(c) order by p) as keys from unnest(${part}::text[]) with ordinality as u(c, p)`,
    )
    part.forEach((character, place) => {
      if (row?.keys[place] !== caseKey(character))
        different.push(`U+${character.codePointAt(0)?.toString(16)}`)
    })
  }
  expect(different).toEqual([])
}, 120_000)

test('users are found by a name that folds in an unusual way, and times are compared to the microsecond', async () => {
  const own = await house.identityProvider()
  await own.post('/Users', {
    schemas: [USER],
    userName: 'inan',
    name: { familyName: 'İnan' },
    displayName: 'ΟΔΟΣ',
  })
  for (const text of [
    'name.familyName eq "İnan"',
    'name.familyName eq "i\u0307NAN"',
    'displayName eq "οδος"',
    'displayName sw "οδοσ"',
  ])
    expect((await own.get(`/Users?filter=${encodeURIComponent(text)}`)).json.totalResults, text).toBe(1)
})
