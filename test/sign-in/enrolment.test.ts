// Enrolment beside the factor, activation by an administrator, and beginning anew.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { showUser } from '#directory/administration/portal-users.ts'
import type { ProvidedIdp } from '../harness.ts'
import type { ApiClient } from '../portal-client.ts'
import { authenticatorApp, hidden, mailOf, openPeople, type People } from './people.ts'
import type { Traveller } from './traveller.ts'

let people: People
let idp: ProvidedIdp
let strict: ProvidedIdp
let soft: ProvidedIdp
let free: ProvidedIdp
let administrator: ApiClient
let auditor: ApiClient
beforeAll(async () => {
  people = await openPeople()
  idp = await people.connect({ mfa: 'none', askPersonalDesktop: true, activation: 'manual' })
  strict = await people.connect({
    mfa: 'mandatory',
    mfaMethods: ['totp'],
    rememberDeviceDays: 7,
    activation: 'manual',
  })
  soft = await people.connect({ mfa: 'none', askPersonalDesktop: true, activation: 'manual' })
  free = await people.connect({ mfa: 'mandatory', mfaMethods: ['totp'], rememberDeviceDays: 7 })
  administrator = await people.administrator()
  auditor = await people.house.administrator(people.tenantId, 'auditor')
})
afterAll(() => people?.close())
beforeEach(() => {
  people.now = new Date()
})

function nameDesktop(at: Traveller, name: string) {
  return people.post(at, '/sign-in/personal-desktop', { name })
}

/** Sets up the authenticator app, in a browser that is to be remembered. */
async function enrolIn(at: Traveller, page: Awaited<ReturnType<Traveller['get']>>) {
  const code = authenticatorApp(page, () => people.now).code()
  await people.post(at, '/sign-in/enroll', { method: 'totp', id: hidden(page, 'id'), remember: 'yes', code })
  return at.get(`${people.house.url}/sign-in/next`)
}

test('the personal desktop is asked for once, and shown in the profile', async () => {
  const id = await people.provision(idp, 'ada')
  const { at, page } = await people.signIn(idp, 'ada')
  expect(page.text).toContain('Your personal desktop')
  expect((await nameDesktop(at, ' ')).status).toBe(422)
  expect((await nameDesktop(at, 'DESKTOP-4F7Q2')).text).toContain('Waiting for activation')
  expect((await showUser(people.house.db, people.tenantId, id)).profile).toMatchObject({
    personalDesktop: 'DESKTOP-4F7Q2',
  })
  expect((await people.signIn(idp, 'ada')).page.text).toContain('Waiting for activation')
})

test('who waits is on the list, and is let in once an administrator says so', async () => {
  const id = await people.provision(idp, 'grace')
  const early = await administrator.post(`/users/${id}/activate`)
  expect(early.status).toBe(409)
  const { at } = await people.signIn(idp, 'grace')
  await nameDesktop(at, 'pc')
  const waiting = async () =>
    (await auditor.get('/users/waiting')).json.items.map((user: { userName: string }) => user.userName)
  expect(await waiting()).toContain(mailOf('grace'))
  expect((await auditor.post(`/users/${id}/activate`)).status).toBe(403)
  expect((await administrator.post(`/users/${id}/activate`)).status).toBe(204)
  expect((await administrator.post(`/users/${id}/activate`)).status).toBe(204)
  expect(await waiting()).not.toContain(mailOf('grace'))
  expect((await people.signIn(idp, 'grace')).page.text).toContain('Welcome, grace')
  const events = await people.house.dump('audit_event')
  const activated = events.filter(
    (e) => JSON.stringify(e).includes('"activated\\":true') && JSON.stringify(e).includes(id),
  )
  expect(activated).toHaveLength(1)
})

test('a session of a person is listed, and ended', async () => {
  const id = await people.provision(idp, 'linus')
  const { at } = await people.signIn(idp, 'linus')
  await nameDesktop(at, 'pc')
  await administrator.post(`/users/${id}/activate`)
  await people.signIn(idp, 'linus', at)
  const { items } = (await auditor.get(`/users/${id}/sessions`)).json
  expect(items).toHaveLength(1)
  expect((await auditor.delete(`/users/${id}/sessions/${items[0].id}`)).status).toBe(403)
  expect((await administrator.delete(`/users/${id}/sessions/${items[0].id}`)).status).toBe(204)
  expect((await at.step('GET', `${people.house.url}/`)).headers.location).toBe('/sign-in')
  expect((await administrator.delete(`/users/${id}/sessions/${items[0].id}`)).status).toBe(404)
})

test('every session of a person is ended at once, and one event says how many', async () => {
  const id = await people.provision(idp, 'many')
  const first = await people.signIn(idp, 'many')
  await nameDesktop(first.at, 'pc')
  await administrator.post(`/users/${id}/activate`)
  await people.signIn(idp, 'many', first.at)
  await people.signIn(idp, 'many')
  expect((await auditor.delete(`/users/${id}/sessions`)).status).toBe(403)
  expect((await administrator.delete(`/users/${id}/sessions`)).json).toEqual({ ended: 2 })
  expect((await auditor.get(`/users/${id}/sessions`)).json.items).toEqual([])
  expect((await administrator.delete(`/users/${id}/sessions`)).json).toEqual({ ended: 0 })
  const events = (await people.house.dump('audit_event')).map((event) => JSON.stringify(event))
  expect(events.filter((event) => event.includes('Session') && event.includes(id))).toHaveLength(1)
})

