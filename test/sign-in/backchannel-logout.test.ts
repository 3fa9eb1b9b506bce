// OpenID Connect Back-Channel Logout 1.0: what an OpenID provider may end, and what nobody else may.
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { createApplication } from '#access/applications.ts'
import { setEnabled } from '#identity-providers/change.ts'
import { openProxy, type TestProxy } from '../gateway/proxy.ts'
import { type House, openHouse, type ProvidedIdp } from '../harness.ts'
import type { RawResponse } from '../raw-http.ts'
import { type LyingProvider, openLyingProvider, type Saying, signingKey } from './lying-provider.ts'
import { begin, callback, connectLiar, person, signIn } from './lying-provider-house.ts'
import { openProvider } from './provider.ts'
import { openTraveller, type Traveller } from './traveller.ts'

let house: House
let second: House
let proxy: TestProxy
let provider: LyingProvider
let idp: ProvidedIdp
/** Of the same provider, at another organisation. */
let other: ProvidedIdp
let withFactor: ProvidedIdp

beforeAll(async () => {
  house = await openHouse()
  second = await openHouse({ beside: house, publicUrl: house.url })
  proxy = await openProxy(
    () => house.url,
    () => 'acme',
  )
  provider = await openLyingProvider()
  const tenantId = await house.tenant('acme')
  idp = await connectLiar(house, tenantId, 'Acme', provider)
  withFactor = await connectLiar(house, tenantId, 'Acme with a factor', provider, { mfa: 'mandatory' })
  other = await connectLiar(house, await house.tenant('globex'), 'Globex', provider)
  for (const at of [idp, other, withFactor])
    for (const name of ['ada', 'bob'])
      expect((await at.post('/Users', { userName: `${name}@a.example` })).status).toBe(201)
})
afterAll(async () => {
  await proxy.close()
  await second.close()
  await house.close()
  await provider.close()
})
beforeEach(() => {
  provider.claims = person('ada')
})
afterEach(() => {
  vi.useRealTimers()
})

async function signedIn(sid: string, name = 'ada', at = idp): Promise<Traveller> {
  provider.claims = { ...person(name), sid }
  const traveller = openTraveller()
  expect((await signIn(house, at, provider, traveller)).status).toBe(200)
  return traveller
}

async function isSignedIn(traveller: Traveller, at: House = house): Promise<boolean> {
  return (await traveller.step('GET', `${at.url}/`)).status === 200
}

function send(body: string, at: { id: string } = idp, to: House = house): Promise<RawResponse> {
  return to.raw({
    method: 'POST',
    path: `/oidc/${at.id}/backchannel-logout`,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body,
  })
}

const logOut = (claims: object, saying?: Saying) => say(provider.logoutToken({ ...claims }, saying))
const say = (token: string, at?: { id: string }) => send(`logout_token=${encodeURIComponent(token)}`, at)

test('a logout token with a sid ends that session, on every process, and says so in the activity log', async () => {
  const [one, another] = [await signedIn('s1'), await signedIn('s2')]
  const answer = await logOut({ sid: 's1', sub: 'sub-ada' })
  expect([answer.status, answer.text, answer.headers['cache-control']]).toEqual([200, '', 'no-store'])
  expect([await isSignedIn(one), await isSignedIn(another)]).toEqual([false, true])
  await house.activity.flush()
  const rows = (await house.dump('activity_event')) as Record<string, unknown>[]
  const told = rows.filter(({ action }) => action === 'sign-out')
  expect(told).toMatchObject([{ actor_name: 'ada@a.example', result: 'success' }])
  expect(JSON.stringify(told)).toContain('asked for by Acme')
})

test('a sid alone is enough, a sub alone ends all sessions of the person at that identity provider', async () => {
  const travellers = [
    await signedIn('a1'),
    await signedIn('a2'),
    await signedIn('a3'),
    await signedIn('b1', 'bob'),
    await signedIn('a1', 'ada', other),
  ]
  expect((await logOut({ sid: 'a1' })).status).toBe(200)
  expect(await Promise.all(travellers.map((one) => isSignedIn(one)))).toEqual([false, true, true, true, true])
  expect((await logOut({ sub: 'sub-ada' })).status).toBe(200)
  expect(await Promise.all(travellers.map((one) => isSignedIn(one)))).toEqual([
    false,
    false,
    false,
    true,
    true,
  ])
})

