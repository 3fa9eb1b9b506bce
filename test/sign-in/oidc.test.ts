import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { setEnabled } from '#identity-providers/change.ts'
import type { GivenSettings } from '#identity-providers/settings.ts'
import { type House, openHouse, type ProvidedIdp } from '../harness.ts'
import { openProvider, type TestProvider } from './provider.ts'
import { openTraveller, type Page, type Traveller } from './traveller.ts'

let house: House
let provider: TestProvider
let idp: ProvidedIdp
let selfService: ProvidedIdp

beforeAll(async () => {
  house = await openHouse()
  provider = await openProvider(() => [idp, selfService].map(({ id }) => `${house.url}/oidc/${id}/callback`))
  const tenantId = await house.tenant('acme')
  idp = await connect(tenantId, 'Acme', {})
  selfService = await connect(tenantId, 'Acme self-service', { enroll: 'self' })
})
afterAll(async () => {
  await house.close()
  await provider.close()
})
beforeEach(() => {
  provider.person = person('ada')
})

function person(name: string): TestProvider['person'] {
  const email = `${name}@example.com`
  return { sub: `sub-${name}`, claims: { preferred_username: email, email, name, given_name: name } }
}

function connect(
  tenantId: string,
  name: string,
  settings: Pick<GivenSettings, 'enroll'>,
): Promise<ProvidedIdp> {
  const { issuer, clientId, clientSecret } = provider
  return house.connect(tenantId, {
    type: 'oidc',
    name,
    mfa: 'none',
    details: { issuer, clientId, clientSecret },
    ...settings,
  })
}

function signIn(at: ProvidedIdp, traveller: Traveller = openTraveller()): Promise<Page> {
  return traveller.get(`${house.url}/sign-in/with/${at.id}`)
}

async function provision(at: ProvidedIdp, name: string): Promise<string> {
  const answer = await at.post('/Users', {
    userName: `${name}@example.com`,
    displayName: `${name} provisioned`,
  })
  expect(answer.status).toBe(201)
  return answer.json.id
}

test('a provisioned person signs in, and loses access with their deactivation', async () => {
  const id = await provision(idp, 'ada')
  const traveller = openTraveller()
  const home = await signIn(idp, traveller)
  expect(home.text).toContain('Welcome, ada provisioned')
  await idp.patch(`/Users/${id}`, patchActive(false))
  const refused = await traveller.step('GET', `${house.url}/`)
  expect([refused.status, refused.headers.location]).toEqual([303, '/sign-in'])
  await idp.patch(`/Users/${id}`, patchActive(true))
  expect((await traveller.step('GET', `${house.url}/`)).status).toBe(303)
  await idp.patch(`/Users/${id}`, patchActive(false))
  const denied = await signIn(idp)
  expect(denied.status).toBe(403)
  expect(denied.text).toContain('Your account is deactivated')
})

function patchActive(value: boolean) {
  return {
    schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
    Operations: [{ op: 'replace', path: 'active', value }],
  }
}

test('who is not on the list is refused, and nothing is made of them', async () => {
  provider.person = person('mallory')
  const page = await signIn(idp)
  expect(page.status).toBe(403)
  expect(page.text).toContain('You aren’t in your organization')
  const found = await idp.get('/Users?filter=userName%20eq%20%22mallory@example.com%22')
  expect(found.json.totalResults).toBe(0)
})

test('with self-service a person joins, and provisioning takes them over with the same id', async () => {
  provider.person = person('grace')
  const page = await signIn(selfService)
  expect(page.text).toContain('Welcome, grace')
  const found = await selfService.get('/Users?filter=userName%20eq%20%22grace@example.com%22')
  const { id } = found.json.Resources[0]
  expect(await provision(selfService, 'grace')).toBe(id)
})

test('a person who was renamed stays the same; a name that was used again is somebody else', async () => {
  const id = await provision(idp, 'linus')
  provider.person = person('linus')
  expect((await signIn(idp)).text).toContain('Welcome, linus')
  provider.person = { ...person('renamed'), sub: 'sub-linus' }
  expect((await signIn(idp)).text).toContain('Welcome, linus')
  provider.person = { ...person('linus'), sub: 'sub-another' }
  const taken = await signIn(idp)
  expect([taken.status, taken.text]).toEqual([403, expect.stringContaining('is linked to another identity')])
  await idp.delete(`/Users/${id}`)
  const fresh = await provision(idp, 'linus')
  expect(fresh).not.toBe(id)
  expect((await signIn(idp)).text).toContain('Welcome, linus')
})

test('an identity provider that is off signs nobody in, and ends the sessions of its people', async () => {
  await provision(idp, 'off')
  provider.person = person('off')
  const traveller = openTraveller()
  expect((await signIn(idp, traveller)).status).toBe(200)
  await setEnabled(house.db, idp.operator, idp.id, false)
  expect((await traveller.step('GET', `${house.url}/`)).status).toBe(303)
  expect((await signIn(idp)).status).toBe(404)
  await setEnabled(house.db, idp.operator, idp.id, true)
  expect((await traveller.step('GET', `${house.url}/`)).status).toBe(303)
})

test('signing out goes on at the identity provider', async () => {
  await provision(idp, 'leaver')
  provider.person = person('leaver')
  const traveller = openTraveller()
  await signIn(idp, traveller)
  const page = await traveller.step('POST', `${house.url}/sign-out`, {}, { origin: house.url })
  const onward = new URL(page.headers.refresh?.split('url=')[1] ?? '')
  expect(onward.origin).toBe(provider.issuer)
  expect(onward.searchParams.get('client_id')).toBe(provider.clientId)
  expect(onward.searchParams.get('post_logout_redirect_uri')).toBe(`${house.url}/`)
  expect((await traveller.step('GET', `${house.url}/`)).status).toBe(303)
})

test('an answer counts in the browser that asked, and once', async () => {
  await provision(idp, 'once')
  provider.person = person('once')
  const traveller = openTraveller()
  let step = await traveller.step('GET', `${house.url}/sign-in/with/${idp.id}`)
  while (!step.headers.location?.includes('/callback?')) {
    step = await traveller.step('GET', new URL(step.headers.location ?? '', step.url).href)
  }
  const callback = step.headers.location ?? ''
  const elsewhere = await openTraveller().get(callback)
  expect(elsewhere.status).toBe(401)
  const answers = await Promise.all([traveller.step('GET', callback), traveller.step('GET', callback)])
  expect(answers.map(({ status }) => status).sort()).toEqual([303, 401])
})
