// Attacks by an OpenID provider, or by somebody who pretends to be one. The numbers are those of the cases in test/attacks/.
// Each forged answer enters by the front door and is correct in everything else.
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { sql } from '#platform/database/sql.ts'
import { type House, openHouse, type ProvidedIdp } from '../harness.ts'
import { type LyingProvider, openLyingProvider, signingKey } from './lying-provider.ts'
import { begin, callback, connectLiar, person, signIn } from './lying-provider-house.ts'
import { openTraveller, type Page, type Traveller } from './traveller.ts'

let house: House
let provider: LyingProvider
let idp: ProvidedIdp
let selfService: ProvidedIdp
/** Of another organisation, at the same provider. */
let foreign: ProvidedIdp

beforeAll(async () => {
  house = await openHouse()
  provider = await openLyingProvider()
  const tenantId = await house.tenant('a')
  idp = await connectLiar(house, tenantId, 'IdP A', provider)
  selfService = await connectLiar(house, tenantId, 'Self-service', provider, { enroll: 'self' })
  foreign = await connectLiar(house, await house.tenant('b'), 'IdP B', provider)
  await provision(idp, 'alice')
})
afterAll(async () => {
  await house.close()
  await provider.close()
})
beforeEach(() => {
  honest()
})

function honest(): void {
  provider.claims = person('alice')
  provider.saying = {}
  provider.tokenAnswer = (body) => ({ status: 200, body })
  provider.userInfo = undefined
}

async function provision(at: ProvidedIdp, name: string, more: object = {}): Promise<string> {
  const answer = await at.post('/Users', { userName: `${name}@a.example`, ...more })
  expect(answer.status).toBe(201)
  return answer.json.id
}

async function isSignedIn(traveller: Traveller): Promise<boolean> {
  return (await traveller.step('GET', `${house.url}/`)).status === 200
}

async function expectRefused(page: Page, traveller: Traveller): Promise<void> {
  expect([401, 403]).toContain(page.status)
  expect(page.text).not.toMatch(/node_modules|\bat [^\n]*:\d+:\d+|ECONN|JWT|JWS|alice@/)
  expect(traveller.cookie(house.url, 'doorlist')).toBeUndefined()
  expect(await isSignedIn(traveller)).toBe(false)
}

test('the honest provider signs in', async () => {
  const traveller = openTraveller()
  expect((await signIn(house, idp, provider, traveller)).status).toBe(200)
  expect(await isSignedIn(traveller)).toBe(true)
})

test('oidc-01: an answer in a browser that did not ask', async () => {
  const state = await begin(house, idp, provider, openTraveller())
  const traveller = openTraveller()
  await expectRefused(await traveller.get(callback(house, idp, provider, state)), traveller)
})

const ANSWERS: Record<string, Record<string, string>> = {
  'oidc-02: another state': { state: 'zzz' },
  'oidc-11: the iss of another provider (mix-up)': { iss: 'https://evil.example' },
  'an empty code': { code: '' },
  'an answer that is itself a JWT': { response: 'a.b.c' },
  'an error beside a code': { error: 'server_error' },
}

test.for(Object.entries(ANSWERS))('%s is refused', async ([, more]) => {
  const traveller = openTraveller()
  const state = await begin(house, idp, provider, traveller)
  await expectRefused(await traveller.get(callback(house, idp, provider, state, more)), traveller)
})

const TWICE = ['state', 'code', 'iss']

test.for(TWICE)('%s given twice is refused', async (name) => {
  const traveller = openTraveller()
  const state = await begin(house, idp, provider, traveller)
  const url = `${callback(house, idp, provider, state)}&${name}=${name === 'state' ? state : 'other'}`
  await expectRefused(await traveller.get(url), traveller)
})

test('an answer without iss is refused where the provider says that it sends one', async () => {
  const traveller = openTraveller()
  const state = await begin(house, idp, provider, traveller)
  const url = callback(house, idp, provider, state).replace(/&iss=[^&]*/, '')
  await expectRefused(await traveller.get(url), traveller)
})

const seconds = (more: number) => Math.floor(Date.now() / 1_000) + more
const stranger = signingKey('one')

