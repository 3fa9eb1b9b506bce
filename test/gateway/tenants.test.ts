// Applications belong to a tenant: two tenants may guard the same address, and neither can use, block or even find what
// belongs to the other.
import { createPublicKey, verify as isSignedBy } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createApplication } from '#access/applications.ts'
import { type House, openHouse } from '../harness.ts'
import { openTraveller, type Traveller } from '../sign-in/traveller.ts'
import { openProxy, type TestProxy } from './proxy.ts'
import { type Scene, setScene } from './scene.ts'

let house: House
let proxy: TestProxy
let scene: Scene
/** The tenant that the proxy's configuration names. */
let tenant: string | undefined
beforeAll(async () => {
  house = await openHouse()
  proxy = await openProxy(
    () => house.url,
    () => tenant,
  )
  scene = await setScene(house, proxy.origin)
})
beforeEach(() => {
  tenant = 'acme'
})
afterAll(async () => {
  await proxy.close()
  await scene.provider.close()
  await house.close()
})

/** Signs Ada of Acme in to the application, through Acme's gateway. */
async function enteredAcme(name: string): Promise<Traveller> {
  await scene.provision(name)
  const traveller = openTraveller()
  expect((await traveller.get(`${proxy.origin}/`)).status).toBe(200)
  return traveller
}

/** A user of Globex, who is the next to sign in at the identity provider. */
async function provisionAtGlobex(name: string): Promise<void> {
  const userName = `${name}@globex.example`
  await scene.foreign.post('/Users', { userName })
  scene.provider.person = { sub: `sub-${name}-globex`, claims: { preferred_username: userName } }
}

function verify(slug: string, cookies: Record<string, string>) {
  const cookie = Object.entries(cookies).map(([name, value]) => `${name}=${value}`)
  return house.raw({
    method: 'GET',
    path: `/gateway/${slug}/verify?redirect=no`,
    headers: {
      cookie: cookie.join('; '),
      'x-forwarded-proto': 'http',
      'x-forwarded-host': new URL(proxy.origin).host,
      'x-forwarded-uri': '/page',
    },
  })
}

function claimsOf(token: string) {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
}

async function isSignedByKeyOf(slug: string, token: string): Promise<boolean> {
  const { keys } = JSON.parse(
    (await house.raw({ method: 'GET', path: `/gateway/${slug}/jwks.json`, headers: {} })).text,
  )
  const [head = '', body = '', signature = ''] = token.split('.')
  return keys.some((key: object) =>
    isSignedBy(
      'sha256',
      Buffer.from(`${head}.${body}`),
      { key: createPublicKey({ key: key as JsonWebKey, format: 'jwk' }), dsaEncoding: 'ieee-p1363' },
      Buffer.from(signature, 'base64url'),
    ),
  )
}

test('two tenants guard the same address, each with its own users, issuer and keys', async () => {
  const admin = await house.administrator(scene.foreign.tenantId, 'admin')
  const settings = { name: 'Wiki', origin: proxy.origin, forEverybody: true }
  expect((await admin.post('/applications', settings)).status).toBe(201)
  const again = await admin.post('/applications', { ...settings, name: 'Other' })
  expect([again.status, again.json.errors[0].field]).toEqual([409, 'origin'])

  const ada = await enteredAcme('both')
  const atAcme = JSON.parse((await ada.step('GET', `${proxy.origin}/`)).text)
  tenant = 'globex'
  await provisionAtGlobex('both')
  const atGlobex = JSON.parse((await openTraveller().get(`${proxy.origin}/`)).text)
  expect([atAcme['remote-user'], atGlobex['remote-user']]).toEqual([
    'both@example.com',
    'both@globex.example',
  ])

  for (const [slug, told, other] of [
    ['acme', atAcme, 'globex'],
    ['globex', atGlobex, 'acme'],
  ] as const) {
    const token: string = told['remote-token']
    expect(claimsOf(token)).toMatchObject({ iss: `${house.url}/gateway/${slug}`, aud: proxy.origin })
    expect([await isSignedByKeyOf(slug, token), await isSignedByKeyOf(other, token)]).toEqual([true, false])
  }
})

test('a session of one tenant is refused at the gateway of the other, whatever its cookie is called', async () => {
  await createApplication(house.db, scene.foreign.operator, {
    name: 'Same address',
    origin: 'http://same.example',
    forEverybody: true,
  })
  const traveller = await enteredAcme('crossing')
  const session = traveller.cookie(proxy.origin, 'doorlist-app-acme') ?? ''
  expect((await verify('acme', { 'doorlist-app-acme': session })).status).toBe(200)
  for (const name of ['doorlist-app-acme', 'doorlist-app-globex', 'doorlist-app'])
    expect((await verify('globex', { [name]: session })).status).toBe(401)
  tenant = 'globex'
  expect((await traveller.step('GET', `${proxy.origin}/`)).status).toBe(302)
  tenant = 'acme'
  expect((await traveller.step('GET', `${proxy.origin}/`)).status).toBe(200)
})

