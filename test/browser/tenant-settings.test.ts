// Tenant › Settings in a real browser: name and logo, and a domain on its way from pending to verified to removed.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type DnsServer, openDnsServer } from '../dns-server.ts'
import { type House, openHouse, type ProvidedIdp } from '../harness.ts'
import { expectAccessible, expectNoWiderThan, launchBrowser, openPortal, screenshot } from './browser.ts'
import { LOGO } from './logo.ts'

vi.setConfig({ testTimeout: 240_000 })

let house: House
let dns: DnsServer
let idp: ProvidedIdp
let browser: Browser
beforeAll(async () => {
  dns = await openDnsServer()
  house = await openHouse({ dnsServers: [dns.address] })
  idp = await house.identityProvider({ name: 'Contoso Entra ID' })
  browser = await launchBrowser()
})
afterAll(async () => {
  await browser?.close()
  await house?.close()
  await dns?.close()
})

const NAVIGATION_RIGHT = "document.querySelector('nav').getBoundingClientRect().right"

async function look(page: Page, name: string): Promise<void> {
  await expectAccessible(page)
  await page.setViewportSize({ width: 360, height: 740 })
  await expectNoWiderThan(page, 360, name)
  await expect.poll(() => page.evaluate(NAVIGATION_RIGHT)).toBeLessThanOrEqual(0)
  await screenshot(page, `${name}-360`)
  await page.setViewportSize({ width: 1440, height: 1200 })
  await page.emulateMedia({ colorScheme: 'light' })
  await screenshot(page, name)
}

test('an administrator sets name and logo, and proves a domain that leads to an identity provider', async () => {
  const page = await openPortal(browser, house.url, await house.administrator(idp.tenantId, 'admin'))
  await page.goto('/admin/tenant-settings')
  await page.getByText('No domain yet').waitFor()
  await look(page, 'tenant-settings-empty')
  await page.getByRole('textbox', { name: 'Name' }).fill('Northwind Traders')
  const logo = Buffer.from(LOGO, 'base64')
  const svg = { name: 'logo.png', mimeType: 'image/png', buffer: Buffer.from('<svg/>') }
  await page.locator('input[type=file]').setInputFiles(svg)
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('must be a PNG, JPEG or WebP picture').waitFor()
  await page
    .locator('input[type=file]')
    .setInputFiles({ name: 'logo.png', mimeType: 'image/png', buffer: logo })
  await page.getByRole('button', { name: 'Save' }).click()
  await page.locator('img[src^="/logo/"]').waitFor()

  await page.getByRole('button', { name: 'Add a domain' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Domain').fill('not a domain')
  await dialog.getByRole('button', { name: 'Add' }).click()
  await dialog.getByText('must be a domain such as example.com').waitFor()
  await look(page, 'tenant-settings-add')
  await dialog.getByLabel('Domain').fill('northwind.example')
  await dialog.getByRole('combobox', { name: 'Leads to' }).click()
  await page.getByRole('option', { name: 'Contoso Entra ID' }).click()
  await dialog.getByRole('button', { name: 'Add' }).click()
  const card = page.getByRole('article', { name: 'northwind.example' })
  await card.getByText('Pending').waitFor()
  await look(page, 'tenant-settings-pending')

  const value = (await card.getByRole('group', { name: 'Value of the TXT record' }).textContent()) ?? ''
  dns.records.set('_doorlist.northwind.example', [value])
  await card.getByRole('button', { name: 'Check now' }).click()
  await card.getByText('Verified').waitFor()
  await look(page, 'tenant-settings-verified')
  dns.records.clear()
  await card.getByRole('button', { name: 'Check now' }).click()
  await card.getByText('Record is missing').waitFor()
  await look(page, 'tenant-settings-missing')

  await card.getByRole('button', { name: 'Remove northwind.example' }).click()
  await page.getByRole('dialog').getByText('no longer sent to Contoso Entra ID').waitFor()
  await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click()
  await page.getByText('No domain yet').waitFor()
  await page.context().close()
})