/** What the ID token says, or how. */
const LIES: Record<string, () => Partial<Pick<LyingProvider, 'claims' | 'saying'>>> = {
  'oidc-03: a signature by another key': () => ({ saying: { key: stranger } }),
  'oidc-03: a signature of other claims': () => ({
    saying: {
      edit: (token) => token.replace(/\.[^.]*$/, (it) => `.${it.slice(1).split('').reverse().join('')}`),
    },
  }),
  'oidc-03: no signature': () => ({ saying: { edit: (token) => token.replace(/[^.]*$/, '') } }),
  'oidc-03: a key of its own in the header': () => ({
    saying: { key: stranger, header: { jwk: stranger.publicKey.export({ format: 'jwk' }) } },
  }),
  'oidc-03: a kid that nobody publishes': () => ({ saying: { header: { kid: 'unheard-of' } } }),
  'oidc-04: alg none': () => ({ saying: { alg: 'none' } }),
  'oidc-05: HS256 with the public key as the secret': () => ({ saying: { alg: 'HS256' } }),
  'oidc-05: a critical extension': () => ({ saying: { header: { crit: ['x'], x: 1 } } }),
  'oidc-06: another nonce': () => ({ claims: { nonce: 'other' } }),
  'oidc-07: no nonce': () => ({ claims: { nonce: undefined } }),
  'oidc-08: the audience of another client': () => ({ claims: { aud: 'other' } }),
  'oidc-08: no audience': () => ({ claims: { aud: undefined } }),
  'oidc-09: two audiences, and azp is the other': () => ({
    claims: { aud: [provider.clientId, 'other'], azp: 'other' },
  }),
  'oidc-10: iss of another provider': () => ({ claims: { iss: 'https://evil.example' } }),
  'oidc-10: iss with a slash more': () => ({ claims: { iss: `${provider.issuer}/` } }),
  'oidc-13: expired': () => ({ claims: { exp: 1 } }),
  'oidc-13: exp is text': () => ({ claims: { exp: 'never' } }),
  'oidc-13: no exp': () => ({ claims: { exp: undefined } }),
  'oidc-14: issued an hour ago': () => ({ claims: { iat: seconds(-3_600) } }),
  'oidc-14: issued tomorrow': () => ({ claims: { iat: seconds(86_400), exp: seconds(90_000) } }),
  'not valid yet': () => ({ claims: { nbf: seconds(86_400) } }),
  'no sub': () => ({ claims: { sub: undefined } }),
  'an empty sub': () => ({ claims: { sub: '' } }),
  'a sub that is a list': () => ({ claims: { sub: ['sub-alice'] } }),
  'a sub with a control character': () => ({ claims: { sub: 'sub-alice\u0000' } }),
  'a sub that fills a page': () => ({ claims: { sub: 's'.repeat(5_000) } }),
}

test.for(Object.entries(LIES))('%s is refused', async ([, lie]) => {
  const { claims = {}, saying = {} } = lie()
  provider.claims = { ...provider.claims, ...claims }
  provider.saying = saying
  const traveller = openTraveller()
  await expectRefused(await signIn(house, idp, provider, traveller), traveller)
})

const TOKEN_ANSWERS: Record<string, LyingProvider['tokenAnswer']> = {
  'no ID token': ({ id_token: _, ...rest }) => ({ status: 200, body: rest }),
  'an ID token that is none': (body) => ({ status: 200, body: { ...body, id_token: 'nonsense' } }),
  'another kind of access token': (body) => ({ status: 200, body: { ...body, token_type: 'mac' } }),
  'an error': () => ({ status: 400, body: { error: 'invalid_grant', error_description: '<script>' } }),
  'a failure': () => ({ status: 500, body: {} }),
  'no object': () => ({ status: 200, body: ['x'] }),
  megabytes: (body) => ({ status: 200, body: { ...body, more: 'x'.repeat(2_000_000) } }),
}

test.for(Object.entries(TOKEN_ANSWERS))(
  'a token endpoint that answers with %s signs nobody in',
  async ([, answer]) => {
    provider.tokenAnswer = answer
    const traveller = openTraveller()
    await expectRefused(await signIn(house, idp, provider, traveller), traveller)
  },
)

test('user info about somebody else is refused', async () => {
  provider.claims = { sub: 'sub-alice' }
  provider.userInfo = { ...person('admin') }
  const traveller = openTraveller()
  await expectRefused(await signIn(house, idp, provider, traveller), traveller)
})

