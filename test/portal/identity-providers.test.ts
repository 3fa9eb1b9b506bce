import { afterAll, beforeAll, expect, test } from 'vitest'
import { ensureLocalIdentityProvider } from '#identity-providers/create.ts'
import { type House, openHouse } from '../harness.ts'
import { CERTIFICATE } from '../identity-providers/certificate.ts'
import type { ApiClient } from '../portal-client.ts'

let house: House
let tenantId: string
let ada: ApiClient
beforeAll(async () => {
  house = await openHouse()
  tenantId = await house.tenant('acme')
  ada = await house.administrator(tenantId, 'admin')
})
afterAll(() => house.close())

const saml = {
  entityIssuer: 'urn:idp',
  ssoUrl: 'https://idp.example/sso',
  certificates: [CERTIFICATE],
}
let names = 0
async function create(body: object = {}): Promise<string> {
  const answer = await ada.post('/identity-providers', { name: `IdP ${++names}`, type: 'saml', ...body })
  expect(answer.status, answer.text).toBe(201)
  return answer.json.id
}
const events = async (id: string) =>
  (await house.dump('audit_event')).filter((event) => (event as { object_id: string }).object_id === id) as {
    action: string
    change: string
  }[]

test('a new identity provider with auto-provisioning answers its credentials, and they work', async () => {
  const answer = await ada.post('/identity-providers', {
    name: 'Okta',
    type: 'saml',
    autoProvisioning: true,
    details: saml,
  })
  expect(answer.status).toBe(201)
  const { id, scim } = answer.json
  expect(answer.json).toEqual({
    id,
    name: 'Okta',
    type: 'saml',
    scim: {
      endpoint: `${house.url}/scim/v2/${id}`,
      key: expect.stringMatching(/^dlk_/),
      secret: expect.stringMatching(/^dls_/),
      token: expect.stringMatching(/^dlt_/),
    },
  })
  const users = await house.raw({
    method: 'GET',
    path: `/scim/v2/${id}/Users?count=1`,
    headers: { authorization: `Bearer ${scim.token}` },
  })
  expect(users.status).toBe(200)
})

test('one is shown with what to enter on the far side, and nothing secret (azn-05, azn-10)', async () => {
  const secret = 'a client secret that nobody may see'.replaceAll(' ', '-')
  const made = await ada.post('/identity-providers', {
    name: 'Entra',
    type: 'oidc',
    autoProvisioning: true,
    details: { issuer: 'https://op.example', clientId: 'c', clientSecret: secret },
  })
  const { id, scim } = made.json
  const shown = await ada.get(`/identity-providers/${id}`)
  expect(shown.json).toMatchObject({
    hasClientSecret: true,
    details: { issuer: 'https://op.example', scopes: ['openid', 'profile', 'email'] },
    serviceProvider: { redirectUri: `${house.url}/oidc/${id}/callback` },
    scim: { endpoint: scim.endpoint },
    missingDetails: [],
  })
  expect(shown.headers.etag).toBe(`"${shown.json.version}"`)
  const credentials = await ada.get(`/identity-providers/${id}/credentials`)
  expect(credentials.json.items).toMatchObject([{ key: scim.key, retiredAt: null, lastUsedAt: null }])
  const list = await ada.get('/identity-providers')
  const log = JSON.stringify(await events(id))
  for (const { text } of [shown, credentials, list, { text: log }])
    for (const hidden of [secret, scim.secret, scim.token]) expect(text).not.toContain(hidden)
  expect(credentials.text).not.toMatch(/"(secret|hash|token)"\s*:/)
})

test('certificates are shown by what an administrator compares', async () => {
  const id = await create({ details: saml })
  const { details, serviceProvider } = (await ada.get(`/identity-providers/${id}`)).json
  expect(details.certificates).toMatchObject([
    { subject: 'CN=idp.example', fingerprint: expect.stringMatching(/^([0-9A-F]{2}:){31}/) },
  ])
  expect(serviceProvider).toMatchObject({
    entityId: `${house.url}/saml/${id}/metadata`,
    acsUrl: `${house.url}/saml/${id}/acs`,
  })
})

