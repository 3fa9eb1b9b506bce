// What an administrator reads about a request: each explanation follows from the code of the refusal, and what an accepted
// request left out is told too.
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { TooCostly } from '#errors.ts'
import { type House, openHouse, type ProvidedIdp } from '#test/harness.ts'
import type { ApiClient } from '#test/portal-client.ts'
import { GROUP, patchOf, USER } from '../scim/refusal.ts'
import { type Fault, faulty } from '../scim/refusal-codes.ts'

const fault: Fault = { happen: undefined }
let house: House
let idp: ProvidedIdp
let admin: ApiClient
beforeAll(async () => {
  house = await openHouse({ between: (db) => faulty(db, fault) })
})
afterAll(() => house?.close())
beforeEach(async () => {
  idp = await house.identityProvider()
  admin = await house.administrator(idp.tenantId)
})

const ENTRA = { 'user-agent': 'Microsoft Azure AD SCIM provisioning' }
const NOBODY = '0199f0a0-0000-7000-8000-000000000001'

async function created(path: string, body: object): Promise<string> {
  const { status, json, text } = await idp.post(path, body)
  expect(status, text).toBe(201)
  return json.id
}
const user = (userName: string) => created('/Users', { schemas: [USER], userName })

/** The newest request, as the drawer shows it; an answer may arrive before its request is handed to the log. */
async function newest(path: string, method: string, language = 'en') {
  for (let patience = 200; ; patience--) {
    await house.requestLog.flush()
    const list = await admin.get(`/identity-providers/${idp.id}/scim-requests`, {
      'accept-language': language,
    })
    const [row] = list.json.items
    if (row?.path === path && row.method === method) {
      const one = await admin.get(`/scim-requests/${row.id}`, { 'accept-language': language })
      expect(one.json.notes).toEqual(row.notes)
      return one.json
    }
    expect(patience).toBeGreaterThan(0)
    await sleep(10)
  }
}

test('a member who is not here: assign these users too', async () => {
  const id = await created('/Groups', { schemas: [GROUP], displayName: 'crew' })
  const body = patchOf({ op: 'add', path: 'members', value: [{ value: NOBODY }] })
  expect((await idp.patch(`/Groups/${id}`, body, ENTRA)).status).toBe(400)
  const { explanation } = await newest(`/Groups/${id}`, 'PATCH')
  expect(explanation).toMatchObject({ code: 'member-unknown', field: 'members', where: 'idp' })
  expect(explanation.cause).toContain(NOBODY)
  expect(explanation.steps[0]).toBe(
    'In Microsoft Entra ID, assign these users too, so that they are created before they become members.',
  )
  expect(explanation.steps.join(' ')).not.toMatch(/correct the value/i)
})

test('a name in a PATCH that is taken: the other user is named, not the one who is changed', async () => {
  const bob = await user('bob@example.com')
  const ada = await user('ada@example.com')
  await idp.patch(`/Users/${bob}`, patchOf({ op: 'replace', path: 'active', value: false }))
  const body = patchOf({ op: 'replace', path: 'userName', value: 'Bob@example.com' })
  expect((await idp.patch(`/Users/${ada}`, body, ENTRA)).status).toBe(409)
  const { explanation, objectName } = await newest(`/Users/${ada}`, 'PATCH')
  expect(objectName).toBe('ada@example.com')
  expect(explanation).toMatchObject({ code: 'user-name-taken', field: 'userName', otherUserId: bob })
  expect(explanation.cause).toContain(
    '“Bob@example.com” is taken by the user “bob@example.com”, who is deactivated',
  )
  expect(explanation.cause).not.toContain('ada')
})

test('a bad condition in a target attribute is one of the mapping, not of the attribute to match by', async () => {
  const ada = await user('ada@example.com')
  const body = patchOf({ op: 'replace', path: 'emails[typ eq "work"].value', value: 'a@example.com' })
  expect((await idp.patch(`/Users/${ada}`, body, ENTRA)).json.scimType).toBe('invalidFilter')
  const { explanation } = await newest(`/Users/${ada}`, 'PATCH')
  expect(explanation.code).toBe('path-filter-wrong')
  expect(explanation.cause).toContain('emails[typ eq "work"].value')
  expect(explanation.steps[0]).toMatch(/^Correct the condition in the target attribute in Microsoft Entra ID/)
  expect(explanation.steps.join(' ')).not.toMatch(/userName or externalId/)
})

test('a page number that is none is about the request, and about no user', async () => {
  expect((await idp.get('/Users?startIndex=abc', ENTRA)).status).toBe(400)
  const { explanation } = await newest('/Users', 'GET')
  expect(explanation).toMatchObject({ code: 'parameter-not-integer', field: 'startIndex' })
  expect(explanation.cause).toBe('startIndex of the request is not a whole number.')
  expect(explanation.steps.join(' ')).not.toMatch(/this user/)
})

