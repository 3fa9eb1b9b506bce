// Applications that limit how old a sign-in or a second factor may be, and identity providers that answer from a session of
// this morning, or do not say when the user signed in.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ApplicationSettings } from '#access/application-settings.ts'
import { createApplication } from '#access/applications.ts'
import type { GivenSettings } from '#identity-providers/settings.ts'
import { type House, openHouse, type ProvidedIdp } from '../harness.ts'
import { type KeyPair, keyPair } from '../sign-in/key-pair.ts'
import { type LyingProvider, openLyingProvider } from '../sign-in/lying-provider.ts'
import { callback, connectLiar, person } from '../sign-in/lying-provider-house.ts'
import { authenticatorApp, hidden } from '../sign-in/people.ts'
import { answerTo, bring, connectSaml, type Lies, messageIn } from '../sign-in/saml-house.ts'
import { openTraveller, type Page, type Traveller } from '../sign-in/traveller.ts'
import { openProxy, type TestProxy } from './proxy.ts'

let house: House
let liar: LyingProvider
let key: KeyPair
const proxies: TestProxy[] = []

beforeAll(async () => {
  house = await openHouse()
  liar = await openLyingProvider()
  key = await keyPair()
})
afterAll(async () => {
  for (const proxy of proxies) await proxy.close()
  await house?.close()
  await liar?.close()
})

const HOURS = 3_600
const secondsAgo = (seconds: number) => Math.floor(Date.now() / 1_000) - seconds

interface Guarded {
  readonly idp: ProvidedIdp
  readonly origin: string
  readonly traveller: Traveller
}

type Limits = Partial<Pick<ApplicationSettings, 'sessionMinutes' | 'factorMinutes'>>

/** An identity provider of its own tenant, with an application for everybody, and alice. */
async function guarded(
  type: 'oidc' | 'saml',
  limits: Limits,
  settings: Omit<GivenSettings, 'name'> = {},
): Promise<Guarded> {
  const slug = `t${proxies.length}`
  const tenantId = await house.tenant(slug)
  const idp =
    type === 'oidc'
      ? await connectLiar(house, tenantId, 'IdP', liar, settings)
      : await connectSaml(house, tenantId, 'IdP', key, settings)
  await idp.post('/Users', { userName: 'alice@a.example' })
  const proxy = await openProxy(
    () => house.url,
    () => slug,
  )
  proxies.push(proxy)
  await createApplication(house.db, idp.operator, {
    name: 'Wiki',
    origin: proxy.origin,
    forEverybody: true,
    ...limits,
  })
  return { idp, origin: proxy.origin, traveller: openTraveller() }
}

/** Opens the application, and follows until the browser has to leave for the identity provider, or is there. */
async function open({ origin, traveller }: Guarded): Promise<Page> {
  let step = await traveller.step('GET', `${origin}/`)
  for (let left = 10; left > 0; left--) {
    const location = step.headers.location ?? step.headers.refresh?.replace(/^0; url=/, '')
    if (location === undefined) return step
    const next = new URL(location, step.url)
    if (![house.url, origin].includes(next.origin)) return { ...step, url: next.href }
    step = await traveller.step('GET', next.href)
  }
  throw new Error('more than ten steps')
}

/** The identity provider's answer to the question that the browser was sent with. */
function answer({ idp, traveller }: Guarded, { url }: Page, claims: object): Promise<Page> {
  const { searchParams } = new URL(url)
  liar.nonce = searchParams.get('nonce') ?? ''
  liar.claims = { ...person('alice'), ...claims }
  return traveller.get(callback(house, idp, liar, searchParams.get('state') ?? ''))
}

function answerBySaml({ idp, traveller }: Guarded, { url }: Page, lies: Lies): Promise<Page> {
  const id = /\bID="([^"]+)"/.exec(messageIn(url))?.[1] ?? ''
  return bring(house, idp, traveller, answerTo(house, idp, key, id, lies))
}

async function isIn({ origin, traveller }: Guarded): Promise<boolean> {
  return (await traveller.step('GET', `${origin}/`)).status === 200
}

test('an application without limits takes a session of any age', async () => {
  const there = await guarded('oidc', {})
  await answer(there, await open(there), {})
  expect(await isIn(there)).toBe(true)
})

test.each([
  ['a sign-in of this morning', () => ({ auth_time: secondsAgo(10 * HOURS) }), 'sign in again'],
  ['a sign-in that nobody knows the time of', () => ({}), 'doesn’t say when'],
])('OpenID Connect: a limit on the session is not met by %s', async (_what, claims, reason) => {
  const there = await guarded('oidc', { sessionMinutes: 60 })
  // The first answer makes a session with us, which the application does not take.
  const first = await open(there)
  expect(new URL(first.url).searchParams.get('max_age')).toBeNull()
  const second = await answerUntilAsked(there, first, claims())
  expect(new URL(second.url).searchParams.get('max_age')).toBe('0')
  const refused = await answer(there, second, claims())
  expect([refused.status, refused.text]).toEqual([403, expect.stringContaining(reason)])
  expect(await isIn(there)).toBe(false)
  await answer(there, await open(there), { auth_time: secondsAgo(1) })
  expect(await isIn(there)).toBe(true)
})

