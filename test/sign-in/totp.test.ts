// The authenticator app of a person: set up at the first sign-in, asked for at the others, and never guessed.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { deleteUser } from '#directory/administration/portal-users.ts'
import type { ProvidedIdp } from '../harness.ts'
import {
  active,
  authenticatorApp,
  hidden,
  mailOf,
  openPeople,
  type People,
  recoveryCodesOf,
} from './people.ts'
import { openTraveller, type Traveller } from './traveller.ts'

let people: People
let idp: ProvidedIdp
beforeAll(async () => {
  people = await openPeople()
  idp = await people.connect({ mfa: 'mandatory', mfaMethods: ['totp'], rememberDeviceDays: 7 })
})
afterAll(() => people?.close())
beforeEach(() => {
  people.now = new Date() // an identity provider's answers are judged by the same clock
})

async function enrolled(name: string, more: Record<string, string> = {}) {
  const id = await people.provision(idp, name)
  const { at, page } = await people.signIn(idp, name)
  const app = authenticatorApp(page, () => people.now)
  const form = { method: 'totp', id: hidden(page, 'id'), code: app.code(), ...more }
  const codes = await people.post(at, '/sign-in/enroll', form)
  expect(codes.text).toContain('Save your recovery codes')
  people.now = new Date(people.now.getTime() + 30_000)
  return { id, at, app, recoveryCodes: recoveryCodesOf(codes) }
}

function answer(at: Traveller, code: string, more: Record<string, string> = {}) {
  return people.post(at, '/sign-in/challenge', { method: 'totp', code, ...more })
}

test('a first sign-in sets up the app by a QR code or a key, and the next one asks for it', async () => {
  await people.provision(idp, 'ada')
  const { at, page } = await people.signIn(idp, 'ada')
  expect(page.text).toContain('src="data:image/svg+xml;base64,')
  expect(String(page.headers['content-security-policy'])).toContain("img-src 'self' data:")
  expect(at.cookie(people.house.url, 'doorlist')).toBeUndefined()
  const app = authenticatorApp(page, () => people.now)
  const wrong = await people.post(at, '/sign-in/enroll', {
    method: 'totp',
    id: hidden(page, 'id'),
    code: '000000',
  })
  expect(wrong.status).toBe(422)
  expect(authenticatorApp(wrong, () => people.now).secret).toBe(app.secret)
  const done = await people.post(at, '/sign-in/enroll', {
    method: 'totp',
    id: hidden(wrong, 'id'),
    code: app.code(),
  })
  expect(recoveryCodesOf(done)).toHaveLength(10)
  expect((await at.get(`${people.house.url}/sign-in/next`)).text).toContain('Welcome, ada')

  people.now = new Date(people.now.getTime() + 30_000)
  const again = await people.signIn(idp, 'ada')
  expect(again.page.text).toContain('Code from your authenticator app')
  expect((await answer(again.at, app.code())).text).toContain('Welcome, ada')
  const kept = JSON.stringify([
    await people.house.dump('factor_totp'),
    await people.house.dump('factor_recovery_code'),
  ])
  for (const secret of [app.secret, ...recoveryCodesOf(done)]) expect(kept).not.toContain(secret)
})

test('a sign-in that waits for its factor reaches nothing, and cannot set up another one', async () => {
  await enrolled('pending')
  const { at } = await people.signIn(idp, 'pending')
  expect((await at.step('GET', `${people.house.url}/`)).headers.location).toBe('/sign-in')
  expect((await at.step('GET', `${people.house.url}/password`)).headers.location).toBe(
    '/sign-in?return_to=%2Fpassword',
  )
  const enrol = await at.step('POST', `${people.house.url}/sign-in/enroll`, {
    method: 'totp',
    id: '',
    code: '',
  })
  expect([enrol.status, enrol.headers.location]).toEqual([303, '/sign-in/next'])
  const desktop = await at.step('POST', `${people.house.url}/sign-in/personal-desktop`, { name: 'x' })
  expect(desktop.headers.location).toBe('/sign-in/next')
})

test('a code works once, also when two sign-ins bring it at the same moment', async () => {
  const { app } = await enrolled('once')
  const first = await people.signIn(idp, 'once')
  const second = await people.signIn(idp, 'once')
  const code = app.code()
  const both = await Promise.all([answer(first.at, code), answer(second.at, code)])
  expect(both.map(({ status }) => status).sort()).toEqual([200, 401])
  const third = await people.signIn(idp, 'once')
  expect((await answer(third.at, code)).status).toBe(401)
})

test('codes of the step before and after count, older ones do not', async () => {
  const { app } = await enrolled('late')
  const code = app.code()
  people.now = new Date(people.now.getTime() + 60_000)
  const { at } = await people.signIn(idp, 'late')
  expect((await answer(at, code)).status).toBe(401)
  const near = app.code()
  people.now = new Date(people.now.getTime() + 30_000)
  expect((await answer(at, near)).status).toBe(200)
})

