import { createPublicKey, verify } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { changeApplication, createApplication } from '#access/applications.ts'
import { sql } from '#platform/database/sql.ts'
import { type House, openHouse, type ProvidedIdp } from '../harness.ts'
import { raw } from '../raw-http.ts'
import { openProvider, type TestProvider } from '../sign-in/provider.ts'
import { openTraveller, type Traveller } from '../sign-in/traveller.ts'
import { openProxy, type TestProxy } from './proxy.ts'

let house: House
let provider: TestProvider
let proxy: TestProxy
let idp: ProvidedIdp
let groupId: string
let applicationId: string

beforeAll(async () => {
  house = await openHouse()
  provider = await openProvider(() => [`${house.url}/oidc/${idp.id}/callback`])
  proxy = await openProxy(
    () => house.url,
    () => 'acme',
  )
  const { issuer, clientId, clientSecret } = provider
  const details = { issuer, clientId, clientSecret }
  idp = await house.connect(await house.tenant('acme'), { type: 'oidc', name: 'Acme', mfa: 'none', details })
  groupId = (await idp.post('/Groups', { displayName: 'Writers' })).json.id
  const settings = { name: 'Wiki', origin: proxy.origin, grants: [{ type: 'Group', id: groupId }] }
  applicationId = (await createApplication(house.db, idp.operator, settings)).id
})
afterAll(async () => {
  await proxy.close()
  await house.close()
  await provider.close()
})

async function provision(name: string, isWriter = true): Promise<string> {
  const email = `${name}@example.com`
  const { id } = (
    await idp.post('/Users', { userName: email, displayName: name, emails: [{ value: email }] })
  ).json
  if (isWriter) await member('add', id)
  provider.person = { sub: `sub-${name}`, claims: { preferred_username: email, email } }
  return id
}

function member(op: 'add' | 'remove', id: string) {
  const operation =
    op === 'add' ? { op, path: 'members', value: [{ value: id }] } : { op, path: `members[value eq "${id}"]` }
  return idp.patch(`/Groups/${groupId}`, patch(operation))
}

function patch(operation: object) {
  return { schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations: [operation] }
}

/** A status without following anywhere. */
async function statusOf(traveller: Traveller, path = '/'): Promise<number> {
  return (await traveller.step('GET', proxy.origin + path)).status
}