test('a browser holds a session of each tenant at one address, and leaving one keeps the other', async () => {
  const traveller = await enteredAcme('twofold')
  tenant = 'globex'
  await provisionAtGlobex('twofold')
  const globex = JSON.parse((await traveller.get(`${proxy.origin}/`)).text)
  tenant = 'acme'
  const acme = JSON.parse((await traveller.step('GET', `${proxy.origin}/`)).text)
  expect([acme['remote-user'], globex['remote-user']]).toEqual([
    'twofold@example.com',
    'twofold@globex.example',
  ])
  await traveller.step('GET', `${proxy.origin}/.doorlist/leave`)
  expect((await traveller.step('GET', `${proxy.origin}/`)).status).toBe(302)
  tenant = 'globex'
  expect((await traveller.step('GET', `${proxy.origin}/`)).status).toBe(200)
})

test('a ticket of one tenant is refused at the gateway of the other', async () => {
  await scene.provision('ticket')
  const traveller = openTraveller()
  await traveller.get(`${house.url}/sign-in/with/${scene.idp.id}`)
  const start = await traveller.step('GET', `${proxy.origin}/.doorlist/start?to=%2F`)
  const { location = '' } = (await traveller.step('GET', start.headers.location ?? '')).headers
  tenant = 'globex'
  const secret = traveller.cookie(proxy.origin, 'doorlist-entering-acme') ?? ''
  traveller.setCookie(proxy.origin, 'doorlist-entering-globex', secret)
  const refused = await traveller.step('GET', location)
  expect([refused.status, refused.headers['set-cookie']]).toEqual([401, undefined])
  tenant = 'acme'
  expect((await traveller.step('GET', location)).status).toBe(303)
})

test('the way into an application leads to the tenant that the gateway named, and to no other', async () => {
  const way = (slug: string, origin: string) =>
    openTraveller().step(
      'GET',
      `${house.url}/sign-in/application?${new URLSearchParams({ tenant: slug, origin, to: '/', browser: 'x'.repeat(43) })}`,
    )
  await createApplication(house.db, scene.idp.operator, { name: 'Acme only', origin: 'https://only.example' })
  expect((await way('acme', 'https://only.example')).headers.location).toContain('tenant=acme')
  const unknown = await way('globex', 'https://nowhere.example')
  const elsewhere = await way('globex', 'https://only.example')
  expect([elsewhere.status, elsewhere.text]).toEqual([404, unknown.text])
})

test.each(['nobody', 'ACME', '..', 'a;b', '%2e%2e', 'x'.repeat(300)])(
  'a gateway address that names the tenant %s admits nobody and says so',
  async (slug) => {
    const traveller = await enteredAcme(`lost-${slug.length}-${slug.charCodeAt(0)}`)
    const session = traveller.cookie(proxy.origin, 'doorlist-app-acme') ?? ''
    const answer = await verify(slug, { 'doorlist-app-acme': session, 'doorlist-app-nobody': session })
    expect([answer.status, answer.text]).toEqual([
      403,
      expect.stringContaining('names a tenant that does not exist'),
    ])
    const key = await house.raw({ method: 'GET', path: `/gateway/${slug}/jwks.json`, headers: {} })
    expect(key.status).toBe(404)
  },
)

test('a gateway address without a tenant admits nobody where there are several tenants, and says why', async () => {
  const traveller = await enteredAcme('several')
  tenant = undefined
  const page = await traveller.step('GET', `${proxy.origin}/`)
  expect([page.status, page.text]).toEqual([403, expect.stringContaining('/gateway/{tenant}/verify')])
  const start = await openTraveller().step('GET', `${proxy.origin}/.doorlist/start?to=%2F`)
  expect([start.status, start.text]).toEqual([403, expect.stringContaining('/gateway/{tenant}/verify')])
})

test('a gateway address without a tenant serves the only tenant of an installation', async () => {
  const single = await openHouse()
  const own = await openProxy(() => single.url)
  try {
    const { issuer, clientId, clientSecret } = scene.provider
    const tenantId = await single.tenant('default')
    const details = { issuer, clientId, clientSecret }
    const idp = await single.connect(tenantId, { type: 'oidc', name: 'Only', mfa: 'none', details })
    await createApplication(single.db, idp.operator, { name: 'Wiki', origin: own.origin, forEverybody: true })
    const page = await openTraveller().step('GET', `${own.origin}/`)
    expect([page.status, page.headers.location]).toEqual([302, `${own.origin}/.doorlist/start?to=%2F`])
    const start = await openTraveller().step('GET', page.headers.location ?? '')
    expect(start.headers.location).toContain('/sign-in/application?tenant=default&')
    await single.tenant('second')
    expect((await openTraveller().step('GET', `${own.origin}/`)).status).toBe(403)
  } finally {
    await own.close()
    await single.close()
  }
})
