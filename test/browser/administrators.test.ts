// Administrators in a real browser: set-up, sign-in with second factors, my account, Tenant › Users and API keys.

import { Secret, TOTP } from 'otpauth'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { createSetupLink } from '#administrators/setup-link.ts'
import { SYSTEM } from '#platform/database/database.ts'
import { sql } from '#platform/database/sql.ts'
import { type House, openHouse } from '../harness.ts'
import { PASSWORD } from '../portal-client.ts'
import {
  expectAccessible,
  launchBrowser,
  lookAt,
  openPortal,
  screenshot,
  withVirtualAuthenticator,
} from './browser.ts'

vi.setConfig({ testTimeout: 240_000 }) // each walks through many pages, and axe looks at each of them twice

let house: House
let url: string
let browser: Browser
beforeAll(async () => {
  house = await openHouse({ publicUrl: () => url })
  url = house.url.replace('127.0.0.1', 'localhost') // passkeys need a name
  browser = await launchBrowser()
})
afterAll(async () => {
  await browser?.close()
  await house?.close()
})

const nameOf = (page: Page) => page.getByRole('textbox', { name: 'Name', exact: true })
const heading = (page: Page, name: string) => page.getByRole('heading', { name }).waitFor()

async function fillPerson(page: Page, email: string | undefined, password: string): Promise<void> {
  if (email) await page.getByLabel('E-mail').fill(email)
  await nameOf(page).fill('Ada Lovelace')
  await page.locator('input[autocomplete=new-password]').fill(password)
}

