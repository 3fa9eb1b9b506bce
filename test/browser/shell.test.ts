import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sql } from '#platform/database/sql.ts'
import { type House, openHouse } from '../harness.ts'
import { PASSWORD } from '../portal-client.ts'
import {
  expectAccessible,
  expectNoWiderThan,
  launchBrowser,
  lookAt,
  openPortal,
  screenshot,
} from './browser.ts'

let house: House
let browser: Browser
let tenantId: string
beforeAll(async () => {
  house = await openHouse()
  tenantId = await house.tenant('acme')
  browser = await launchBrowser()
})
afterAll(async () => {
  await browser?.close()
  await house?.close()
})

/** Another tab proves who its administrator is, which gives the session another token. */
async function renewIn(tab: Page, csrfToken: string): Promise<void> {
  const status = await tab.evaluate(
    ([token = '', password]) =>
      fetch('/api/v1/session/proof', {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-csrf-token': token },
        body: JSON.stringify({ password }),
      }).then((answer) => answer.status),
    [csrfToken, PASSWORD],
  )
  expect(status).toBe(200)
}

test('who is not signed in is asked to, and arrives where they wanted to go', async () => {
  const { email } = await house.administrator(tenantId)
  const page = await openPortal(browser, house.url)
  await page.goto('/admin/?x=1')
  await page.getByLabel('E-mail').fill(email)
  await page.locator('input[name=password]').fill(PASSWORD)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('heading', { name: 'Overview' }).waitFor()
  expect(new URL(page.url()).pathname).toBe('/admin/')
})

test('the frame is accessible, works at 360 pixels, and has no page that is not there', async () => {
  const ada = await house.administrator(tenantId)
  const page = await openPortal(browser, house.url, ada)
  await page.goto('/admin/')
  await page.getByRole('heading', { name: 'Overview' }).waitFor()
  await expectAccessible(page)
  await screenshot(page, 'shell')
  await page.setViewportSize({ width: 360, height: 740 })
  await page.getByRole('button', { name: 'Menu' }).click()
  await page.getByRole('link', { name: 'Overview' }).waitFor()
  await expectNoWiderThan(page, 360)
  await page.goto('/admin/no-such-page')
  await page.getByRole('heading', { name: 'There is no such page' }).waitFor()
})

test('signing out works in a tab whose session another tab renewed, and takes every tab along', async () => {
  const ada = await house.administrator(tenantId)
  const page = await openPortal(browser, house.url, ada)
  await page.goto('/admin/account')
  await page.getByRole('heading', { name: 'My account' }).waitFor()
  const other = await page.context().newPage()
  await other.goto('/admin/administrators')
  await other.getByText(ada.email).first().waitFor()
  await renewIn(other, ada.csrfToken)
  await page.getByRole('button', { name: 'The owner' }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await page.waitForURL('**/admin/sign-in')
  await other.waitForURL('**/admin/sign-in?*')
  const sessions = await house.db.run(
    { tenantId },
    sql`select from administrator_session s join administrator a on a.id = s.administrator_id
      where a.email = ${ada.email} and s.tenant_id = ${tenantId}`,
  )
  expect(sessions).toEqual([])
})

test('a change in a tab whose session another tab renewed is made, and nothing has to be repeated', async () => {
  const ada = await house.administrator(tenantId)
  const page = await openPortal(browser, house.url, ada)
  await page.goto('/admin/account')
  const name = page.getByRole('textbox', { name: 'Name', exact: true })
  await name.fill('Ada Lovelace')
  const other = await page.context().newPage()
  await other.goto('/admin/')
  await renewIn(other, ada.csrfToken)
  await page.getByRole('button', { name: 'Save' }).first().click()
  await page.getByRole('button', { name: 'Ada Lovelace' }).waitFor()
})

test('when signing out fails the page says so, and the next try works', async () => {
  const ada = await house.administrator(tenantId)
  const page = await openPortal(browser, house.url, ada)
  await page.goto('/admin/')
  await page.getByRole('heading', { name: 'Overview' }).waitFor()
  const problem = { type: 'about:blank', title: 'Service Unavailable', status: 503, code: 'unavailable' }
  await page.route('**/api/v1/session', (route) =>
    route.fulfill({
      status: 503,
      contentType: 'application/problem+json',
      body: JSON.stringify({
        ...problem,
        detail: 'The database cannot be reached now; try again in a moment',
      }),
    }),
  )
  await page.getByRole('button', { name: 'The owner' }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  const dialog = page.getByRole('dialog', { name: 'You are still signed in' })
  await dialog.getByRole('alert').waitFor()
  expect(new URL(page.url()).pathname).toBe('/admin/')
  await lookAt(page, 'sign-out-failed')
  await page.unroute('**/api/v1/session')
  await dialog.getByRole('button', { name: 'Try again' }).click()
  await page.waitForURL('**/admin/sign-in')
  expect((await ada.get('/me')).status).toBe(401)
})