test('a sid of somebody else than the sub ends nothing; nor does a person whom nobody knows, and both are 200', async () => {
  const traveller = await signedIn('mine')
  expect((await logOut({ sid: 'mine', sub: 'sub-bob' })).status).toBe(200)
  expect((await logOut({ sub: 'sub-nobody' })).status).toBe(200)
  expect(await isSignedIn(traveller)).toBe(true)
})

test('an application behind the gateway refuses at the next request, at another process too', async () => {
  const found = await idp.get('/Users?filter=userName%20eq%20%22ada@a.example%22')
  await createApplication(house.db, idp.operator, {
    name: 'Wiki',
    origin: proxy.origin,
    grants: [{ type: 'User', id: found.json.Resources[0].id }],
  })
  const traveller = await signedIn('g1')
  expect((await traveller.get(`${proxy.origin}/app`)).status).toBe(200)
  const verify = async (at: House) => {
    const cookie = `doorlist-app-acme=${traveller.cookie(proxy.origin, 'doorlist-app-acme') ?? ''}`
    const { host } = new URL(proxy.origin)
    const forwarded = { 'x-forwarded-proto': 'http', 'x-forwarded-host': host, 'x-forwarded-uri': '/app' }
    const asked = {
      method: 'GET',
      path: '/gateway/acme/verify?redirect=no',
      headers: { cookie, ...forwarded },
    }
    return (await at.raw(asked)).status
  }
  expect([await verify(house), await verify(second)]).toEqual([200, 200])
  expect((await logOut({ sid: 'g1' })).status).toBe(200)
  expect([await verify(house), await verify(second)]).toEqual([401, 401])
})

test('a sign-in that waits for its second factor ends too', async () => {
  provider.claims = { ...person('ada'), sid: 'waiting' }
  const traveller = openTraveller()
  const screen = await signIn(house, withFactor, provider, traveller)
  expect(screen.url).toContain('/sign-in/')
  const still = await traveller.step('GET', `${house.url}/sign-in/next`)
  expect(still.status).toBe(200)
  expect((await say(provider.logoutToken({ sid: 'waiting' }), withFactor)).status).toBe(200)
  expect((await traveller.step('GET', `${house.url}/sign-in/next`)).status).toBe(401)
})

test('a token counts once, on every process', async () => {
  const token = provider.logoutToken({ sub: 'sub-ada' })
  const body = `logout_token=${token}`
  const statuses = (await Promise.all([send(body), send(body, idp, second), send(body)])).map(
    ({ status }) => status,
  )
  expect(statuses.sort()).toEqual([200, 400, 400])
  const traveller = await signedIn('later')
  expect((await send(body, idp, second)).status).toBe(400)
  expect(await isSignedIn(traveller)).toBe(true)
})

test.each([{}, { header: { typ: undefined } }, { header: { typ: 'JWT' } }])(
  'a token with %j is believed',
  async (saying) => {
    expect((await logOut({ sub: 'sub-ada' }, saying as Saying)).status).toBe(200)
  },
)

const EVENT = 'http://schemas.openid.net/event/backchannel-logout'
const stranger = signingKey('one')
const seconds = (more: number) => Math.floor(Date.now() / 1_000) + more