test('a database that is slow was reached', async () => {
  const ada = await user('ada@example.com')
  fault.happen = () => {
    throw new TooCostly('slow')
  }
  const answer = await idp
    .patch(`/Users/${ada}`, patchOf({ op: 'replace', path: 'title', value: 'x' }))
    .finally(() => {
      fault.happen = undefined
    })
  expect([answer.status, answer.headers['retry-after']]).toEqual([503, '5'])
  expect(answer.json.detail).not.toMatch(/reach/)
  const { explanation } = await newest(`/Users/${ada}`, 'PATCH')
  expect(explanation).toMatchObject({ code: 'took-too-long', where: 'nowhere' })
  expect(explanation.cause).toMatch(/was reached, but did not finish within 2.5 s/)
})

test('a PATCH that was left out as a whole says so, and one of which a part was left out', async () => {
  const ada = await user('ada@example.com')
  const hat = { op: 'replace', path: 'hat', value: 'red' }
  expect((await idp.patch(`/Users/${ada}`, patchOf(hat))).status).toBe(200)
  const whole = await newest(`/Users/${ada}`, 'PATCH')
  expect(whole).toMatchObject({ status: 200, failed: false, code: null, explanation: null })
  expect(whole.notes).toEqual([
    { code: 'patch-left-out', text: expect.stringContaining('Nothing was changed') },
  ])
  expect(whole.notes[0].text).toContain('hat')

  await idp.patch(`/Users/${ada}`, patchOf(hat, { op: 'replace', path: 'title', value: 'x' }))
  for (let patience = 200; ; patience--) {
    const { notes } = await newest(`/Users/${ada}`, 'PATCH')
    if (notes[0].code === 'attributes-left-out') break
    expect(patience).toBeGreaterThan(0)
    await sleep(10)
  }
})

test('a group of which nothing is known is left out as a whole, too', async () => {
  const id = await created('/Groups', { schemas: [GROUP], displayName: 'crew' })
  expect((await idp.patch(`/Groups/${id}`, patchOf({ op: 'add', path: 'hat', value: 'x' }))).status).toBe(204)
  const { notes } = await newest(`/Groups/${id}`, 'PATCH', 'ja')
  expect(notes).toEqual([
    { code: 'patch-left-out', text: expect.stringMatching(/何も変更されていません。hat/) },
  ])
})

test('a user who was deleted in the portal stays deleted, and the request says so', async () => {
  const ada = await user('ada@example.com')
  expect((await admin.delete(`/users/${ada}`)).status).toBeLessThan(300)
  const body = patchOf({ op: 'replace', path: 'title', value: 'x' })
  expect((await idp.patch(`/Users/${ada}`, body)).status).toBe(200)
  const { notes } = await newest(`/Users/${ada}`, 'PATCH')
  expect(notes).toEqual([
    { code: 'user-deleted-in-portal', text: expect.stringContaining('deleted in the portal') },
  ])
})

test('a hold of an administrator, and a cleared “active”, are told of', async () => {
  const ada = await user('ada@example.com')
  expect((await admin.post(`/users/${ada}/disable`)).status).toBeLessThan(300)
  expect(
    (await idp.put(`/Users/${ada}`, { schemas: [USER], userName: 'ada@example.com', active: true })).status,
  ).toBe(200)
  const put = await newest(`/Users/${ada}`, 'PUT')
  expect(put.notes).toMatchObject([{ code: 'user-disabled-in-portal' }])
  await idp.patch(`/Users/${ada}`, patchOf({ op: 'remove', path: 'active' }))
  const { notes } = await newest(`/Users/${ada}`, 'PATCH')
  expect(notes.map(({ code }: { code: string }) => code).sort()).toEqual([
    'active-kept',
    'user-disabled-in-portal',
  ])
})

test('a value that is converted is told of', async () => {
  await created('/Users', { schemas: [USER], userName: 'ada@example.com', active: 1 })
  const { notes } = await newest('/Users', 'POST')
  expect(notes).toEqual([{ code: 'values-converted', text: expect.stringContaining('active') }])
})

test('parameters of a refusal are masked as all other texts are', async () => {
  const ada = await user('ada@example.com')
  const path = 'emails[password eq "canary-7f20"].value'
  expect((await idp.patch(`/Users/${ada}`, patchOf({ op: 'replace', path, value: 'x' }))).status).toBe(400)
  await newest(`/Users/${ada}`, 'PATCH')
  expect(JSON.stringify(await house.dump('scim_request'))).not.toContain('canary-7f20')
})
