// Deleted users in a real browser: those deleted in the portal, and those whom their identity provider deleted.
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type House, openHouse, type ProvidedIdp } from '../harness.ts'
import type { ApiClient } from '../portal-client.ts'
import { launchBrowser, lookAt, openPortal, screenshot } from './browser.ts'

vi.setConfig({ testTimeout: 120_000 })

let house: House
let browser: Browser
let okta: ProvidedIdp
let ada: ApiClient
beforeAll(async () => {
  house = await openHouse()
  await house.tenant('acme')
  okta = await house.identityProvider({ tenant: 'acme', name: 'Okta' })
  ada = await house.administrator(okta.tenantId, 'admin')
  browser = await launchBrowser()
})
afterAll(async () => {
  await browser?.close()
  await house?.close()
})

async function provision(name: string): Promise<string> {
  const body = { userName: `${name}@example.com`, displayName: name }
  return (await okta.post('/Users', body)).json.id
}

test('a user who was deleted in the portal is restored on the page of the user', async () => {
  const id = await provision('grace')
  await ada.delete(`/users/${id}`)
  const page = await openPortal(browser, house.url, ada, { width: 1440, height: 900 })
  await page.goto(`/admin/users/${id}`)
  await page.getByText('Restore the user here').waitFor()
  await screenshot(page, 'user-deleted')
  await page.getByRole('button', { name: 'Restore grace@example.com' }).click()
  const dialog = page.getByRole('dialog', { name: 'Restore grace@example.com?' })
  await dialog.getByText('The profile comes back').waitFor()
  await screenshot(page, 'user-restore')
  await dialog.getByRole('button', { name: 'Restore' }).click()
  await page.getByText('grace@example.com is restored').waitFor()
  await page.getByRole('button', { name: 'Disable' }).waitFor()
  expect((await ada.get(`/users/${id}`)).json.status).toBe('active')
})

test('users whom their identity provider deleted are found, and restored', async () => {
  const [alan, edsger] = [await provision('alan'), await provision('edsger')]
  for (const id of [alan, edsger]) await okta.delete(`/Users/${id}`)
  const page = await openPortal(browser, house.url, ada, { width: 1440, height: 900 })
  await page.goto('/admin/users')
  await page.getByRole('link', { name: 'Deleted users' }).click()
  await page.getByText('alan@example.com').waitFor()
  await lookAt(page, 'deleted-users')
  await page.getByRole('searchbox', { name: 'Beginning of the user name' }).fill('eds')
  await page.getByText('alan@example.com').waitFor({ state: 'detached' })
  await page.getByRole('button', { name: 'Restore edsger@example.com' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Restore' }).click()
  await page.getByText('edsger@example.com is restored').waitFor()
  await page.getByText('No deleted users').waitFor()
  expect((await okta.get(`/Users/${edsger}`)).status).toBe(200)
  expect((await ada.get('/deleted-users')).json.items).toHaveLength(1)
})