test('every setting of the form is kept, and the log tells what changed', async () => {
  const id = await create({ details: saml })
  const change = {
    name: 'Renamed',
    enabled: false,
    mode: 'strict',
    mfa: 'external',
    mfaMethods: ['passkey', 'email'],
    mfaDemand: { authnContext: ['https://refeds.org/profile/mfa'] },
    rememberDeviceDays: 14,
    enroll: 'self',
    askPersonalDesktop: true,
    activation: 'manual',
    uniqueGroupNames: false,
    uniqueExternalIds: true,
    mapping: [
      { attribute: 'username', source: 'userName' },
      { attribute: 'email', source: 'emails.value', steps: [{ op: 'lower' }] },
    ],
    matching: { source: 'NameID', target: 'externalId' },
    details: { ssoUrl: 'https://idp.example/other', ssoBinding: 'post', idpInitiated: true, sloUrl: null },
  }
  const answer = await ada.patch(`/identity-providers/${id}`, change)
  expect(answer.status, answer.text).toBe(200)
  const { details, ...settings } = change
  const { sloUrl: _, ...kept } = details
  const stored = (await ada.get(`/identity-providers/${id}`)).json
  expect(stored).toMatchObject({ ...settings, details: { ...kept, entityIssuer: 'urn:idp' } })
  const [, update] = await events(id)
  expect(JSON.parse(update?.change ?? '')).toMatchObject({
    before: { enabled: true, mfa: 'mandatory', details: { ssoUrl: 'https://idp.example/sso' } },
    after: { enabled: false, mfa: 'external', details: { ssoUrl: 'https://idp.example/other' } },
  })
  expect(update?.change).not.toContain('BEGIN CERTIFICATE')
  await ada.patch(`/identity-providers/${id}`, change)
  expect(await events(id), 'the same again changes nothing').toHaveLength(2)
})

test('a change that was thought of for an older version is refused, and says so', async () => {
  const id = await create()
  const path = `/identity-providers/${id}`
  const etag = String((await ada.get(path)).headers.etag)
  expect((await ada.request('PATCH', path, { mode: 'strict' }, { 'if-match': etag })).status).toBe(200)
  const late = await ada.request('PATCH', path, { mode: 'lenient' }, { 'if-match': etag })
  expect([late.status, late.json.code]).toEqual([412, 'stale'])
  expect(late.json.detail).toContain('changed by someone else')
  expect((await ada.request('PATCH', path, { mode: 'strict' }, { 'if-match': '7' })).status).toBe(422)
})

test('auto-provisioning waits for the details, each named where it is typed', async () => {
  const id = await create({ details: { entityIssuer: 'urn:idp' } })
  const refused = await ada.patch(`/identity-providers/${id}`, { autoProvisioning: true })
  expect(refused.status).toBe(422)
  expect(refused.json.errors.map(({ field }: { field: string }) => field)).toEqual([
    'autoProvisioning',
    'details.ssoUrl',
    'details.certificates',
  ])
  const done = await ada.patch(`/identity-providers/${id}`, { autoProvisioning: true, details: saml })
  expect(done.json.scim.token).toMatch(/^dlt_/)
  const again = await ada.patch(`/identity-providers/${id}`, { autoProvisioning: true })
  expect(again.json.scim).toEqual({ endpoint: done.json.scim.endpoint })
  const gone = await ada.patch(`/identity-providers/${id}`, { details: { certificates: null } })
  expect(gone.json.errors).toContainEqual({ field: 'details.certificates', message: expect.any(String) })
})

test('what is wrong is named as it stands in the body', async () => {
  const field = async (body: object) =>
    (await ada.post('/identity-providers', { name: 'X', type: 'oidc', ...body })).json.errors?.[0]?.field
  expect(await field({ name: ' ' })).toBe('name')
  expect(await field({ details: { issuer: 'http://169.254.169.254/' } })).toBe('details.issuer') // oidc-20
  expect(await field({ details: { ssoUrl: 'https://idp.example' } })).toBe('details.ssoUrl')
  expect(await field({ mapping: [{ attribute: 'username', source: 'noSuch' }] })).toBe('mapping.0.source')
  expect(await field({ mfaMethods: [] })).toBe('mfaMethods')
  expect(await field({ mfaDemand: { authnContext: ['x'] } })).toBe('mfaDemand')
  await create({ name: 'Taken' })
  const taken = await ada.post('/identity-providers', { name: 'taken', type: 'saml' })
  expect([taken.status, taken.json.errors[0].field]).toEqual([409, 'name'])
})

test('a client secret is kept, replaced and taken away, and only that is in the log', async () => {
  const id = await create({ type: 'oidc', details: { clientSecret: 'first-secret' } })
  const has = async () => (await ada.get(`/identity-providers/${id}`)).json.hasClientSecret
  await ada.patch(`/identity-providers/${id}`, { details: { clientId: 'c' } })
  expect(await has()).toBe(true)
  await ada.patch(`/identity-providers/${id}`, { details: { clientSecret: 'second-secret' } })
  const last = (await events(id)).at(-1)
  expect(JSON.parse(last?.change ?? '')).toEqual({
    before: { details: { clientSecret: 'set' } },
    after: { details: { clientSecret: 'replaced' } },
  })
  await ada.patch(`/identity-providers/${id}`, { details: { clientSecret: null } })
  expect(await has()).toBe(false)
})