test('the set-up link leads to the first owner with a passkey, who signs in with it alone', async () => {
  const tenantId = await house.tenant('first-run')
  const token = await createSetupLink(house.db, tenantId)
  const page = await openPortal(browser, url)
  await withVirtualAuthenticator(page)
  await page.goto(`/admin/setup/${token}`)
  await heading(page, 'Become the first administrator')
  await lookAt(page, 'setup')
  await fillPerson(page, 'ada@first.example', 'short')
  await page.getByRole('button', { name: 'Create the account' }).click()
  await page.getByText('must have at least 15 characters').waitFor()
  await page.locator('input[autocomplete=new-password]').fill('eight ch')
  await page.getByRole('radio', { name: 'Passkey' }).check()
  await page.getByRole('button', { name: 'Create the account' }).click()
  await heading(page, 'Keep your recovery codes')
  await lookAt(page, 'recovery-codes')
  await page.getByRole('button', { name: 'I have kept them' }).click()
  await heading(page, 'Overview')
  await page.getByRole('button', { name: 'Ada Lovelace' }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await heading(page, 'Sign in')
  await lookAt(page, 'sign-in')
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
  await heading(page, 'Overview')
  await page.goto(`/admin/setup/${token}`)
  await heading(page, 'This link is not valid')
  await page.close()
})

test('an invitation is made, accepted with an authenticator app, and signs in with code and recovery code', async () => {
  const owner = await house.administrator(await house.tenant('team'))
  const page = await openPortal(browser, house.url, owner)
  await page.goto('/admin/administrators')
  await heading(page, 'Invitations')
  await page.getByRole('button', { name: 'Invite' }).click()
  await page.getByLabel('E-mail').fill('grace@example.com')
  await page.getByRole('radio', { name: /Auditor/ }).check()
  await page.getByRole('dialog').getByRole('button', { name: 'Invite' }).click()
  await page.getByText('A link to hand over').waitFor()
  const link = (await page.getByRole('group', { name: 'Link' }).textContent()) ?? ''
  await screenshot(page, 'invitation-link')
  await page.getByRole('button', { name: 'Done' }).click()
  await page.getByText('grace@example.com').waitFor()
  await lookAt(page, 'administrators')

  const guest = await openPortal(browser, url)
  await guest.goto(new URL(link).pathname)
  await heading(guest, 'You are invited')
  await fillPerson(guest, undefined, 'eight ch')
  await guest.getByRole('radio', { name: 'Authenticator app' }).check()
  await guest.getByRole('img', { name: /QR code/ }).waitFor()
  await lookAt(guest, 'invitation-app')
  const secret = ((await guest.getByRole('group', { name: 'Key' }).textContent()) ?? '').replaceAll(' ', '')
  const totp = new TOTP({ secret: Secret.fromBase32(secret) })
  await guest.getByLabel('Code that the app shows now').fill(totp.generate())
  await guest.getByRole('button', { name: 'Create the account' }).click()
  await heading(guest, 'Keep your recovery codes')
  const [code = ''] = await guest.locator('main pre').allTextContents()
  await guest.getByRole('button', { name: 'I have kept them' }).click()
  await heading(guest, 'Overview')
  await guest.context().clearCookies()

  await guest.goto('/admin/administrators')
  await guest.getByLabel('E-mail').fill('grace@example.com')
  await guest.locator('input[name=password]').fill('wrong')
  await guest.getByRole('button', { name: 'Sign in', exact: true }).click()
  await guest.getByText('E-mail address or password is wrong').waitFor()
  await guest.locator('input[name=password]').fill('eight ch')
  await guest.getByRole('button', { name: 'Sign in', exact: true }).click()
  await heading(guest, 'Second factor')
  await lookAt(guest, 'second-factor')
  await guest.getByLabel('Code').fill('000000')
  await guest.getByRole('button', { name: 'Confirm' }).click()
  await guest.getByText('That code is not right').waitFor()
  await guest.getByRole('button', { name: 'Use a recovery code instead' }).click()
  await guest.getByLabel('Recovery code').fill(code)
  await guest.getByRole('button', { name: 'Confirm' }).click()
  await heading(guest, 'Invitations')
  expect(await guest.getByRole('button', { name: 'Invite' }).count()).toBe(0) // an auditor looks
  await guest.close()
  await page.close()
})

test('my account: name, authenticator app, passkey, password, sessions', async () => {
  const ada = await house.administrator(await house.tenant('own'))
  const page = await openPortal(browser, url, { ...ada, cookie: ada.cookie })
  await withVirtualAuthenticator(page)
  await page.goto('/admin/account')
  await heading(page, 'Sessions')
  await page.getByRole('button', { name: 'Add authenticator app' }).click()
  await page.getByRole('img', { name: /QR code/ }).waitFor()
  await expectAccessible(page)
  const secret = ((await page.getByRole('group', { name: 'Key' }).textContent()) ?? '').replaceAll(' ', '')
  await page
    .getByLabel('Code that the app shows now')
    .fill(new TOTP({ secret: Secret.fromBase32(secret) }).generate())
  await page.getByRole('button', { name: 'Finish' }).click()
  await page.getByText('Keep your recovery codes').waitFor()
  await expectAccessible(page)
  await page.getByRole('button', { name: 'I have kept them' }).click()
  await page.getByRole('button', { name: 'Add passkey' }).click()
  await page.getByRole('button', { name: 'Create passkey' }).waitFor() // until then the last name is the administrator's own
  await page.getByLabel('Name').last().fill('Work laptop')
  await page.getByRole('button', { name: 'Create passkey' }).click()
  await page.getByRole('button', { name: 'Remove: Work laptop' }).waitFor()
  await lookAt(page, 'account')
  await page.setViewportSize({ width: 1280, height: 1700 })
  await screenshot(page, 'account-whole')
  await page.setViewportSize({ width: 1280, height: 800 })
  await nameOf(page).fill('Countess')
  await page.getByRole('link', { name: 'API keys' }).click()
  await page.getByText('Leave without saving?').waitFor()
  await page.getByRole('button', { name: 'Stay' }).click()
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('button', { name: 'Countess' }).waitFor()
  await page.getByLabel('Current password').fill('wrong one')
  await page.getByLabel('New password').fill('a new and long password')
  await page.getByRole('button', { name: 'Change password' }).click()
  await page.getByText('is wrong').waitFor()
  await page.getByLabel('Current password').fill(PASSWORD)
  await page.getByRole('button', { name: 'Change password' }).click()
  await page.getByText('Your password is changed').waitFor()
  await page.getByRole('button', { name: 'Remove: Authenticator app' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click()
  await page.getByText('Authenticator app is removed').waitFor()
  await page.close()
})

test('an API key is made after a fresh proof, shown once, and revoked', async () => {
  const owner = await house.administrator(await house.tenant('keys'))
  const page = await openPortal(browser, house.url, owner)
  await page.goto('/admin/api-keys')
  await heading(page, 'No API key yet')
  await lookAt(page, 'api-keys-empty')
  await house.db.run(SYSTEM, sql`update administrator_session set proven_at = now() - interval '1 hour'`)
  await page.getByRole('button', { name: 'New API key' }).click()
  await page.getByLabel('Name').fill('Nightly export')
  await screenshot(page, 'new-api-key')
  await page.getByRole('button', { name: 'Create' }).click()
  await page.getByText('Is it still you?').waitFor()
  await expectAccessible(page)
  await screenshot(page, 'proof')
  await page.locator('input[name=password]').fill('not it')
  await page.getByRole('button', { name: 'Confirm' }).click()
  await page.getByText('is not right, or was used already').waitFor()
  await page.locator('input[name=password]').fill(PASSWORD)
  await page.getByRole('button', { name: 'Confirm' }).click()
  await page.getByText('Keep this key now').waitFor()
  await expectAccessible(page)
  await screenshot(page, 'api-key-shown')
  const key = (await page.getByRole('group', { name: 'API key' }).textContent()) ?? ''
  expect(key).toMatch(/^dlp_/)
  await page.getByRole('button', { name: 'I have kept it' }).click()
  await page.getByText('Nightly export').waitFor()
  expect(await page.content()).not.toContain(key)
  await lookAt(page, 'api-keys')
  await page.getByRole('button', { name: 'Revoke Nightly export' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click()
  await heading(page, 'No API key yet')
  await page.close()
})

test('a forgotten password, where no mail is sent, says whom to ask; a link from an owner sets a new one', async () => {
  const tenantId = await house.tenant('forgotten')
  const [owner, admin] = [await house.administrator(tenantId), await house.administrator(tenantId, 'admin')]
  const page = await openPortal(browser, house.url, owner)
  await page.goto('/admin/administrators')
  await page.getByRole('button', { name: 'Actions for The admin' }).click()
  await page.getByRole('menuitem', { name: 'Link to a new password' }).click()
  const link = (await page.getByRole('group', { name: 'Link' }).textContent()) ?? ''
  const guest = await openPortal(browser, url)
  await guest.goto('/admin/forgotten-password')
  await guest.getByText('This service sends no mail').waitFor()
  await lookAt(guest, 'forgotten-password')
  await guest.goto(new URL(link).pathname)
  await heading(guest, 'A new password')
  await lookAt(guest, 'new-password')
  await guest.getByLabel('New password').fill('a brand new password')
  await guest.getByRole('button', { name: 'Set the password' }).click()
  await guest.getByRole('link', { name: 'Sign in' }).click()
  await guest.getByLabel('E-mail').fill(admin.email)
  await guest.locator('input[name=password]').fill('a brand new password')
  await guest.getByRole('button', { name: 'Sign in', exact: true }).click()
  await heading(guest, 'Overview')
  await guest.close()
  await page.close()
})

test('the list of API keys says what a key may do while its creator is demoted or disabled', async () => {
  const tenantId = await house.tenant('limited-keys')
  const [owner, maker] = [
    await house.administrator(tenantId),
    await house.administrator(tenantId, 'owner', { email: 'bo@limited.example', name: 'Bo' }),
  ]
  await maker.post('/api-keys', { name: 'Nightly export', role: 'admin' })
  const { items } = (await owner.get('/administrators')).json
  const { id } = items.find(({ email }: { email: string }) => email === maker.email)
  await owner.patch(`/administrators/${id}`, { role: 'auditor' })
  const page = await openPortal(browser, house.url, owner)
  await page.goto('/admin/api-keys')
  await page.getByText('Limited to Auditor (read only), the current role of bo@limited.example').waitFor()
  await lookAt(page, 'api-keys-limited')
  await owner.patch(`/administrators/${id}`, { disabled: true })
  await page.reload()
  await page.getByText('Refused while bo@limited.example is disabled').waitFor()
  await page.close()
})