/** Answers, and follows until the identity provider is asked once more. */
async function answerUntilAsked(there: Guarded, page: Page, claims: object): Promise<Page> {
  const { searchParams } = new URL(page.url)
  liar.nonce = searchParams.get('nonce') ?? ''
  liar.claims = { ...person('alice'), ...claims }
  const back = callback(house, there.idp, liar, searchParams.get('state') ?? '')
  let step = await there.traveller.step('GET', back)
  for (let left = 10; left > 0; left--) {
    const location = step.headers.location ?? step.headers.refresh?.replace(/^0; url=/, '')
    if (location === undefined) return step
    const next = new URL(location, step.url)
    if (next.origin === liar.issuer) return { ...step, url: next.href }
    step = await there.traveller.step('GET', next.href)
  }
  throw new Error('more than ten steps')
}

test('SAML: a limit on the session is not met by a sign-in of this morning', async () => {
  const there = await guarded('saml', { sessionMinutes: 60 })
  const first = await open(there)
  const { idp, traveller } = there
  const id = /\bID="([^"]+)"/.exec(messageIn(first.url))?.[1] ?? ''
  const message = answerTo(house, idp, key, id, { authnInstant: -10 * HOURS })
  await traveller.step('POST', `${house.url}/saml/${idp.id}/acs`, { SAMLResponse: message })
  await traveller.step('GET', `${house.url}/sign-in/next`)
  const second = await open(there)
  expect(messageIn(second.url)).toContain('ForceAuthn="true"')
  const refused = await answerBySaml(there, second, { authnInstant: -10 * HOURS })
  expect([refused.status, refused.text]).toEqual([403, expect.stringContaining('sign in again')])
  expect(await isIn(there)).toBe(false)
  await answerBySaml(there, await open(there), { authnInstant: -1 })
  expect(await isIn(there)).toBe(true)
})

test('a limit on the session counts from the sign-in at the identity provider, not from ours', async () => {
  const there = await guarded('oidc', { sessionMinutes: 60 })
  await answer(there, await open(there), { auth_time: secondsAgo(50 * 60) })
  expect(await isIn(there)).toBe(true)
  const shorter = await guarded('oidc', { sessionMinutes: 40 })
  const asked = await answerUntilAsked(shorter, await open(shorter), { auth_time: secondsAgo(50 * 60) })
  expect(new URL(asked.url).searchParams.get('prompt')).toBe('login')
})

test('a limit on the factor is not met by one that the identity provider asked for this morning', async () => {
  const settings = { mfa: 'external', mfaDemand: { amr: ['mfa'] } } as const
  const there = await guarded('oidc', { factorMinutes: 60 }, settings)
  const old = { amr: ['mfa'], auth_time: secondsAgo(10 * HOURS) }
  const second = await answerUntilAsked(there, await open(there), old)
  expect(new URL(second.url).searchParams.get('max_age')).toBe('0')
  expect((await answer(there, second, old)).status).toBe(403)
  expect(await isIn(there)).toBe(false)
  await answer(there, await open(there), { amr: ['mfa'], auth_time: secondsAgo(1) })
  expect(await isIn(there)).toBe(true)
})

test('how a user signed in is said by the ID token, not by the userinfo endpoint', async () => {
  const settings = { mfa: 'external', mfaDemand: { amr: ['mfa'] } } as const
  const there = await guarded('oidc', {}, settings)
  liar.userInfo = { sub: 'sub-alice', amr: ['mfa'], auth_time: secondsAgo(1), email: 'alice@a.example' }
  const page = await answer(there, await open(there), { email: undefined })
  expect(page.status).toBe(403)
})

test('a factor of ours is asked for here, without a new sign-in at the identity provider', async () => {
  const there = await guarded('oidc', { factorMinutes: 60 }, { mfa: 'mandatory', rememberDeviceDays: 7 })
  const enrol = await answer(there, await open(there), {})
  const app = authenticatorApp(enrol, () => new Date())
  const form = { method: 'totp', id: hidden(enrol, 'id'), code: app.code(), remember: 'yes' }
  await there.traveller.post(`${house.url}/sign-in/enroll`, form)
  await there.traveller.step('GET', `${house.url}/sign-in/next`)
  await open(there)
  expect(await isIn(there)).toBe(true)
  // The browser is remembered, so the next session has no factor of its own.
  await there.traveller.step('POST', `${house.url}/sign-out`, {}, { origin: house.url })
  const asked = await answerUntilAsked(there, await open(there), {})
  expect(new URL(asked.url).searchParams.get('prompt')).toBeNull()
  const challenge = await answer(there, asked, {})
  expect(challenge.text).toContain('Verify your identity')
})