test('a person opens an application, signs in, and is let in with who they are', async () => {
  const id = await provision('ada')
  const traveller = openTraveller()
  const page = await traveller.get(`${proxy.origin}/pages/1?x=a%2Fb`)
  expect(page.url).toBe(`${proxy.origin}/pages/1?x=a%2Fb`)
  const told = JSON.parse(page.text)
  expect(told).toMatchObject({
    'remote-user': 'ada@example.com',
    'remote-email': 'ada@example.com',
    'remote-name': 'ada',
    'remote-groups': 'Writers',
  })
  const [head = '', body = '', signature = ''] = told['remote-token'].split('.')
  const claims = JSON.parse(Buffer.from(body, 'base64url').toString())
  expect(claims).toMatchObject({
    iss: `${house.url}/gateway/acme`,
    aud: proxy.origin,
    sub: id,
    groups: ['Writers'],
  })
  const { keys } = JSON.parse((await raw(house.url, { method: 'GET', path: '/gateway/acme/jwks.json' })).text)
  const key = createPublicKey({ key: keys[0], format: 'jwk' })
  const signed = Buffer.from(`${head}.${body}`)
  expect(
    verify('sha256', signed, { key, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url')),
  ).toBe(true)
})

test('a session whose end the identity provider named lets nobody in after that, and is in no list', async () => {
  const id = await provision('tess')
  const traveller = openTraveller()
  await traveller.get(`${proxy.origin}/`)
  expect(await statusOf(traveller)).toBe(200)
  const admin = await house.administrator(idp.tenantId)
  expect((await admin.get(`/users/${id}/sessions`)).json.items).toHaveLength(1)
  await house.db.run(
    { tenantId: idp.tenantId },
    sql`update user_session set ends_at = now() - interval '1 second' where user_id = ${id}`,
  )
  expect(await statusOf(traveller)).toBe(302)
  expect((await admin.get(`/users/${id}/sessions`)).json.items).toEqual([])
})

test('what a browser says of itself never reaches the application', async () => {
  await provision('eve')
  const traveller = openTraveller()
  await traveller.get(`${proxy.origin}/`)
  const forged = {
    'Remote-User': 'admin@example.com',
    Remote_Groups: 'Admins',
    'remote-email': 'x@y.example',
  }
  const page = await traveller.step('GET', `${proxy.origin}/`, undefined, forged)
  expect(JSON.parse(page.text)).toMatchObject({
    'remote-user': 'eve@example.com',
    'remote-groups': 'Writers',
  })
  expect(page.text).not.toContain('Admins')
  expect((await openTraveller().step('GET', `${proxy.origin}/`, undefined, forged)).status).toBe(302)
})

test.each([
  [
    'deactivated',
    (id: string) => idp.patch(`/Users/${id}`, patch({ op: 'replace', value: { active: false } })),
    302,
  ],
  ['deleted', (id: string) => idp.delete(`/Users/${id}`), 302],
  ['removed from the group', (id: string) => member('remove', id), 403],
])('who is %s is refused at the next request', async (what, act, status) => {
  const id = await provision(`gone-${what.replaceAll(' ', '-')}`)
  const traveller = openTraveller()
  await traveller.get(`${proxy.origin}/`)
  expect(await statusOf(traveller)).toBe(200)
  expect((await act(id)).status).toBeLessThan(300)
  expect(await statusOf(traveller)).toBe(status)
})

test('who may not enter is told why, and is not sent to sign in again', async () => {
  await provision('reader', false)
  const page = await openTraveller().get(`${proxy.origin}/`)
  expect([page.status, page.text]).toEqual([403, expect.stringContaining('you do not have access')])
})

test('a sign-in that is too old for the application is made anew', async () => {
  await provision('old')
  const traveller = openTraveller()
  await traveller.get(`${proxy.origin}/`)
  const settings = { name: 'Wiki', origin: proxy.origin, grants: [{ type: 'Group', id: groupId }] }
  await changeApplication(house.db, idp.operator, applicationId, { ...settings, sessionMinutes: 1 })
  await house.db.run(
    { tenantId: idp.tenantId },
    sql`update user_session set authenticated_at = now() - interval '2 minutes'`,
  )
  expect(await statusOf(traveller)).toBe(302)
  expect((await traveller.get(`${proxy.origin}/`)).status).toBe(200)
  await changeApplication(house.db, idp.operator, applicationId, { ...settings, sessionMinutes: 'unlimited' })
})

test('an application that asks for a second factor says so where none can be had', async () => {
  await provision('plain')
  const settings = { name: 'Wiki', origin: proxy.origin, grants: [{ type: 'Group', id: groupId }] }
  await changeApplication(house.db, idp.operator, applicationId, { ...settings, factorMinutes: 5 })
  const page = await openTraveller().get(`${proxy.origin}/`)
  expect([page.status, page.text]).toEqual([403, expect.stringContaining('requires a second factor')])
  await changeApplication(house.db, idp.operator, applicationId, { ...settings, factorMinutes: 'unlimited' })
})

test('a ticket is good once, in the browser that asked, at the application that it is for', async () => {
  await provision('ticket')
  const traveller = openTraveller()
  await traveller.get(`${house.url}/sign-in/with/${idp.id}`)
  const start = await traveller.step('GET', `${proxy.origin}/.doorlist/start?to=%2F`)
  const issued = await traveller.step('GET', start.headers.location ?? '')
  const enter = issued.headers.location ?? ''
  expect((await openTraveller().step('GET', enter)).status).toBe(401)
  expect((await traveller.step('GET', enter)).status).toBe(303)
  expect((await traveller.step('GET', enter)).status).toBe(401)
})

test('signing out of Doorlist ends it everywhere', async () => {
  await provision('out')
  const traveller = openTraveller()
  await traveller.get(`${proxy.origin}/`)
  await traveller.step('POST', `${house.url}/sign-out`, {}, { origin: house.url })
  expect(await statusOf(traveller)).toBe(302)
})

test('an address that is no application, and a peer that is no proxy, get nothing', async () => {
  const unknown = await raw(house.url, {
    method: 'GET',
    path: '/gateway/acme/verify',
    headers: { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'nowhere.example', 'x-forwarded-uri': '/' },
  })
  expect(unknown.status).toBe(403)
  const silent = await raw(house.url, { method: 'GET', path: '/gateway/acme/verify' })
  expect(silent.status).toBe(401)
})