const REFUSED: Record<string, () => Promise<RawResponse>> = {
  'signed by another key': () => logOut({ sub: 'sub-ada' }, { key: stranger }),
  'signed by a key that nobody publishes': () => logOut({ sub: 'sub-ada' }, { key: signingKey('two') }),
  'signed by nobody (alg none)': () => logOut({ sub: 'sub-ada' }, { alg: 'none' }),
  'signed by HMAC over the public key': () => logOut({ sub: 'sub-ada' }, { alg: 'HS256' }),
  'edited after signing': () =>
    logOut(
      { sub: 'sub-bob' },
      {
        edit: (token) => {
          const [head, body = '', signature] = token.split('.')
          const text = Buffer.from(body, 'base64url').toString().replace('sub-bob', 'sub-ada')
          return [head, Buffer.from(text).toString('base64url'), signature].join('.')
        },
      },
    ),
  'with its signature taken away': () =>
    logOut({ sub: 'sub-ada' }, { edit: (token) => token.replace(/[^.]*$/, '') }),
  'with a critical extension': () => logOut({ sub: 'sub-ada' }, { header: { crit: ['b64'], b64: false } }),
  'with a key of its own in the header': () =>
    logOut(
      { sub: 'sub-ada' },
      { key: stranger, header: { jwk: stranger.publicKey.export({ format: 'jwk' }), kid: undefined } },
    ),
  'of another issuer': () => logOut({ sub: 'sub-ada', iss: 'https://evil.example' }),
  'for another client': () => logOut({ sub: 'sub-ada', aud: 'other' }),
  'without an audience': () => logOut({ sub: 'sub-ada', aud: undefined }),
  'that has expired': () => logOut({ sub: 'sub-ada', exp: seconds(-120) }),
  'without exp': () => logOut({ sub: 'sub-ada', exp: undefined }),
  'without iat': () => logOut({ sub: 'sub-ada', iat: undefined }),
  'issued an hour ago': () => logOut({ sub: 'sub-ada', iat: seconds(-3_600) }),
  'issued tomorrow': () => logOut({ sub: 'sub-ada', iat: seconds(86_400), exp: seconds(90_000) }),
  'whose iat is text': () => logOut({ sub: 'sub-ada', iat: 'now' }),
  'without jti': () => logOut({ sub: 'sub-ada', jti: undefined }),
  'whose jti is empty': () => logOut({ sub: 'sub-ada', jti: '' }),
  'whose jti fills a page': () => logOut({ sub: 'sub-ada', jti: 'x'.repeat(5_000) }),
  'without events': () => logOut({ sub: 'sub-ada', events: undefined }),
  'with another event': () => logOut({ sub: 'sub-ada', events: { 'https://a.example/event': {} } }),
  'whose event is no object': () => logOut({ sub: 'sub-ada', events: { [EVENT]: 'yes' } }),
  'whose events are a list': () => logOut({ sub: 'sub-ada', events: [EVENT] }),
  'with a nonce': () => logOut({ sub: 'sub-ada', nonce: 'n' }),
  'with neither sub nor sid': () => logOut({}),
  'whose sub is a list': () => logOut({ sub: ['sub-ada'] }),
  'whose sub holds a control character': () => logOut({ sub: 'sub-ada\u0000' }),
  'whose sid is empty': () => logOut({ sub: 'sub-ada', sid: '' }),
  'whose sid is a number': () => logOut({ sub: 'sub-ada', sid: 7 }),
  'that is typed as an access token': () => logOut({ sub: 'sub-ada' }, { header: { typ: 'at+jwt' } }),
  'that is an ID token': () =>
    logOut({ ...person('ada'), events: undefined, nonce: 'n' }, { header: { typ: 'JWT' } }),
  'that is encrypted': () => say('a.b.c.d.e'),
  'that is no token': () => say('nonsense'),
  'that is empty': () => say(''),
  'that comes twice': () => {
    const [one, two] = [provider.logoutToken({ sub: 'sub-ada' }), provider.logoutToken({ sub: 'sub-bob' })]
    return send(`logout_token=${one}&logout_token=${two}`)
  },
  'that is larger than any': () => say('a'.repeat(100_000)),
  'that is not sent': () => send(''),
  'in a body of JSON': () =>
    house.raw({
      method: 'POST',
      path: `/oidc/${idp.id}/backchannel-logout`,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ logout_token: provider.logoutToken({ sub: 'sub-ada' }) }),
    }),
  'at an identity provider that is not there': () =>
    say(provider.logoutToken({ sub: 'sub-ada' }), { id: '01a20a2f-2084-772b-a2c8-ff48b8b89393' }),
  'at an address that is none': () => say(provider.logoutToken({ sub: 'sub-ada' }), { id: 'x' }),
}

