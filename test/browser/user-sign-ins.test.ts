// What administrators see and do of enrolments, second factors and sessions of people.
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { ProvidedIdp } from '../harness.ts'
import type { ApiClient } from '../portal-client.ts'
import { authenticatorApp, hidden, mailOf, openPeople, type People } from '../sign-in/people.ts'
import { expectAccessible, launchBrowser, lookAt, openPortal } from './browser.ts'

vi.setConfig({ testTimeout: 180_000 })

let people: People
let browser: Browser
let idp: ProvidedIdp
let ada: ApiClient
beforeAll(async () => {
  people = await openPeople()
  idp = await people.connect({
    mfa: 'mandatory',
    mfaMethods: ['totp'],
    rememberDeviceDays: 7,
    activation: 'manual',
  })
  ada = await people.administrator()
  browser = await launchBrowser()
})
afterAll(async () => {
  await browser?.close()
  await people?.close()
})

/** Signs in for the first time, with an authenticator app, in a browser that is to be remembered. */
async function enrol(name: string) {
  const id = await people.provision(idp, name)
  const { at, page } = await people.signIn(idp, name)
  const app = authenticatorApp(page, () => people.now)
  const form = { method: 'totp', id: hidden(page, 'id'), remember: 'yes', code: app.code() }
  await people.post(at, '/sign-in/enroll', form)
  await at.get(`${people.house.url}/sign-in/next`)
  return { id, at, app }
}

test('who waits is seen from the overview, and is let in', async () => {
  await enrol('grace')
  await enrol('wren')
  const page = await openPortal(browser, people.house.url, ada, { width: 1440, height: 900 })
  await page.goto('/admin/')
  await page.getByText('2 users wait to be activated').waitFor()
  await lookAt(page, 'overview-waiting')
  await page.getByRole('link', { name: 'Look at who waits' }).click()
  await page.getByRole('heading', { name: 'Waiting for activation' }).waitFor()
  await page.getByRole('link', { name: mailOf('wren') }).waitFor()
  await lookAt(page, 'users-waiting')
  await page.getByRole('button', { name: `Activate ${mailOf('grace')}` }).click()
  await page.getByText(`${mailOf('grace')} is activated and may sign in`).waitFor()
  await expect.poll(() => page.getByRole('link', { name: mailOf('grace') }).count()).toBe(0)
  expect((await people.signIn(idp, 'grace')).page.text).toContain('Verify your identity')

  await page.getByRole('link', { name: mailOf('wren') }).click()
  const section = page.getByRole('region', { name: 'Enrolment and second factors' })
  await section.getByText('Nobody else lets them in').waitFor()
  await lookAt(page, 'user-waiting')
  await section.getByRole('button', { name: `Activate ${mailOf('wren')}` }).click()
  await section.getByText(/activated/).waitFor()
  await page.goto('/admin/users/waiting')
  await page.getByText('Nobody waits').waitFor()
  await expectAccessible(page)
  await page.context().close()
})

test('sessions are ended, a lost factor is removed, and an enrolment begins anew', async () => {
  const { id, at, app } = await enrol('linus')
  await ada.post(`/users/${id}/activate`)
  expect((await people.signIn(idp, 'linus', at)).page.text).toContain('Welcome, linus')
  people.now = new Date(people.now.getTime() + 30_000) // a code counts once
  const elsewhere = (await people.signIn(idp, 'linus')).at
  const answer = { method: 'totp', code: app.code() }
  expect((await people.post(elsewhere, '/sign-in/challenge', answer)).text).toContain('Welcome, linus')
  const page = await openPortal(browser, people.house.url, ada, { width: 1440, height: 900 })
  await page.goto(`/admin/users/${id}`)
  const sessions = page.getByRole('region', { name: 'Sessions', exact: true })
  await sessions
    .getByRole('button', { name: /^End the session/ })
    .nth(1)
    .waitFor()
  await page.getByText('10 recovery codes are left.').waitFor()
  await page.getByText('1 browser is remembered.').waitFor()
  await lookAt(page, 'user-sign-ins')
  const before = (await ada.get(`/users/${id}/sessions`)).json.items.length
  await sessions
    .getByRole('button', { name: /^End the session/ })
    .first()
    .click()
  await page.getByText('1 session has ended').waitFor()
  expect((await ada.get(`/users/${id}/sessions`)).json.items).toHaveLength(before - 1)
  await sessions.getByRole('button', { name: 'End all sessions' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'End all sessions' }).click()
  await page.getByText('Signed in nowhere.').waitFor()

  const dialog = page.getByRole('dialog')
  await page.getByRole('button', { name: 'Remove: Authenticator app' }).click()
  await dialog.getByText(/It is the only one/).waitFor()
  await lookAt(page, 'user-remove-factor')
  await dialog.getByRole('button', { name: 'Remove' }).click()
  await page.getByText('No second factor is set up.').waitFor()
  expect((await ada.get(`/users/${id}/factors`)).json).toMatchObject({ totp: null, devices: 0 })

  await page.getByRole('button', { name: 'Reset enrolment' }).click()
  await dialog.getByRole('button', { name: 'Reset enrolment' }).click()
  await page.getByText('Not enrolled yet; that happens at the first sign-in.').waitFor()
  await page.context().close()
})

test('an auditor sees it all, and is offered nothing', async () => {
  const { id } = await enrol('kai')
  const auditor = await people.house.administrator(people.tenantId, 'auditor')
  const page = await openPortal(browser, people.house.url, auditor)
  await page.goto(`/admin/users/${id}`)
  await page.getByText('Authenticator app').waitFor()
  for (const name of [/^Remove/, /Activate/, /Reset enrolment/, /^Forget/])
    expect(await page.getByRole('button', { name }).count(), String(name)).toBe(0)
  await page.context().close()
})
