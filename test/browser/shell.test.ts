import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type House, openHouse } from '../harness.ts'
import { PASSWORD } from '../portal-client.ts'
import { expectAccessible, expectNoWiderThan, launchBrowser, openPortal, screenshot } from './browser.ts'

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