test.for(Object.entries(REFUSED))(
  'a token %s ends no session, and is 400 as the standard wants',
  async ([, lie]) => {
    const traveller = await signedIn('stays')
    const answer = await lie()
    expect(answer.status).toBe(400)
    expect(JSON.parse(answer.text)).toEqual({
      error: 'invalid_request',
      error_description: expect.any(String),
    })
    expect(answer.headers['cache-control']).toBe('no-store')
    expect(answer.headers['content-type']).toMatch(/^application\/json/)
    expect(await isSignedIn(traveller)).toBe(true)
  },
)

test('an identity provider that is off is not listened to', async () => {
  await setEnabled(house.db, other.operator, other.id, false)
  expect((await say(provider.logoutToken({ sub: 'sub-ada' }), other)).status).toBe(400)
  await setEnabled(house.db, other.operator, other.id, true)
})

test('a key that was rolled over is asked for once; keys that are not there do not make us ask again and again', async () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  const traveller = await signedIn('rolled')
  const { key } = provider
  provider.key = signingKey('next')
  provider.published = [key, provider.key]
  vi.setSystemTime(Date.now() + 61_000)
  const before = provider.keySetAsked()
  expect((await logOut({ sid: 'rolled' })).status).toBe(200)
  expect(await isSignedIn(traveller)).toBe(false)
  expect(provider.keySetAsked() - before).toBe(1)
  for (let i = 0; i < 20; i++)
    expect((await logOut({ sub: 'sub-ada' }, { key: { ...stranger, kid: `k${i}` } })).status).toBe(400)
  expect(provider.keySetAsked() - before).toBe(1)
  // The key that is gone from the set counts no more, once the set is asked for again.
  provider.published = [provider.key]
  vi.setSystemTime(Date.now() + 11 * 60_000)
  expect((await logOut({ sub: 'sub-ada' }, { key })).status).toBe(400)
})

test('a provider that is away is 503, which it may try again', async () => {
  const gone = await openLyingProvider()
  const at = await connectLiar(house, idp.tenantId, 'Gone', gone)
  const token = gone.logoutToken({ sub: 'sub-ada' })
  await gone.close()
  const answer = await say(token, at)
  expect([answer.status, answer.headers['retry-after']]).toEqual([503, '5'])
  expect(JSON.parse(answer.text).error).toBe('temporarily_unavailable')
  expect(answer.text).not.toMatch(/ECONN|node_modules|127\.0\.0\.1/)
})

test('who sends wrong tokens without end is slowed down, and other identity providers are still heard', async () => {
  const statuses: number[] = []
  for (let i = 0; i < 110; i++) statuses.push((await say('nonsense', withFactor)).status)
  expect(statuses.at(0)).toBe(400)
  expect(statuses.at(-1)).toBe(429)
  expect((await logOut({ sub: 'sub-ada' })).status).toBe(200)
})

test('a provider from npm ends a session that it began', async () => {
  let real: ProvidedIdp | undefined
  const npm = await openProvider(
    () => [`${house.url}/oidc/${real?.id}/callback`],
    () => `${house.url}/oidc/${real?.id}/backchannel-logout`,
  )
  try {
    const { issuer, clientId, clientSecret } = npm
    real = await house.connect(idp.tenantId, {
      type: 'oidc',
      name: 'npm',
      mfa: 'none',
      details: { issuer, clientId, clientSecret },
    })
    await real.post('/Users', { userName: 'eve@a.example' })
    npm.person = { sub: 'sub-eve', claims: { preferred_username: 'eve@a.example' } }
    const [traveller, elsewhere] = [openTraveller(), openTraveller()]
    for (const one of [traveller, elsewhere])
      expect((await one.get(`${house.url}/sign-in/with/${real.id}`)).status).toBe(200)
    await npm.signOut(traveller)
    await expect.poll(() => isSignedIn(traveller)).toBe(false)
    expect(await isSignedIn(elsewhere)).toBe(true)
  } finally {
    await npm.close()
  }
})

test('begin and callback stay usable after all that', async () => {
  const traveller = openTraveller()
  const state = await begin(house, idp, provider, traveller)
  expect((await traveller.get(callback(house, idp, provider, state))).status).toBe(200)
})
