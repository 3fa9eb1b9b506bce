// Enrolment beside the factor, activation by an administrator, and beginning anew.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { showUser } from '#directory/portal-users.ts'
import type { ProvidedIdp } from '../harness.ts'
import type { ApiClient } from '../portal-client.ts'
import { authenticatorApp, hidden, mailOf, openPeople, type People } from './people.ts'
import type { Traveller } from './traveller.ts'

let people: People
let idp: ProvidedIdp
let strict: ProvidedIdp
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

test('a reset enrolment takes factors, remembered browsers and sessions, and waits anew', async () => {
  const id = await people.provision(strict, 'reset')
  const enrolIn = async (at: Traveller, page: Awaited<ReturnType<Traveller['get']>>) => {
    const form = { method: 'totp', id: hidden(page, 'id'), remember: 'yes' }
    await people.post(at, '/sign-in/enrol', {
      ...form,
      code: authenticatorApp(page, () => people.now).code(),
    })
    return at.get(`${people.house.url}/sign-in/next`)
  }
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
  for (const path of [`/users/${id}/factors`, `/users/${id}/sessions`])
    expect((await other.get(path)).status).toBe(404)
  for (const path of ['activate', 'reset-enrolment', 'invitation'])
    expect((await other.post(`/users/${id}/${path}`, {})).status).toBe(404)
})
