// A first sign-in in a real browser: the authenticator app, the recovery codes, the desktop, and the way in; every screen
// looked at in both themes. Then the same with a passkey, by the browser's own virtual authenticator.

import { Secret, TOTP } from 'otpauth'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { ProvidedIdp } from '../harness.ts'
import { mailOf, openPeople, type People } from '../sign-in/people.ts'
import { launchBrowser, lookAt, openPortal, withVirtualAuthenticator } from './browser.ts'

let people: People
let browser: Browser
let idp: ProvidedIdp
let byPasskey: ProvidedIdp
let url: string
beforeAll(async () => {
  people = await openPeople({ mailer: { send: async () => {}, close: () => {} } })
  url = people.house.url.replace('127.0.0.1', 'localhost')
  idp = await people.connect({
    mfa: 'mandatory',
    mfaMethods: ['totp', 'email', 'passkey'],
    rememberDeviceDays: 7,
    askPersonalDesktop: true,
  })
  byPasskey = await people.connect({ mfa: 'mandatory', mfaMethods: ['passkey', 'totp'] })
  browser = await launchBrowser()
})
afterAll(async () => {
  await browser?.close()
  await people?.close()
})
beforeEach(() => {
  people.now = new Date()
})

function vouchFor(name: string): void {
  const email = mailOf(name)
  people.provider.person = { sub: `sub-${name}`, claims: { preferred_username: email, email, name } }
}

const look = (page: Page, name: string) => lookAt(page, `enrolment-${name}`)

test('the app is set up, the codes are shown, the desktop is named, and the next sign-in asks', async () => {
  await people.provision(idp, 'ada', { emails: [{ value: mailOf('ada'), primary: true }] })
  vouchFor('ada')
  const page = await openPortal(browser, people.house.url)
  await page.goto(`/sign-in/with/${idp.id}`)
  await page.getByRole('img', { name: 'QR code' }).waitFor()
  await look(page, 'totp')
  await page.getByText('Can’t scan the QR code?').click()
  const key = (await page.locator('.secret code').textContent()) ?? ''
  const totp = new TOTP({ secret: Secret.fromBase32(key.replaceAll(' ', '')) })
  const code = () => totp.generate({ timestamp: people.now.getTime() })

  await page.getByLabel('6-digit code').fill('000000')
  await page.getByRole('button', { name: 'Set up' }).click()
  await page.getByRole('alert').waitFor()
  await look(page, 'totp-wrong')
  await page.getByLabel('6-digit code').fill(code())
  await page.getByRole('button', { name: 'Set up' }).click()

  await page.getByRole('heading', { name: 'Save your recovery codes' }).waitFor()
  expect(await page.locator('.codes li').count()).toBe(10)
  await look(page, 'recovery-codes')
  await page.getByRole('button', { name: 'I saved them' }).click()

  await page.getByLabel('Computer name').waitFor()
  await look(page, 'desktop')
  await page.getByLabel('Computer name').fill('DESKTOP-4F7Q2')
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByRole('heading', { name: 'Welcome, ada' }).waitFor()

  await signOut(page)
  people.now = new Date(people.now.getTime() + 30_000)
  await page.goto(`/sign-in/with/${idp.id}`)
  await page.getByRole('heading', { name: 'Verify your identity' }).waitFor()
  await look(page, 'challenge')
  await page.getByRole('textbox').fill(code())
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByRole('heading', { name: 'Welcome, ada' }).waitFor()
})

test('a passkey is made and shown', async () => {
  people.publicUrl = url
  await people.provision(byPasskey, 'grace')
  vouchFor('grace')
  const page = await openPortal(browser, url)
  await withVirtualAuthenticator(page)
  await page.goto(`/sign-in/with/${byPasskey.id}`)
  await page.getByRole('button', { name: 'Create passkey' }).waitFor()
  await look(page, 'passkey')
  await page.getByRole('button', { name: 'Create passkey' }).click()
  await page.getByRole('button', { name: 'I saved them' }).click()
  await page.getByRole('heading', { name: 'Welcome, grace' }).waitFor()
  await signOut(page)
  await page.goto(`/sign-in/with/${byPasskey.id}`)
  await page.getByRole('button', { name: 'Use passkey' }).click()
  await page.getByRole('heading', { name: 'Welcome, grace' }).waitFor()
})

/** Ends at the identity provider, which this one leaves it at: whoever goes on before that is overtaken by it. */
async function signOut(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.waitForURL(/\/session\/end/)
}