test('unique group names are switched with the groups that are there', async () => {
  const idp = await house.identityProvider({ tenant: 'acme' })
  const path = `/identity-providers/${idp.id}`
  const group = { schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'], displayName: 'Staff' }
  expect((await idp.post('/Groups', group)).status).toBe(201)
  expect((await ada.patch(path, { uniqueGroupNames: false })).status).toBe(200)
  expect((await idp.post('/Groups', group)).status).toBe(201)
  const refused = await ada.patch(path, { uniqueGroupNames: true })
  expect([refused.status, refused.json.errors?.[0]?.field]).toEqual([409, 'uniqueGroupNames'])
  const { items } = (await ada.get('/identity-providers')).json
  expect(items.find(({ id }: { id: string }) => id === idp.id).uniqueGroupNames).toBe(false)
})

test('an identity provider that is switched off is refused by SCIM at once', async () => {
  const idp = await house.identityProvider({ tenant: 'acme' })
  expect((await idp.get('/Users?count=1')).status).toBe(200)
  await ada.patch(`/identity-providers/${idp.id}`, { enabled: false })
  expect((await idp.get('/Users?count=1')).status).toBe(403)
  await ada.patch(`/identity-providers/${idp.id}`, { enabled: true })
  expect((await idp.get('/Users?count=1')).status).toBe(200)
})

test('deleting says what goes, asks for the name, and takes it all', async () => {
  const idp = await house.identityProvider({ tenant: 'acme', name: 'To go' })
  const user = { schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'], userName: 'ada' }
  expect((await idp.post('/Users', user)).status).toBe(201)
  const path = `/identity-providers/${idp.id}`
  expect((await ada.get(`${path}/deletion`)).json).toEqual({
    name: 'To go',
    users: 1,
    groups: 0,
    credentials: 1,
  })
  expect((await ada.delete(path, { name: 'to go' })).json.errors[0].field).toBe('name')
  expect((await idp.get('/Users?count=1')).status).toBe(200)
  expect((await ada.delete(path, { name: 'To go' })).status).toBe(200)
  expect((await idp.get('/Users?count=1')).status).toBe(401)
  expect((await ada.get(path)).status).toBe(404)
  await expect
    .poll(async () =>
      (await house.dump('directory_user')).filter((row) => (row as { idp_id: string }).idp_id === idp.id),
    )
    .toEqual([])
})

test('an auditor reads and changes nothing', async () => {
  const auditor = await house.administrator(tenantId, 'auditor')
  const id = await create()
  expect((await auditor.get(`/identity-providers/${id}`)).status).toBe(200)
  const refused = [
    await auditor.post('/identity-providers', { name: 'X', type: 'saml' }),
    await auditor.patch(`/identity-providers/${id}`, { enabled: false }),
    await auditor.delete(`/identity-providers/${id}`, { name: 'X' }),
    await auditor.post(`/identity-providers/${id}/credentials`, {}),
    await auditor.post('/identity-providers/discover', { issuer: 'https://op.example' }),
  ]
  expect(refused.map(({ status, json }) => [status, json.code])).toEqual(refused.map(() => [403, 'role']))
})

test('another tenant sees nothing of it, and changes nothing', async () => {
  const id = await create()
  const stranger = await house.administrator(await house.tenant('other'), 'owner')
  const path = `/identity-providers/${id}`
  const answers = [
    await stranger.get(path),
    await stranger.patch(path, { enabled: false }),
    await stranger.get(`${path}/deletion`),
    await stranger.delete(path, { name: 'IdP' }),
    await stranger.get(`${path}/credentials`),
    await stranger.get(`${path}/client-keys`),
  ]
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 404))
  expect(
    (await stranger.get('/identity-providers')).json.items.map((one: { id: string }) => one.id),
  ).not.toContain(id)
})

test('the local identity provider has no second factor of its own, so it cannot be asked to have one', async () => {
  const { db } = house
  await ensureLocalIdentityProvider(db, { tenantId, actor: { type: 'system', name: 'test' } })
  const { items } = (await ada.get('/identity-providers')).json
  const { id } = items.find(({ type }: { type: string }) => type === 'local')
  const refused = await ada.patch(`/identity-providers/${id}`, { mfa: 'external' })
  expect([refused.status, refused.json.errors[0].field]).toEqual([422, 'mfa'])
  expect((await ada.patch(`/identity-providers/${id}`, { mfa: 'none' })).json.mfa).toBe('none')
  const made = await ada.post('/identity-providers', { name: 'Second', type: 'local', mfa: 'external' })
  expect([made.status >= 400, made.status < 500]).toEqual([true, true])
})
