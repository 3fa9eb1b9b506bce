// Client keys for private_key_jwt in a real browser: added as JSON Web Key and as PEM, refused in the dialog, retired.
import { generateKeyPairSync } from 'node:crypto'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type House, openHouse, type ProvidedIdp } from '../harness.ts'
import type { ApiClient } from '../portal-client.ts'
import { launchBrowser, lookAt, openPortal } from './browser.ts'

vi.setConfig({ testTimeout: 180_000 })

let house: House
let browser: Browser
let idp: ProvidedIdp
let ada: ApiClient
beforeAll(async () => {
  house = await openHouse()
  await house.tenant('acme')
  idp = await house.identityProvider({ tenant: 'acme', name: 'Okta' })
  ada = await house.administrator(idp.tenantId, 'admin')
  browser = await launchBrowser()
})
afterAll(async () => {
  await browser?.close()
  await house?.close()
})

test('keys are added in either form, and one is retired with what that means', async () => {
  const page = await openPortal(browser, house.url, ada, { width: 1440, height: 900 })
  await page.goto(`/admin/identity-providers/${idp.id}/credentials`)
  await page.getByText('None. Clients get tokens by key and secret.').waitFor()
  const dialog = page.getByRole('dialog')
  const keys = dialog.getByLabel('Public keys')
  await page.getByRole('button', { name: 'Add keys' }).click()
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  await keys.fill(String(pair.privateKey.export({ format: 'pem', type: 'pkcs8' })))
  await dialog.getByRole('button', { name: 'Add keys' }).click()
  await dialog.getByText(/it was not sent/).waitFor()
  await lookAt(page, 'client-keys-add')
  await keys.fill('{"keys": []}')
  await dialog.getByRole('button', { name: 'Add keys' }).click()
  await dialog.getByText(/must hold 1 to 10 keys/).waitFor()
  await keys.fill(JSON.stringify({ ...pair.publicKey.export({ format: 'jwk' }), kid: 'main-2027' }))
  await dialog.getByRole('button', { name: 'Add keys' }).click()
  await page.getByText('1 client key lives').waitFor()
  await page.getByText('main-2027').first().waitFor()

  await page.getByRole('button', { name: 'Add keys' }).click()
  const pem = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({
    format: 'pem',
    type: 'spki',
  })
  await dialog
    .locator('input[type=file]')
    .or(page.locator('input[type=file]'))
    .first()
    .setInputFiles({
      name: 'key.pem',
      mimeType: 'application/x-pem-file',
      buffer: Buffer.from(pem),
    })
  await expect.poll(() => keys.inputValue(), { timeout: 5_000 }).toContain('BEGIN PUBLIC KEY')
  await dialog.getByRole('button', { name: 'Add keys' }).click()
  await page.getByText('2 client keys live').waitFor()
  await page.getByText('RSA 2048').waitFor()
  await lookAt(page, 'client-keys')

  const row = page.getByRole('row', { name: /main-2027/ })
  await row.getByRole('button', { name: /Retire/ }).click()
  await dialog.getByText(/cannot be added again/).waitFor()
  await dialog.getByRole('button', { name: 'Retire' }).click()
  await row.getByText('Retired').waitFor()
  await page.goto(`/admin/identity-providers?open=${idp.id}`)
  await page.getByRole('heading', { name: 'Client keys' }).waitFor()
  await page.getByText('RSA 2048').waitFor()
  await page.context().close()
})

test('an auditor sees the keys, and adds and retires none', async () => {
  const auditor = await house.administrator(idp.tenantId, 'auditor')
  const page = await openPortal(browser, house.url, auditor)
  await page.goto(`/admin/identity-providers/${idp.id}/credentials`)
  await page.getByText('main-2027').first().waitFor()
  for (const name of [/Add keys/, /Retire/]) expect(await page.getByRole('button', { name }).count()).toBe(0)
  await page.context().close()
})
