// Questions that cannot be answered: a filter, a page, an order or a projection that breaks the rules.
import { afterAll, beforeAll, describe, test } from 'vitest'
import { type House, openHouse } from '#test/harness.ts'
import { ask, expectRefusal, expectScimError, type Speaker, succeed, USER } from './refusal.ts'

let house: House
let idp: Speaker
let ada: string

beforeAll(async () => {
  house = await openHouse()
  idp = await house.identityProvider({})
  ada = (await succeed<{ id: string }>(idp, { path: '/Users', body: { schemas: [USER], userName: 'ada' } }))
    .id
})

afterAll(() => house?.close())

const nested = (depth: number) => `${'('.repeat(depth)}userName pr${')'.repeat(depth)}`

const BAD_FILTERS: readonly (readonly [filter: string, says: RegExp])[] = [
  ['', /filter/i],
  ['   ', /filter/i],
  ['userName', /filter/i],
  ['eq', /filter/i],
  ['"x"', /filter/i],
  ['userName eq', /filter/i],
  ['userName eq ada', /filter/i],
  ["userName eq 'ada'", /filter/i],
  ['userName eq "ada', /quote|string/i],
  ['userName is "ada"', /\bis\b/],
  ['userName = "ada"', /filter/i],
  ['userName eq "ada" and', /filter/i],
  ['userName eq "ada" xor active pr', /filter/i],
  ['userName eq "a" "b"', /filter/i],
  ['and userName pr', /filter/i],
  ['not userName pr', /filter/i],
  ['not (userName pr', /filter/i],
  ['(userName pr', /filter/i],
  ['userName pr)', /filter/i],
  ['()', /filter/i],
  ['userName pr; drop table directory_user', /filter/i],
  ['nickname2 eq "x"', /nickname2/],
  ['name.middle eq "x"', /name\.middle/],
  ['__proto__ pr', /__proto__/],
  ['constructor.prototype pr', /constructor/],
  ['emails[type eq "work"', /filter/i],
  ['emails[]', /filter/i],
  ['emails[emails[type eq "x"]]', /filter/i],
  ['userName[type eq "x"]', /userName/],
  ['active gt true', /active/],
  ['active co "t"', /active/],
  ['active eq "often"', /active/],
  ['userName eq 7.5', /userName/],
  ['userName eq {"$ne":null}', /filter/i],
  ['userName eq ["a"]', /filter/i],
  ['userName eq "a\\u0000b"', /character|NUL/i],
  ['userName eq "\\ud800"', /character|surrogate/i],
  ['userName eq "\\x"', /filter/i],
  ['meta.created gt "yesterday"', /meta\.created/],
  ['password eq "x"', /password/],
  ['PASSWORD sw "x"', /password/i],
  [`${USER}:password pr`, /password/],
  ['not (password pr)', /password/],
  [nested(33), /deep|nested/],
  [nested(1_000), /deep|nested/],
  [Array.from({ length: 201 }, () => 'userName pr').join(' or '), /200/],
  [`userName eq "${'x'.repeat(8_200)}"`, /8,?192/],
]

describe('a filter that cannot be read', () => {
  test.each(BAD_FILTERS.map(([filter, says]) => ({ filter, says, shown: filter.slice(0, 60) })))(
    '"$shown"',
    async ({ filter, says }) => {
      const path = `/Users?filter=${encodeURIComponent(filter)}`
      expectScimError(await ask(idp, { path }), { status: 400, scimType: 'invalidFilter', says: [says] })
    },
  )

  test('5,000 nested parentheses', async () => {
    const response = await ask(idp, { path: `/Users?filter=${nested(5_000).replace(' ', '%20')}` })
    expectScimError(response, { status: [400, 414, 431] })
  })

  test('30,000 characters of escapes', async () => {
    expectScimError(await ask(idp, { path: `/Users?filter=${'%28'.repeat(10_000)}` }), {
      status: [400, 414, 431],
    })
  })

  test('a bad filter on groups is refused too, not answered with all of them', async () => {
    const response = await ask(idp, { path: `/Groups?filter=${encodeURIComponent('userName is "x"')}` })
    expectScimError(response, { status: 400, scimType: 'invalidFilter' })
  })
})

const BAD_QUERIES: readonly (readonly [query: string, says: RegExp])[] = [
  ['count=abc', /count/],
  ['count=1.5', /count/],
  ['count=1e3', /count/],
  ['count=0x10', /count/],
  ['startIndex=first', /startIndex/],
  ['startIndex=1e309', /startIndex/],
  ['sortBy=nobody', /nobody/],
  ['sortBy=__proto__', /__proto__/],
  ['sortBy=password', /password/],
  ['sortBy=userName&sortOrder=up', /sortOrder/],
  ['attributes=userName&excludedAttributes=emails', /attributes/],
  ['count=1&count=2', /count/],
  ['count=1&COUNT=2', /count/i],
  ['startIndex=1&startIndex=2', /startIndex/],
  ['sortBy=userName&sortBy=id', /sortBy/],
  ['sortBy=userName&sortOrder=ascending&sortOrder=descending', /sortOrder/],
  ['attributes=userName&attributes=id', /attributes/],
  ['excludedAttributes=userName&excludedAttributes=id', /excludedAttributes/],
]

describe('a question that cannot be answered', () => {
  test.each(BAD_QUERIES)('?%s', async (query, says) => {
    const refusal = { status: 400, scimType: 'invalidValue', says: [says] }
    expectScimError(await ask(idp, { path: `/Users?${query}` }), refusal)
  })

  test('a repeated filter is no filter', async () => {
    const path = '/Users?filter=userName%20pr&filter=id%20pr'
    expectScimError(await ask(idp, { path }), {
      status: 400,
      scimType: 'invalidFilter',
      says: [/filter/, /once/],
    })
  })

  test.each(['%ZZ', '%', '%f', '%FF', '%C0%80', '%ED%A0%80'])(
    'the bad percent escape %s in a query',
    async (octets) => {
      expectScimError(await ask(idp, { path: `/Users?filter=userName%20eq%20%22${octets}%22` }), {
        status: 400,
      })
    },
  )

  test.each(['%00', '%0'])('%s in a query name or value', async (octets) => {
    expectScimError(await ask(idp, { path: `/Users?sortBy=userName${octets}` }), { status: 400 })
  })
})

describe('a bad projection on a write', () => {
  const both = 'attributes=userName&excludedAttributes=emails'
  const body = { schemas: [USER], userName: 'eve' }
  test.each([
    { method: 'POST', path: `/Users?${both}`, own: false },
    { method: 'PUT', path: `?${both}`, own: true },
    { method: 'PUT', path: '?attributes=id&attributes=userName', own: true },
  ])('$method $path is refused before anything is written', async ({ method, path, own }) => {
    const whole = own ? `/Users/${ada}${path}` : path
    await expectRefusal(
      idp,
      { method, path: whole, body },
      { status: 400, scimType: 'invalidValue', says: [/attributes/] },
    )
  })
})
