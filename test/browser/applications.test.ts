// Settings › Applications in a real browser: made with a group found by name, changed, deleted.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type House, openHouse, type ProvidedIdp } from '../harness.ts'
import { expectAccessible, launchBrowser, openPortal, screenshot } from './browser.ts'

vi.setConfig({ testTimeout: 240_000 })

let house: House
let idp: ProvidedIdp
let browser: Browser
beforeAll(async () => {
  house = await openHouse()
  idp = await house.identityProvider({ name: 'Acme' })
  await idp.post('/Groups', { displayName: 'Writers' })
  browser = await launchBrowser()
})
afterAll(async () => {
  await browser?.close()
  await house?.close()
})

async function look(page: Page, name: string): Promise<void> {
  await expectAccessible(page)
  await page.setViewportSize({ width: 360, height: 740 })
  await screenshot(page, `${name}-360`)
  expect(await page.evaluate('document.documentElement.scrollWidth'), name).toBeLessThanOrEqual(360)
  await page.setViewportSize({ width: 1440, height: 900 })
  await page.emulateMedia({ colorScheme: 'light' })
  await screenshot(page, name)
}

test('an administrator puts an application behind the gateway, and takes it away again', async () => {
  const page = await openPortal(browser, house.url, await house.administrator(idp.tenantId))
  await page.goto('/admin/applications')
  await page.getByText('No application is behind the gateway yet').waitFor()
  await look(page, 'applications-empty')
  await page.getByRole('link', { name: 'New application' }).click()
  await page.getByRole('textbox', { name: 'Name' }).fill('Wiki')
  await page.getByRole('textbox', { name: 'Address' }).fill('https://wiki.example.com/path')
  await page.getByRole('combobox', { name: 'Add groups' }).fill('rit')
  await page.getByRole('option', { name: 'Writers' }).click()
  await page.getByText('Group Writers').waitFor()
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('must have no path').waitFor()
  await look(page, 'application-new')
  await page.getByRole('textbox', { name: 'Address' }).fill('https://wiki.example.com')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('heading', { name: 'For your proxy' }).waitFor()
  await page.getByText('X-Forwarded-Host wiki.example.com').waitFor()
  await look(page, 'application')
  await page.goto('/admin/applications')
  await page.getByText('1 group or user').waitFor()
  await look(page, 'applications')
  await page.getByRole('link', { name: 'Wiki' }).click()
  await page.getByRole('button', { name: 'Delete application' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Type Wiki to confirm').fill('Wiki')
  await dialog.getByRole('button', { name: 'Delete application' }).click()
  await page.getByText('No application is behind the gateway yet').waitFor()
})
