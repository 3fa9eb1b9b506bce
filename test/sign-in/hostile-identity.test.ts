// Identity providers that send text which neither XML nor the database can hold, or more of it than fits: each answer is
// refused on a page, and never becomes an error of the service.
import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type House, openHouse, type ProvidedIdp } from '../harness.ts'
import { type KeyPair, keyPair } from './key-pair.ts'
import { type LyingProvider, openLyingProvider } from './lying-provider.ts'
import { connectLiar, person, signIn as signInAtLiar } from './lying-provider-house.ts'
import { connectSaml, type Lies, signIn } from './saml-house.ts'

let key: KeyPair
let house: House
let liar: LyingProvider
let tenantId: string
let saml: ProvidedIdp
let oidc: ProvidedIdp

beforeAll(async () => {
  key = await keyPair()
  house = await openHouse()
  liar = await openLyingProvider()
  tenantId = await house.tenant('acme')
  saml = await connectSaml(house, tenantId, 'SAML', key, { enroll: 'self' })
  oidc = await connectLiar(house, tenantId, 'OIDC', liar, { enroll: 'self' })
})
afterAll(async () => {
  await house?.close()
  await liar?.close()
})
beforeEach(() => {
  liar.claims = {}
  liar.userInfo = undefined
})

/** Three bytes a letter, and nothing that a database could compress. */
const long = (letters: number) =>
  Array.from(randomBytes(letters), (byte) => String.fromCharCode(0x4e00 + byte * 64 + (byte % 61))).join('')

const SAML_CASES: readonly (readonly [string, Lies])[] = [
  ['NUL in the NameID', { nameId: 'a\0b' }],
  ['NUL in an attribute', { attributes: { email: 'a\0b' } }],
  ['NUL as name of an attribute', { attributes: { 'a\0': 'b' } }],
  ['U+0001 in the NameID', { nameId: 'a\u0001b' }],
  ['U+FFFE in an attribute', { attributes: { mail: 'a\uFFFEb' } }],
  ['U+FFFF in the SessionIndex', { sessionIndex: 'a\uFFFFb' }],
  ['NUL in the AuthnContext', { authnContext: 'a\0b' }],
  ['NUL in the Format', { nameIdAttributes: ' Format="a\0b"' }],
  ['a NameID of 3 kB', { nameId: long(1_000) }],
  ['a SessionIndex of 3 kB', { sessionIndex: long(1_000) }],
]

const REFUSED = [401, expect.stringContaining('not accepted')]

test.each(SAML_CASES)('SAML: %s is refused', async (_what, lies) => {
  const page = await signIn(house, saml, key, lies)
  expect([page.status, page.text]).toEqual(REFUSED)
})

test('an end of the session in the year 9999 is the end of our own session', async () => {
  const seconds = (Date.parse('9999-12-31T23:59:59Z') - Date.now()) / 1_000
  const page = await signIn(house, saml, key, { sessionNotOnOrAfter: seconds, nameId: 'forever@a.example' })
  expect(page.status).toBe(200)
})

const OIDC_CASES: readonly (readonly [string, object])[] = [
  ['NUL in sub', { sub: 'a\0b' }],
  ['a lone surrogate in sub', { sub: 'a\ud800b' }],
  ['NUL in preferred_username', { preferred_username: 'a\0b' }],
  ['a lone surrogate in email', { email: 'a\ud800b' }],
  ['NUL in a list', { groups: ['a', 'b\0'] }],
  ['NUL in acr', { acr: 'a\0' }],
  ['NUL in amr', { amr: ['pwd', 'a\0'] }],
  ['NUL in sid', { sid: 'a\0b' }],
  ['U+0001 in sid', { sid: 'a\u0001b' }],
  ['a sub of 3 kB', { sub: long(1_000) }],
  ['a sid of 3 kB', { sid: long(1_000) }],
  ['iat that is no time', { iat: 1e308 }],
]

test.each(OIDC_CASES)('OIDC: %s is refused', async (_what, claims) => {
  liar.claims = { ...person('mallory'), ...claims }
  const page = await signInAtLiar(house, oidc, liar)
  expect([page.status, page.text]).toEqual(REFUSED)
})

test('NUL that only the userinfo endpoint says is refused', async () => {
  liar.claims = { sub: 'sub-short' }
  liar.userInfo = { sub: 'sub-short', preferred_username: 'short', name: 'a\0b' }
  const page = await signInAtLiar(house, oidc, liar)
  expect([page.status, page.text]).toEqual(REFUSED)
})

test('a profile that is too long for a user is refused, and the page says so', async () => {
  for (const claims of [{ preferred_username: long(5_000) }, { email: `${long(5_000)}@a.example` }]) {
    liar.claims = { ...person('long'), ...claims }
    expect((await signInAtLiar(house, oidc, liar)).status).toBe(422)
  }
  for (const lies of [{ nameId: 'a@a.example', attributes: { email: `${long(5_000)}@a.example` } }])
    expect((await signIn(house, saml, key, lies)).status).toBe(422)
})