test('five wrong codes lock the account, whatever sign-in they come by; the right one is refused then', async () => {
  const { app } = await enrolled('guessed')
  const statuses: number[] = []
  for (let n = 0; n < 5; n++) {
    const { at } = await people.signIn(idp, 'guessed')
    statuses.push((await answer(at, '000000')).status)
  }
  const { at } = await people.signIn(idp, 'guessed')
  statuses.push((await answer(at, app.code())).status)
  expect(statuses).toEqual([401, 401, 401, 401, 401, 429])
  await people.house.activity.flush()
  const told = await people.house.dump('activity_event')
  const reasons = told.filter((e) => JSON.stringify(e).includes('guessed')).map((e) => JSON.stringify(e))
  expect(reasons.filter((text) => text.includes('wrong totp'))).toHaveLength(5)
  expect(reasons.some((text) => text.includes('too many tries'))).toBe(true)
})

test('a recovery code is a way through, once', async () => {
  const { recoveryCodes } = await enrolled('lost')
  const [code = ''] = recoveryCodes
  const { at } = await people.signIn(idp, 'lost')
  const page = await at.get(`${people.house.url}/sign-in/next?method=recovery`)
  expect(page.text).toContain('Use a recovery code')
  const form = { method: 'recovery', code: code.toUpperCase() }
  expect((await people.post(at, '/sign-in/challenge', form)).text).toContain('Welcome, lost')
  const again = await people.signIn(idp, 'lost')
  expect((await people.post(again.at, '/sign-in/challenge', form)).status).toBe(401)
})

test('a remembered browser is not asked again, until the person is deactivated or enrols anew', async () => {
  const { id, app } = await enrolled('remembered')
  const { at } = await people.signIn(idp, 'remembered')
  await answer(at, app.code(), { remember: 'yes' })
  const token = at.cookie(people.house.url, 'doorlist-device') ?? ''
  expect(JSON.stringify(await people.house.dump('user_device'))).not.toContain(token)
  const next = await people.signIn(idp, 'remembered', at)
  expect(next.page.text).toContain('Welcome, remembered')
  expect((await people.signIn(idp, 'remembered')).page.text).toContain('Verify your identity')

  const other = await enrolled('neighbour')
  other.at.setCookie(people.house.url, '__Host-doorlist-device', token)
  expect((await people.signIn(idp, 'neighbour', other.at)).page.text).toContain('Verify your identity')

  await idp.patch(`/Users/${id}`, active(false))
  await idp.patch(`/Users/${id}`, active(true))
  expect((await people.signIn(idp, 'remembered', at)).page.text).toContain('Verify your identity')
})

test('factors outlive a deactivation, but not a deletion in the portal or at the identity provider', async () => {
  const { id } = await enrolled('leaver')
  await idp.patch(`/Users/${id}`, active(false))
  await idp.patch(`/Users/${id}`, active(true))
  expect((await people.signIn(idp, 'leaver')).page.text).toContain('Verify your identity')
  await deleteUser(people.house.db, idp.operator, id)
  await idp.patch(`/Users/${id}`, active(true))
  expect((await people.signIn(idp, 'leaver')).page.text).toContain('Set up your authenticator app')
  await idp.delete(`/Users/${id}`)
  const fresh = await people.provision(idp, 'leaver')
  expect(fresh).not.toBe(id)
  expect((await people.signIn(idp, 'leaver')).page.text).toContain('Set up your authenticator app')
})

test('a form from another site, and a method that is not allowed, are refused', async () => {
  const { app } = await enrolled('forged')
  const { at } = await people.signIn(idp, 'forged')
  const url = `${people.house.url}/sign-in/challenge`
  const form = { method: 'totp', code: app.code() }
  const foreign = await at.step('POST', url, form, { origin: 'https://evil.example' })
  expect(foreign.status).toBe(403)
  expect((await at.step('POST', url, { method: 'email', code: '000000' })).status).toBe(403)
  expect((await at.step('POST', `${people.house.url}/sign-in/code`, { method: 'email' })).status).toBe(403)
})

test('the session is a new one, whatever cookie was there before', async () => {
  const { app } = await enrolled('fixed')
  const traveller = openTraveller()
  traveller.setCookie(people.house.url, '__Host-doorlist', 'chosen-by-an-attacker')
  const { at } = await people.signIn(idp, 'fixed', traveller)
  await answer(at, app.code())
  const token = at.cookie(people.house.url, '__Host-doorlist') ?? ''
  expect(token).toMatch(/^dlu_/)
  expect(JSON.stringify(await people.house.dump('user_session'))).not.toContain(token)
})

test('the audit log tells of factors and enrolment, by the person, and of no secret', async () => {
  const { app, recoveryCodes } = await enrolled('audited')
  const { at } = await people.signIn(idp, 'audited')
  await answer(at, app.code())
  const events = (await idp.events()).filter(({ objectName }) => objectName === mailOf('audited'))
  const told = events.map((e) => `${e.actorType} ${e.action} ${e.objectType} ${e.change ?? ''}`)
  expect(told.some((text) => /^user create Factor .*authenticator app/.test(text))).toBe(true)
  expect(told.some((text) => /^user create Factor .*recovery codes/.test(text))).toBe(true)
  expect(told.some((text) => /^user update User .*enrolled/.test(text))).toBe(true)
  for (const secret of [app.secret, ...recoveryCodes]) expect(told.join()).not.toContain(secret)
})
