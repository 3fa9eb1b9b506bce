// A sign-in that has to be made anew: the identity provider is asked for that, and its answer has to show it.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type House, openHouse, type ProvidedIdp } from '../harness.ts'
import { type KeyPair, keyPair } from './key-pair.ts'
import { type LyingProvider, openLyingProvider } from './lying-provider.ts'
import { callback, connectLiar, person } from './lying-provider-house.ts'
import { answerTo, bring, connectSaml, type Lies, messageIn } from './saml-house.ts'
import { openTraveller, type Page } from './traveller.ts'

let house: House
let liar: LyingProvider
let key: KeyPair
let oidc: ProvidedIdp
let saml: ProvidedIdp
let tenantId: string

beforeAll(async () => {
  house = await openHouse()
  liar = await openLyingProvider()
  key = await keyPair()
  tenantId = await house.tenant('acme')
  oidc = await connectLiar(house, tenantId, 'OIDC', liar)
  saml = await connectSaml(house, tenantId, 'SAML', key)
  for (const idp of [oidc, saml]) await idp.post('/Users', { userName: 'alice@a.example' })
})
afterAll(async () => {
  await house?.close()
  await liar?.close()
})
beforeEach(() => {
  liar.claims = person('alice')
  liar.userInfo = undefined
})

const secondsAgo = (seconds: number) => Math.floor(Date.now() / 1_000) - seconds
const HOURS = 3_600

/** Goes to the identity provider. @returns where the browser was sent */
async function begin(idp: ProvidedIdp, fresh: string | undefined, traveller = openTraveller()) {
  const query = fresh === undefined ? '' : `?fresh=${fresh}`
  const { headers } = await traveller.step('GET', `${house.url}/sign-in/with/${idp.id}${query}`)
  return { traveller, location: headers.location ?? '' }
}

async function signInAtOidc(fresh: string | undefined, claims: object): Promise<Page> {
  const { traveller, location } = await begin(oidc, fresh)
  const { searchParams } = new URL(location)
  liar.nonce = searchParams.get('nonce') ?? ''
  liar.claims = { ...person('alice'), ...claims }
  return traveller.get(callback(house, oidc, liar, searchParams.get('state') ?? ''))
}

async function signInAtSaml(fresh: string | undefined, lies: Lies): Promise<Page> {
  const { traveller, location } = await begin(saml, fresh)
  const id = /\bID="([^"]+)"/.exec(messageIn(location))?.[1] ?? ''
  return bring(house, saml, traveller, answerTo(house, saml, key, id, lies))
}

const TOO_OLD = [403, expect.stringContaining('didn’t ask you to sign in again')]
const MISSING = [403, expect.stringContaining('doesn’t say when you signed in')]

test('OpenID Connect: the identity provider is asked to sign the user in again, and to say when that was', async () => {
  const { searchParams } = new URL((await begin(oidc, 'yes')).location)
  expect([searchParams.get('prompt'), searchParams.get('max_age')]).toEqual(['login', '0'])
  for (const fresh of [undefined, 'factor']) {
    const usual = new URL((await begin(oidc, fresh)).location).searchParams
    expect([usual.get('prompt'), usual.get('max_age')]).toEqual([null, null])
  }
})

test.each([
  ['signed in just now', () => ({ auth_time: secondsAgo(0) }), 200],
  ['signed in just now, by a clock that is half a minute slow', () => ({ auth_time: secondsAgo(30) }), 200],
  ['signed in just now, by a clock that is half a minute fast', () => ({ auth_time: secondsAgo(-30) }), 200],
])('OpenID Connect: a user who %s has signed in again', async (_what, claims, status) => {
  expect((await signInAtOidc('yes', claims())).status).toBe(status)
})

test.each([
  ['ten hours ago', () => ({ auth_time: secondsAgo(10 * HOURS) }), TOO_OLD],
  ['two minutes before they were asked', () => ({ auth_time: secondsAgo(120) }), TOO_OLD],
  ['in 1970', () => ({ auth_time: 0 }), TOO_OLD],
  ['at a time that is not said', () => ({}), MISSING],
  ['tomorrow', () => ({ auth_time: secondsAgo(-24 * HOURS) }), MISSING],
  ['at a time that is none', () => ({ auth_time: 1e308 }), MISSING],
  ['in milliseconds', () => ({ auth_time: Date.now() }), MISSING],
])('OpenID Connect: a user who signed in %s has not signed in again', async (_what, claims, refused) => {
  const page = await signInAtOidc('yes', claims())
  expect([page.status, page.text]).toEqual(refused)
})

test('OpenID Connect: the time counts only where it is signed, in the ID token', async () => {
  liar.userInfo = { sub: 'sub-alice', auth_time: secondsAgo(0), email: 'alice@a.example' }
  const page = await signInAtOidc('yes', { email: undefined })
  expect([page.status, page.text]).toEqual(MISSING)
})

test('OpenID Connect: without being asked to sign in again, a user signs in with whatever session they have', async () => {
  for (const claims of [{}, { auth_time: secondsAgo(10 * HOURS) }, { auth_time: 1e308 }])
    expect((await signInAtOidc(undefined, claims)).status).toBe(200)
  expect((await signInAtOidc('factor', {})).status).toBe(200)
})

test('SAML: the identity provider is asked to sign the user in again', async () => {
  expect(messageIn((await begin(saml, 'yes')).location)).toContain('ForceAuthn="true"')
  for (const fresh of [undefined, 'factor'])
    expect(messageIn((await begin(saml, fresh)).location)).not.toContain('ForceAuthn')
})

test('SAML: a user has signed in again when AuthnInstant says so', async () => {
  for (const authnInstant of [0, -30, 30])
    expect((await signInAtSaml('yes', { authnInstant })).status).toBe(200)
  for (const authnInstant of [-120, -10 * HOURS]) {
    const page = await signInAtSaml('yes', { authnInstant })
    expect([page.status, page.text]).toEqual(TOO_OLD)
  }
  const page = await signInAtSaml('yes', { authnInstant: null })
  expect([page.status, page.text]).toEqual([401, expect.stringContaining('not accepted')])
})

test('SAML: without being asked to sign in again, a user signs in with whatever session they have', async () => {
  expect((await signInAtSaml(undefined, { authnInstant: -10 * HOURS })).status).toBe(200)
})

test('the activity log says why a sign-in was refused', async () => {
  await signInAtOidc('yes', {})
  await signInAtSaml('yes', { authnInstant: -10 * HOURS })
  await house.activity.flush()
  const told = (await house.dump('activity_event')).map((event) => JSON.stringify(event))
  for (const reason of ['sign-in-time-missing', 'sign-in-too-old'])
    expect(
      told.filter((text) => text.includes(reason) && text.includes('alice@a.example')).length,
      reason,
    ).toBeGreaterThan(0)
})
