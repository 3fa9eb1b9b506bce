// A user who lost access must not get it back by an old session, link or name. The numbers are those of the cases in
// test/attacks/.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createApplication } from '#access/applications.ts'
import { patch } from '../gateway/scene.ts'
import type { ProvidedIdp } from '../harness.ts'
import { keyPair } from './key-pair.ts'
import { active, authenticatorApp, hidden, openPeople, type People, recoveryCodesOf } from './people.ts'
import { connectSaml, signIn as samlSignIn } from './saml-house.ts'
import { openTraveller, type Traveller } from './traveller.ts'

const WIKI = 'https://wiki.example'

let people: People
let idp: ProvidedIdp
let groupId: string

beforeAll(async () => {
  people = await openPeople()
  idp = await people.connect({ mfa: 'mandatory', mfaMethods: ['totp'] })
  groupId = (await idp.post('/Groups', { displayName: 'Writers' })).json.id
  const grants = [{ type: 'Group' as const, id: groupId }]
  await createApplication(people.house.db, idp.operator, { name: 'Wiki', origin: WIKI, grants })
})
afterAll(() => people?.close())
beforeEach(() => {
  people.now = new Date()
})

async function isSignedIn(traveller: Traveller): Promise<boolean> {
  return (await traveller.step('GET', `${people.house.url}/`)).status === 200
}

/** With an authenticator app, recovery codes, a session and a membership. */
async function settled(name: string) {
  const id = await people.provision(idp, name)
  await idp.patch(`/Groups/${groupId}`, patch({ op: 'add', path: 'members', value: [{ value: id }] }))
  const { at, page } = await people.signIn(idp, name)
  const app = authenticatorApp(page, () => people.now)
  const codes = await people.post(at, '/sign-in/enroll', {
    method: 'totp',
    id: hidden(page, 'id'),
    code: app.code(),
  })
  const home = await at.get(`${people.house.url}/sign-in/next`)
  expect(home.text).toContain('Wiki')
  people.now = new Date(people.now.getTime() + 30_000)
  return { id, at, app, recoveryCodes: recoveryCodesOf(codes) }
}

test('lif-05: an old session stays over when its person is active again', async () => {
  const { id, at } = await settled('ada')
  await idp.patch(`/Users/${id}`, active(false))
  await idp.patch(`/Users/${id}`, active(true))
  expect(await isSignedIn(at)).toBe(false)
})

test('lif-06: a new person of an old name has nothing of the one before', async () => {
  const before = await settled('bob')
  expect((await idp.delete(`/Users/${before.id}`)).status).toBe(204)
  const id = await people.provision(idp, 'bob')
  expect(id).not.toBe(before.id)
  expect(await isSignedIn(before.at)).toBe(false)
  expect((await idp.get(`/Groups/${groupId}`)).json.members ?? []).not.toContainEqual(
    expect.objectContaining({ value: id }),
  )
  const { at, page } = await people.signIn(idp, 'bob')
  expect(page.text).toContain('Set up your authenticator app')
  for (const code of [before.app.code(), before.recoveryCodes[0] ?? ''])
    await people.post(at, '/sign-in/challenge', { method: 'totp', code })
  await people.post(at, '/sign-in/enroll', {
    method: 'totp',
    id: hidden(page, 'id'),
    code: before.app.code(),
  })
  expect(await isSignedIn(at)).toBe(false)
  const app = authenticatorApp(page, () => people.now)
  await people.post(at, '/sign-in/enroll', { method: 'totp', id: hidden(page, 'id'), code: app.code() })
  const home = await at.get(`${people.house.url}/sign-in/next`)
  expect(home.text).toContain('Welcome, bob')
  expect(home.text).not.toContain('Wiki')
})

test('lif-07: a signed sign-in of who is deactivated makes no account and no session, with self-service too', async () => {
  const key = await keyPair()
  const saml = await connectSaml(people.house, people.tenantId, 'SAML', key, { enroll: 'self' })
  const nameId = 'gone@a.example'
  const { id } = (await saml.post('/Users', { userName: nameId, active: false })).json
  for (const claimed of [nameId, nameId.toUpperCase()]) {
    const traveller = openTraveller()
    const page = await samlSignIn(people.house, saml, key, { nameId: claimed }, traveller)
    expect([page.status, page.text]).toEqual([403, expect.stringContaining('Your account is deactivated')])
    expect(await isSignedIn(traveller)).toBe(false)
  }
  const { json } = await saml.get('/Users')
  expect(json).toMatchObject({ totalResults: 1, Resources: [{ id, active: false }] })
})

test('lif-09: no identity provider can lock the administrators out: they are nobody of theirs', async () => {
  const owner = await people.house.administrator(people.tenantId)
  const { id } = (await idp.post('/Users', { userName: owner.email, emails: [{ value: owner.email }] })).json
  await idp.patch(`/Users/${id}`, active(false))
  expect((await owner.get('/me')).status).toBe(200)
  await idp.delete(`/Users/${id}`)
  expect((await owner.get('/me')).status).toBe(200)
  const told = (await idp.events()).filter(({ objectName }) => objectName === owner.email)
  expect(told.map(({ action }) => action)).toEqual(['create', 'update', 'delete'])
})

test('lif-10: who was deleted cannot be brought back by a PATCH', async () => {
  const id = await people.provision(idp, 'carol')
  await idp.delete(`/Users/${id}`)
  const answer = await idp.patch(`/Users/${id}`, active(true))
  expect([answer.status, answer.json.schemas]).toEqual([404, ['urn:ietf:params:scim:api:messages:2.0:Error']])
  expect((await people.signIn(idp, 'carol')).page.text).toContain('You aren’t in your organization')
})
