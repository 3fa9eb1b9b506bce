// An administrator changes what second factor is asked for: sessions that would no longer come about end, and nobody sets up
// a new factor without the one that they have.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { ProvidedIdp } from '../harness.ts'
import type { ApiClient } from '../portal-client.ts'
import { authenticatorApp, hidden, mailOf, openPeople, type People, recoveryCodesOf } from './people.ts'
import type { Page, Traveller } from './traveller.ts'

let people: People
let administrator: ApiClient
const IDENTITY_PROVIDERS = 14
const unused: ProvidedIdp[] = []
const mails: { readonly to: string; readonly text: string }[] = []

const mailer = {
  send: async (mail: { readonly to: string; readonly text: string }) => void mails.push(mail),
  close: () => {},
}

beforeAll(async () => {
  people = await openPeople({ mailer })
  administrator = await people.administrator()
  // The provider asks for its redirect URIs when it is used first.
  for (let n = 0; n < IDENTITY_PROVIDERS; n++) unused.push(await people.connect({ mfa: 'none' }))
})
afterAll(() => people?.close())
beforeEach(() => {
  people.now = new Date()
})

const TOTP = { mfa: 'mandatory', mfaMethods: ['totp'], rememberDeviceDays: 7 } as const
const BOTH = { ...TOTP, mfaMethods: ['totp', 'email'] } as const

async function change(idp: ProvidedIdp, settings: object): Promise<void> {
  expect((await administrator.patch(`/identity-providers/${idp.id}`, settings)).status).toBe(200)
}

async function connect(settings: object): Promise<ProvidedIdp> {
  const idp = unused.pop()
  if (!idp) throw new Error('connect more of them')
  await change(idp, settings)
  return idp
}

function provision(idp: ProvidedIdp, name: string): Promise<string> {
  return people.provision(idp, name, { emails: [{ value: mailOf(name), primary: true }] })
}

const post = (at: Traveller, path: string, form: Record<string, string>) => people.post(at, path, form)
const next = (at: Traveller) => at.get(`${people.house.url}/sign-in/next`)

async function isSignedIn(at: Traveller): Promise<boolean> {
  return (await at.step('GET', `${people.house.url}/`)).status === 200
}

/** A user who has set up an authenticator app, and is signed in. */
async function withApp(idp: ProvidedIdp, name: string) {
  const id = await provision(idp, name)
  const { at, page } = await people.signIn(idp, name)
  const app = authenticatorApp(page, () => people.now)
  const form = { method: 'totp', id: hidden(page, 'id'), code: app.code(), remember: 'yes' }
  const recoveryCodes = recoveryCodesOf(await post(at, '/sign-in/enroll', form))
  expect(recoveryCodes).toHaveLength(10)
  await next(at)
  people.now = new Date(people.now.getTime() + 30_000)
  return { id, at, app, recoveryCodes }
}

function codeFor(name: string): string {
  const { text = '' } = mails.findLast(({ to }) => to === mailOf(name)) ?? {}
  return /\b(\d{6})\b/.exec(text)?.[1] ?? ''
}

async function enrolEmail(at: Traveller, name: string): Promise<Page> {
  await post(at, '/sign-in/code', { method: 'email' })
  return post(at, '/sign-in/enroll', { method: 'email', code: codeFor(name) })
}

test('a user whose method is no longer allowed proves it once more before they set up another one', async () => {
  const idp = await connect(TOTP)
  const { app } = await withApp(idp, 'ada')
  await change(idp, { mfaMethods: ['email'] })
  const { at, page } = await people.signIn(idp, 'ada')
  expect(page.text).toContain('no longer accepts')
  expect(page.text).toContain('Code from your authenticator app')
  expect(page.text).not.toContain('name="remember"')
  for (const [path, form] of [
    ['/sign-in/enroll', { method: 'email', code: '000000' }],
    ['/sign-in/code', { method: 'email' }],
  ] as const) {
    const step = await at.step('POST', people.house.url + path, form)
    expect([303, 403], path).toContain(step.status)
    expect(codeFor('ada')).toBe('')
  }
  expect((await post(at, '/sign-in/challenge', { method: 'totp', code: '000000' })).status).toBe(401)
  const enrol = await post(at, '/sign-in/challenge', { method: 'totp', code: app.code(), remember: 'yes' })
  expect(enrol.text).toContain('We’ll send a code to a…@example.com')
  expect(await isSignedIn(at)).toBe(false)
  expect(recoveryCodesOf(await enrolEmail(at, 'ada'))).toHaveLength(10)
  expect((await next(at)).text).toContain('Welcome, ada')
  const again = await people.signIn(idp, 'ada')
  expect(again.page.text).toContain('We can send a code to a…@example.com')
})