test('how far somebody is with enrolling is told; who waits is no longer waiting where activation is automatic', async () => {
  const id = await people.provision(soft, 'patient')
  const enrolment = async () => (await auditor.get(`/users/${id}/enrolment`)).json
  expect(await enrolment()).toEqual({ enrolledAt: null, activatedAt: null, waiting: false })
  const { at } = await people.signIn(soft, 'patient')
  await nameDesktop(at, 'pc')
  expect(await enrolment()).toEqual({ enrolledAt: expect.any(String), activatedAt: null, waiting: true })
  const waiting = (await auditor.get('/overview')).json.waiting
  expect(waiting).toBe((await auditor.get('/users/waiting')).json.items.length)
  await administrator.request('PATCH', `/identity-providers/${soft.id}`, { activation: 'automatic' })
  expect((await enrolment()).waiting).toBe(false)
  expect((await auditor.get('/overview')).json.waiting).toBe(waiting - 1)
})

test('one factor is removed with remembered browsers, and the last one with the recovery codes', async () => {
  const id = await people.provision(free, 'lost')
  const { at, page } = await people.signIn(free, 'lost')
  await enrolIn(at, page)
  const factors = async () => (await auditor.get(`/users/${id}/factors`)).json
  expect(await factors()).toMatchObject({ totp: expect.any(Object), recoveryCodes: 10, devices: 1 })
  const path = `/users/${id}/factors`
  expect((await auditor.delete(`${path}/totp`)).status).toBe(403)
  expect((await administrator.delete(`${path}/email`)).status).toBe(404)
  expect((await administrator.delete(`${path}/019f0000-0000-7000-8000-000000000000`)).status).toBe(404)
  expect((await administrator.delete(`${path}/nothing`)).status).toBe(400)
  expect(await factors()).toMatchObject({ devices: 1 })
  expect((await administrator.delete(`${path}/totp`)).status).toBe(204)
  expect(await factors()).toMatchObject({ totp: null, recoveryCodes: 0, devices: 0 })
  expect((await people.signIn(free, 'lost')).page.text).toContain('Set up your authenticator app')
})

test('remembered browsers are forgotten, and the next sign-in asks for the factor', async () => {
  const id = await people.provision(strict, 'forget')
  const { at, page } = await people.signIn(strict, 'forget')
  await enrolIn(at, page)
  await administrator.post(`/users/${id}/activate`)
  expect((await people.signIn(strict, 'forget', at)).page.text).toContain('Welcome, forget')
  expect((await administrator.delete(`/users/${id}/devices`)).status).toBe(204)
  expect((await administrator.delete(`/users/${id}/devices`)).status).toBe(204)
  expect((await people.signIn(strict, 'forget', at)).page.text).toContain('Verify your identity')
})

test('a reset enrolment takes factors, remembered browsers and sessions, and waits anew', async () => {
  const id = await people.provision(strict, 'reset')
  const { at, page } = await people.signIn(strict, 'reset')
  expect((await enrolIn(at, page)).text).toContain('Waiting for activation')
  await administrator.post(`/users/${id}/activate`)
  expect((await people.signIn(strict, 'reset', at)).page.text).toContain('Welcome, reset')
  const before = (await auditor.get(`/users/${id}/factors`)).json
  expect([before.totp !== null, before.recoveryCodes, before.devices]).toEqual([true, 10, 1])

  expect((await auditor.post(`/users/${id}/reset-enrolment`)).status).toBe(403)
  expect((await administrator.post(`/users/${id}/reset-enrolment`)).status).toBe(204)
  expect((await at.step('GET', `${people.house.url}/`)).headers.location).toBe('/sign-in')
  const after = (await auditor.get(`/users/${id}/factors`)).json
  expect([after.totp, after.recoveryCodes, after.devices]).toEqual([null, 0, 0])
  const anew = await people.signIn(strict, 'reset', at)
  expect(anew.page.text).toContain('Set up your authenticator app')
  expect((await enrolIn(anew.at, anew.page)).text).toContain('Waiting for activation')
})

test('an administrator of another organisation sees and changes nothing of it', async () => {
  const id = await people.provision(idp, 'private')
  const other = await people.house.administrator(await people.house.tenant('other'), 'owner')
  for (const path of [`/users/${id}/factors`, `/users/${id}/sessions`, `/users/${id}/enrolment`])
    expect((await other.get(path)).status).toBe(404)
  for (const path of ['activate', 'reset-enrolment', 'invitation'])
    expect((await other.post(`/users/${id}/${path}`, {})).status).toBe(404)
  for (const path of ['factors/totp', 'devices', 'sessions'])
    expect((await other.delete(`/users/${id}/${path}`)).status).toBe(404)
})