test('user info does not speak over the ID token', async () => {
  await provision(idp, 'admin')
  provider.claims = { sub: 'sub-alice', preferred_username: 'alice@a.example' }
  provider.userInfo = { ...person('admin'), sub: 'sub-alice' }
  const page = await signIn(house, idp, provider)
  expect([page.status, page.text]).toEqual([200, expect.stringContaining('Welcome, alice@a.example')])
  expect(page.text).not.toContain('admin@')
})

test('oidc-12: the answer of one connection is nothing to another', async () => {
  const traveller = openTraveller()
  const state = await begin(house, idp, provider, traveller)
  await expectRefused(await traveller.get(callback(house, foreign, provider, state)), traveller)
})

test('oidc-15: the same answer twice makes one session', async () => {
  const before = (await house.dump('user_session')).length
  const traveller = openTraveller()
  const url = callback(house, idp, provider, await begin(house, idp, provider, traveller))
  expect((await traveller.get(url)).status).toBe(200)
  expect((await traveller.get(url)).status).toBe(401)
  expect(await house.dump('user_session')).toHaveLength(before + 1)
})

test('oidc-16: twenty times at once it makes one session', async () => {
  const before = (await house.dump('user_session')).length
  const traveller = openTraveller()
  const url = callback(house, idp, provider, await begin(house, idp, provider, traveller))
  const statuses = await Promise.all(
    Array.from({ length: 20 }, async () => (await traveller.step('GET', url)).status),
  )
  expect(statuses.filter((status) => status === 303)).toHaveLength(1)
  expect(statuses.every((status) => status === 303 || status === 401)).toBe(true)
  await traveller.get(`${house.url}/sign-in/next`)
  expect((await house.dump('user_session')).length - before).toBeLessThanOrEqual(1)
})

test('oidc-17: an e-mail address, verified or not, makes nobody the account that has it', async () => {
  await provision(idp, 'boss', { emails: [{ value: 'chief@a.example', primary: true }] })
  await house.administrator(idp.tenantId)
  for (const email_verified of [false, true]) {
    provider.claims = { sub: 'new-sub', email: 'chief@a.example', email_verified }
    const traveller = openTraveller()
    await expectRefused(await signIn(house, idp, provider, traveller), traveller)
  }
  const names = (await house.dump('user_identity')) as { identifier: string }[]
  expect(names.map(({ identifier }) => identifier)).not.toContain('new-sub')
})

test.for([false, 'false'])(
  'an address that the provider has not verified (%s) names nobody',
  async (email_verified) => {
    const name = `dora-${typeof email_verified}`
    await provision(idp, name)
    const email = `${name}@a.example`
    for (const at of [idp, selfService]) {
      provider.claims = { sub: `sub-${name}`, email, email_verified }
      const traveller = openTraveller()
      await expectRefused(await signIn(house, at, provider, traveller), traveller)
    }
    provider.claims = { sub: `sub-${name}`, email, email_verified: true }
    expect((await signIn(house, idp, provider)).text).toContain(`Welcome, ${email}`)
  },
)

test('a sign-in that is over makes us ask the provider nothing', async () => {
  const traveller = openTraveller()
  const url = callback(house, idp, provider, await begin(house, idp, provider, traveller))
  await house.db.run({ tenantId: idp.tenantId }, sql`delete from user_attempt where idp_id = ${idp.id}`)
  let asked = 0
  provider.tokenAnswer = (body) => {
    asked += 1
    return { status: 200, body }
  }
  await expectRefused(await traveller.get(url), traveller)
  expect(asked).toBe(0)
})

test('oidc-18: the address of somebody of another organisation is nobody here, and joins as somebody new', async () => {
  const theirs = await provision(foreign, 'bea')
  provider.claims = { ...person('bea'), sub: 'new-sub-2' }
  const traveller = openTraveller()
  await expectRefused(await signIn(house, idp, provider, traveller), traveller)
  const joined = openTraveller()
  expect((await signIn(house, selfService, provider, joined)).status).toBe(200)
  const identities = (await house.dump('user_identity')) as { identifier: string; user_id: string }[]
  const [made] = identities.filter(({ identifier }) => identifier === 'new-sub-2')
  expect(made?.user_id).not.toBe(theirs)
})

test('oidc-19: the name of a linked person is not taken over by another subject', async () => {
  expect((await signIn(house, idp, provider)).status).toBe(200)
  provider.claims = { ...person('alice'), sub: 'sub-mallory' }
  const traveller = openTraveller()
  const page = await signIn(house, idp, provider, traveller)
  expect([page.status, page.text]).toEqual([403, expect.stringContaining('is linked to another identity')])
  expect(await isSignedIn(traveller)).toBe(false)
})