test('a recovery code stands for the factor that is no longer allowed', async () => {
  const idp = await connect(TOTP)
  const { recoveryCodes } = await withApp(idp, 'grace')
  await change(idp, { mfaMethods: ['email'] })
  const { at } = await people.signIn(idp, 'grace')
  const form = { method: 'recovery', code: recoveryCodes[0] ?? '' }
  const enrol = await post(at, '/sign-in/challenge', form)
  expect(enrol.text).toContain('We’ll send a code to g…@example.com')
  await enrolEmail(at, 'grace')
  expect((await next(at)).text).toContain('Welcome, grace')
})

test('an administrator helps a user who no longer has that factor', async () => {
  const idp = await connect(TOTP)
  const { id } = await withApp(idp, 'linus')
  await change(idp, { mfaMethods: ['email'] })
  expect((await administrator.post(`/users/${id}/reset-enrolment`)).status).toBe(204)
  const { page } = await people.signIn(idp, 'linus')
  expect(page.text).toContain('We’ll send a code to l…@example.com')
})

test('a browser that was remembered after a method that is no longer allowed is asked again', async () => {
  const idp = await connect(BOTH)
  const { at } = await withApp(idp, 'edsger')
  expect((await people.signIn(idp, 'edsger', at)).page.text).toContain('Welcome, edsger')
  await change(idp, { mfaMethods: ['email'] })
  const { page } = await people.signIn(idp, 'edsger', at)
  expect(page.text).toContain('Code from your authenticator app')
})

test('a browser that was remembered after one method does not stand for another one', async () => {
  const idp = await connect(TOTP)
  const { at, app } = await withApp(idp, 'barbara')
  await change(idp, { mfaMethods: ['email'] })
  const other = await people.signIn(idp, 'barbara')
  await post(other.at, '/sign-in/challenge', { method: 'totp', code: app.code() })
  await enrolEmail(other.at, 'barbara')
  const { page } = await people.signIn(idp, 'barbara', at)
  expect(page.text).toContain('We can send a code to b…@example.com')
})

test('sessions without a second factor end when one becomes mandatory, and those of other identity providers go on', async () => {
  const [idp, other] = [await connect({ mfa: 'none' }), await connect({ mfa: 'none' })]
  await provision(idp, 'none')
  await provision(other, 'neighbor')
  const { at } = await people.signIn(idp, 'none')
  const neighbor = await people.signIn(other, 'neighbor')
  await change(idp, { name: 'Another name' })
  expect(await isSignedIn(at)).toBe(true)
  await change(idp, { mfa: 'mandatory' })
  expect([await isSignedIn(at), await isSignedIn(neighbor.at)]).toEqual([false, true])
  expect((await people.signIn(idp, 'none', at)).page.text).toContain('Set up your authenticator app')
})

test('a factor outlives a time without any: sessions that proved it go on, and it is asked for again', async () => {
  const idp = await connect(TOTP)
  const { at } = await withApp(idp, 'back')
  await change(idp, { mfa: 'none' })
  const without = await people.signIn(idp, 'back')
  expect(without.page.text).toContain('Welcome, back')
  await change(idp, { mfa: 'mandatory' })
  expect([await isSignedIn(at), await isSignedIn(without.at)]).toEqual([true, false])
  expect((await people.signIn(idp, 'back')).page.text).toContain('Code from your authenticator app')
})

test('a session goes on as long as the method that it was begun with is allowed', async () => {
  const idp = await connect(BOTH)
  const app = await withApp(idp, 'app')
  await provision(idp, 'mail')
  const mail = await people.signIn(idp, 'mail')
  await enrolEmail(mail.at, 'mail')
  await next(mail.at)
  const remembered = await people.signIn(idp, 'app', app.at)
  expect(await isSignedIn(remembered.at)).toBe(true)
  await change(idp, { mfaMethods: ['email'] })
  expect([await isSignedIn(app.at), await isSignedIn(mail.at)]).toEqual([false, true])
})

test('a factor of the identity provider does not stand for ours, nor ours for its', async () => {
  const idp = await connect({ mfa: 'external', mfaMethods: ['totp'], mfaDemand: { amr: ['mfa'] } })
  await provision(idp, 'external')
  const signIn = async () => {
    const signedIn = people.signIn(idp, 'external')
    people.provider.person = { ...people.provider.person, amr: ['mfa'] }
    return (await signedIn).at
  }
  const first = await signIn()
  expect(await isSignedIn(first)).toBe(true)
  await change(idp, { mfa: 'mandatory' })
  expect(await isSignedIn(first)).toBe(false)
  const { page, at } = await people.signIn(idp, 'external')
  const app = authenticatorApp(page, () => people.now)
  await post(at, '/sign-in/enroll', { method: 'totp', id: hidden(page, 'id'), code: app.code() })
  await next(at)
  expect(await isSignedIn(at)).toBe(true)
  await change(idp, { mfa: 'external' })
  expect(await isSignedIn(at)).toBe(false)
  const again = await signIn()
  await change(idp, { mfaDemand: { amr: ['hwk'] } })
  expect(await isSignedIn(again)).toBe(false)
})

test('a demand on the identity provider that is taken back ends no session', async () => {
  const idp = await connect({ mfa: 'external', mfaDemand: { amr: ['mfa'] } })
  await provision(idp, 'demand')
  const signedIn = people.signIn(idp, 'demand')
  people.provider.person = { ...people.provider.person, amr: ['mfa'] }
  const { at } = await signedIn
  await change(idp, { mfaDemand: 'none' })
  expect(await isSignedIn(at)).toBe(true)
})

test('a sign-in under way is judged by what is asked for when it ends', async () => {
  const idp = await connect({ ...TOTP, askPersonalDesktop: true })
  await provision(idp, 'underway')
  const { at, page } = await people.signIn(idp, 'underway')
  const app = authenticatorApp(page, () => people.now)
  await post(at, '/sign-in/enroll', { method: 'totp', id: hidden(page, 'id'), code: app.code() })
  expect((await next(at)).text).toContain('Your personal desktop')
  await change(idp, { mfaMethods: ['email'] })
  const enrol = await post(at, '/sign-in/personal-desktop', { name: 'DESKTOP-1' })
  expect(enrol.text).toContain('We’ll send a code to u…@example.com')
  await change(idp, { mfa: 'none' })
  expect((await next(at)).text).toContain('Your personal desktop')
  await change(idp, { mfa: 'mandatory' })
  await post(at, '/sign-in/personal-desktop', { name: 'DESKTOP-1' })
  expect(await isSignedIn(at)).toBe(false)
  await enrolEmail(at, 'underway')
  await next(at)
  await post(at, '/sign-in/personal-desktop', { name: 'DESKTOP-1' })
  expect(await isSignedIn(at)).toBe(true)
})

test('a demand on the identity provider that changes while a sign-in is under way has not been met', async () => {
  const settings = { mfa: 'external', mfaDemand: { amr: ['mfa'] }, askPersonalDesktop: true } as const
  const idp = await connect(settings)
  await provision(idp, 'tightened')
  const signedIn = people.signIn(idp, 'tightened')
  people.provider.person = { ...people.provider.person, amr: ['mfa'] }
  const { at } = await signedIn
  await change(idp, { mfaDemand: { amr: ['hwk'] } })
  const page = await post(at, '/sign-in/personal-desktop', { name: 'DESKTOP-1' })
  expect(page.status).toBe(403)
  expect(await isSignedIn(at)).toBe(false)
})

test('no session without a factor is left, however close a sign-in and the change are', async () => {
  const idp = await connect({ mfa: 'none', askPersonalDesktop: true })
  const names = Array.from({ length: 8 }, (_, i) => `racer${i}`)
  for (const name of names) await provision(idp, name)
  const racers: Traveller[] = []
  for (const name of names) racers.push((await people.signIn(idp, name)).at)
  const ends = racers.map((at) => post(at, '/sign-in/personal-desktop', { name: 'DESKTOP-1' }))
  const [changed] = await Promise.all([
    administrator.patch(`/identity-providers/${idp.id}`, { mfa: 'mandatory' }),
    ...ends,
  ])
  expect(changed.status).toBe(200)
  expect(await Promise.all(racers.map(isSignedIn))).toEqual(names.map(() => false))
})