test('oidc-22: what the provider says of an error is not on the page', async () => {
  const traveller = openTraveller()
  const state = await begin(house, idp, provider, traveller)
  const more = {
    error: 'x"><script>',
    error_description: '<script>alert(1)</script>',
    error_uri: 'javascript:1',
  }
  const url = callback(house, idp, provider, state, more).replace('code=abc&', '')
  const page = await traveller.get(url)
  await expectRefused(page, traveller)
  expect(page.text).not.toMatch(/<script|alert\(1\)|javascript:/)
  expect(page.headers['content-security-policy']).toContain("default-src 'none'")
})

test('that somebody was not let in there is said in our words', async () => {
  const traveller = openTraveller()
  const state = await begin(house, idp, provider, traveller)
  const url = callback(house, idp, provider, state, { error: 'access_denied' }).replace('code=abc&', '')
  const page = await traveller.get(url)
  expect([page.status, page.text]).toEqual([401, expect.stringContaining('refused the sign-in')])
})

const ELSEWHERE = [
  'https://evil.example/',
  '//evil.example/',
  '/\\evil.example/',
  '\\\\evil.example',
  'https:evil.example',
  'javascript:alert(1)',
  '/%0d%0aLocation: https://evil.example',
  'https://user@evil.example',
]

test.for(ELSEWHERE)('oidc-23: return_to %s leads home', async (returnTo) => {
  const traveller = openTraveller()
  const start = `${house.url}/sign-in/with/${idp.id}?${new URLSearchParams({ return_to: returnTo })}`
  const step = await traveller.step('GET', start)
  expect(step.headers.location ?? '').not.toMatch(/^[^?]*evil/)
  expect([303, 422]).toContain(step.status)
  if (step.status !== 303) return
  const { searchParams } = new URL(step.headers.location ?? '')
  provider.nonce = searchParams.get('nonce') ?? ''
  const page = await traveller.get(callback(house, idp, provider, searchParams.get('state') ?? ''))
  expect(new URL(page.url).origin).toBe(house.url)
})

const ODD: Record<string, object> = {
  'a NUL in the name': { name: 'Al\u0000ice', given_name: 'x\u0000' },
  'half a surrogate in the name': { name: 'Al\ud800ice', family_name: '\udc00' },
  'line breaks and escape codes in the name': { name: 'x\r\n{"event":"forged"}\u001b[2J' },
  'a name of 100,000 characters': { name: 'x'.repeat(100_000) },
  'objects where text is expected': { name: { a: 1 }, email: { b: 2 }, given_name: [1], phone_number: true },
  'names of prototypes': { __proto__: { x: 1 }, constructor: 'x', toString: 'y' },
  'a sid that fills a page': { sid: 's'.repeat(5_000) },
  'an amr that is text': { amr: 'mfa' },
  'thousands of claims': Object.fromEntries(Array.from({ length: 2_000 }, (_, i) => [`c${i}`, 'x'])),
}

test.for(Object.entries(ODD))('%s does no harm', async ([, more], { task }) => {
  const name = `odd${task.name.replaceAll(/\W/g, '').slice(0, 30)}`
  provider.claims = { ...person(name), ...more }
  const page = await signIn(house, selfService, provider)
  expect(page.status).toBeLessThan(500)
})

const NAMES = ['Nu\u0000l@a.example', 'x'.repeat(5_000), ' ', '\ud800@a.example', '\u001b[2J@a.example']

test.for(NAMES)('a userName like %j does no harm', async (preferred_username) => {
  provider.claims = { sub: `sub-${preferred_username.length}`, preferred_username }
  const page = await signIn(house, selfService, provider)
  expect(page.status).toBeLessThan(500)
})

test('a key that was rolled over is asked for', async () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  try {
    expect((await signIn(house, idp, provider)).status).toBe(200)
    const { key } = provider
    provider.key = signingKey('next')
    provider.published = [provider.key]
    vi.setSystemTime(Date.now() + 61_000)
    expect((await signIn(house, idp, provider)).status).toBe(200)
    provider.key = key
    const traveller = openTraveller()
    await expectRefused(await signIn(house, idp, provider, traveller), traveller)
  } finally {
    vi.useRealTimers()
  }
})
