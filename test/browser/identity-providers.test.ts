import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ensureLocalIdentityProvider } from '#identity-providers/create.ts'
import { type House, openHouse } from '../harness.ts'
import { CERTIFICATE } from '../identity-providers/certificate.ts'
import type { ApiClient } from '../portal-client.ts'
import { keyPair } from '../sign-in/key-pair.ts'
import { connectSaml } from '../sign-in/saml-house.ts'
import { launchBrowser, lookAt, openPortal, screenshot } from './browser.ts'

let house: House
let browser: Browser
let tenantId: string
let ada: ApiClient
beforeAll(async () => {
  house = await openHouse({ allowPrivateNetworks: ['127.0.0.0/8'] })
  tenantId = await house.tenant('acme')
  ada = await house.administrator(tenantId, 'admin')
  browser = await launchBrowser()
})
afterAll(async () => {
  await browser?.close()
  await house?.close()
})

const der = CERTIFICATE.replace(/-----[A-Z ]+-----/g, '').trim()
const METADATA = `<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="http://www.okta.com/exk1">
  <IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
    <KeyDescriptor use="signing"><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data>
      <X509Certificate>${der}</X509Certificate></X509Data></KeyInfo></KeyDescriptor>
    <SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://acme.okta.com/sso"/>
  </IDPSSODescriptor>
</EntityDescriptor>`

async function pasteMetadata(page: Page, xml: string): Promise<void> {
  await page.getByText('Text or file', { exact: true }).click()
  await page.getByLabel('Metadata XML').fill(xml)
  await page.getByRole('button', { name: 'Read metadata' }).click()
}

/** Fills the form of a new one, and saves it. */
async function connect(page: Page, name: string): Promise<void> {
  await page.goto('/admin/identity-providers/new')
  await page
    .getByRole('textbox', { name: /^Name\b/ })
    .first()
    .fill(name)
  await pasteMetadata(page, METADATA)
  await page.getByText('The fields below were filled').waitFor()
  await page.getByLabel('Let it provision users and groups over SCIM').check()
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('heading', { name: `Credentials of ${name}` }).waitFor()
}

test('an empty list says what to do, and the form says what is missing where it is typed', async () => {
  const page = await openPortal(browser, house.url, ada, { width: 1440, height: 900 })
  await page.goto('/admin/identity-providers')
  await page.getByText('No identity provider yet').waitFor()
  await lookAt(page, 'identity-providers-empty')
  await page.getByRole('link', { name: 'New IdP' }).click()
  await page
    .getByRole('textbox', { name: /^Name\b/ })
    .first()
    .fill('Okta')
  await page.getByLabel('Let it provision users and groups over SCIM').check()
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('is needed before auto-provisioning can be switched on').first().waitFor()
  expect(await page.getByLabel('SSO URL').getAttribute('aria-invalid')).toBe('true')
  await screenshot(page, 'identity-provider-form-errors')
})

test('pasted metadata fills the form; what is wrong with it is said beside it', async () => {
  const page = await openPortal(browser, house.url, ada, { width: 1440, height: 900 })
  await page.goto('/admin/identity-providers/new')
  await pasteMetadata(page, '<!DOCTYPE x>')
  await page.getByText('must not contain a DOCTYPE').waitFor()
  await pasteMetadata(page, METADATA)
  await page.getByText('The fields below were filled').waitFor()
  expect(await page.getByLabel('SSO URL').inputValue()).toBe('https://acme.okta.com/sso')
  await page.getByText('CN=idp.example').waitFor()
  await lookAt(page, 'identity-provider-form')
})

test('saving leads to the credentials, shown once, and nobody leaves by accident without them', async () => {
  const page = await openPortal(browser, house.url, ada, { width: 1440, height: 900 })
  await connect(page, 'Okta')
  await page.getByText('Secret and token are shown only now').waitFor()
  await lookAt(page, 'identity-provider-credentials')
  await page.getByRole('link', { name: 'Next: setup guide' }).click()
  await page.getByRole('button', { name: 'Stay' }).click()
  await page.getByRole('button', { name: 'Copy Token' }).click()
  await page.getByRole('status').filter({ hasText: 'Token: Copied' }).waitFor({ state: 'attached' })
  expect(await page.evaluate('navigator.clipboard.readText()')).toMatch(/^dlt_/)
  await page.getByRole('link', { name: 'Next: setup guide' }).click()
  await page.getByRole('heading', { name: 'Setup guide for Okta' }).waitFor()
})

test('the guide has the values of this identity provider, and the token only right after it was made', async () => {
  const page = await openPortal(browser, house.url, ada, { width: 1440, height: 900 })
  await connect(page, 'Okta two')
  await page.getByLabel('I have copied or downloaded').check()
  await page.getByRole('link', { name: 'Next: setup guide' }).click()
  await page.getByText('SCIM connector base URL', { exact: true }).waitFor()
  await page.getByText('dlt_').first().waitFor()
  await lookAt(page, 'identity-provider-guide')
  await page.getByLabel('For').selectOption('entra')
  await page.getByText('Tenant URL', { exact: true }).waitFor()
  expect(new URL(page.url()).searchParams.get('for')).toBe('entra')
  await page.reload()
  await page.getByText('The token was shown once').first().waitFor()
  expect(await page.content()).not.toContain('dlt_')
})

test('a row opens to its details; credentials are rotated, and the old set retired', async () => {
  const idp = await house.identityProvider({ tenant: 'acme', name: 'Rotating' })
  const page = await openPortal(browser, house.url, ada, { width: 1440, height: 900 })
  await page.goto(`/admin/identity-providers?open=${idp.id}`)
  await page.getByRole('heading', { name: 'SCIM credentials' }).waitFor()
  await page.getByRole('button', { name: 'Rotate …' }).waitFor()
  await lookAt(page, 'identity-providers')
  await page.getByRole('button', { name: 'Rotate …' }).click()
  await page.getByRole('button', { name: 'Rotate', exact: true }).click()
  await page.getByRole('heading', { name: 'Credentials of Rotating' }).waitFor()
  await page.getByLabel('I have copied or downloaded').check()
  await page.goto(`/admin/identity-providers?open=${idp.id}`)
  await page.getByRole('button', { name: 'Retire …' }).first().click()
  await page.getByText('Whatever still uses this set is refused at once').waitFor()
  await page.getByRole('button', { name: 'Retire', exact: true }).click()
  await page.getByText('Retired', { exact: true }).waitFor()
  expect((await idp.get('/Users?count=1')).status).toBe(401)
})

test('switching off says who it is for; deleting asks for the name', async () => {
  const idp = await house.identityProvider({ tenant: 'acme', name: 'To go' })
  const user = { schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'], userName: 'ada' }
  await idp.post('/Users', user)
  const page = await openPortal(browser, house.url, ada, { width: 1440, height: 900 })
  await page.goto(`/admin/identity-providers?open=${idp.id}`)
  await page.getByRole('switch', { name: 'To go is enabled' }).click({ force: true })
  await page.getByText('Its 1 user can no longer sign in').waitFor()
  await screenshot(page, 'identity-provider-disable')
  await page.getByRole('button', { name: 'Disable', exact: true }).click()
  await expect.poll(async () => (await idp.get('/Users?count=1')).status).toBe(403)

  await page.getByRole('button', { name: 'Delete …' }).click()
  await page.getByText('1 user, 0 groups and 1 working set of credentials').waitFor()
  const confirm = page.getByRole('button', { name: 'Delete To go' })
  expect(await confirm.isDisabled()).toBe(true)
  await page.getByLabel('Type To go to confirm').fill('To go')
  await screenshot(page, 'identity-provider-delete')
  await confirm.click()
  await page.getByText('To go is deleted').waitFor()
  expect((await idp.get('/Users?count=1')).status).toBe(401)
})

test('two administrators do not overwrite each other, and unsaved work is not lost by a click', async () => {
  const made = await ada.post('/identity-providers', {
    name: 'Shared',
    type: 'oidc',
    details: { issuer: 'https://op.example', clientId: 'c', clientSecret: 'kept' },
  })
  const page = await openPortal(browser, house.url, ada, { width: 1440, height: 900 })
  await page.goto(`/admin/identity-providers/${made.json.id}/edit`)
  await page.getByLabel('Client ID').fill('changed')
  await page.getByRole('link', { name: 'Overview' }).click()
  await page.getByRole('button', { name: 'Stay' }).click()
  await ada.patch(`/identity-providers/${made.json.id}`, { mode: 'strict' })
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('Someone else has changed this meanwhile').waitFor()
  await page.getByRole('button', { name: 'Load it again' }).click()
  await expect.poll(() => page.getByLabel('Client ID').inputValue()).toBe('c')
  await page.getByLabel('Client ID').fill('changed')
  await page.getByLabel('Strict').waitFor()
  await page.getByRole('button', { name: 'Check issuer' }).click()
  await page.getByText('Failed:').waitFor()
  await lookAt(page, 'identity-provider-oidc')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('heading', { name: 'Identity Providers' }).waitFor()
  const { json } = await ada.get(`/identity-providers/${made.json.id}`)
  expect(json).toMatchObject({ hasClientSecret: true, mode: 'strict', details: { clientId: 'changed' } })
})

test('an auditor looks and is offered nothing to change; the pages speak Japanese', async () => {
  const auditor = await house.administrator(tenantId, 'auditor')
  const page = await openPortal(browser, house.url, auditor, { width: 1440, height: 900, locale: 'ja' })
  await page.goto('/admin/identity-providers')
  await page.getByRole('heading', { name: 'アイデンティティプロバイダー' }).waitFor()
  await page.getByRole('switch').first().waitFor()
  expect(await page.getByRole('link', { name: '新しい IdP' }).count()).toBe(0)
  expect(await page.getByRole('switch').first().isDisabled()).toBe(true)
  await screenshot(page, 'identity-providers-ja')
})

test('our own certificates toward a SAML identity provider: made, rolled over, retired; requests signed', async () => {
  const idp = await connectSaml(house, tenantId, 'Signing', await keyPair())
  const page = await openPortal(browser, house.url, ada, { width: 1440, height: 900 })
  await page.goto(`/admin/identity-providers?open=${idp.id}`)
  await page.getByText('None yet. The first one is made').waitFor()
  await page.getByRole('button', { name: 'Make a certificate …' }).click()
  await page.getByText('It is good for 5 years').waitFor()
  await page.getByRole('button', { name: 'Make a certificate', exact: true }).click()
  await page.getByText('In use', { exact: true }).waitFor()
  await page.getByLabel('Sign our requests').click({ force: true })
  await page.getByText('give it our certificate first').waitFor()
  await page.getByRole('button', { name: 'Sign requests', exact: true }).click()
  await page.getByText('carry a signature').waitFor()
  await page.getByRole('button', { name: 'Rotate …' }).last().click()
  await screenshot(page, 'service-certificate-rotate')
  await page.getByRole('button', { name: 'Rotate', exact: true }).click()
  await page.getByText('Two are published').waitFor()
  expect(await page.getByRole('link', { name: /^Download the certificate/ }).count()).toBe(2)
  await page.getByRole('heading', { name: 'Our certificates' }).scrollIntoViewIfNeeded()
  await lookAt(page, 'service-certificates')
  await page.getByRole('button', { name: 'Retire …' }).nth(1).click()
  await page.getByText('From now on the next certificate signs').waitFor()
  await screenshot(page, 'service-certificate-retire')
  await page.getByRole('button', { name: 'Retire', exact: true }).click()
  await page.getByText('Retired', { exact: true }).waitFor()
  const { items } = (await ada.get(`/identity-providers/${idp.id}/service-certificates`)).json
  expect(items.map(({ state }: { state: string }) => state)).toEqual(['signing', 'retired'])
  expect((await ada.get(`/identity-providers/${idp.id}`)).json.details.signRequests).toBe(true)
})

test('metadata is read again: certificates that change are shown, and taken over in one step', async () => {
  let served = METADATA
  const far = createServer((_request, answer) => answer.end(served))
  await new Promise<void>((resolve) => far.listen(0, '127.0.0.1', resolve))
  try {
    const metadataUrl = `http://127.0.0.1:${(far.address() as AddressInfo).port}/metadata`
    const { details } = (await ada.post('/identity-providers/metadata', { url: metadataUrl })).json
    const soon = (await keyPair()).certificate // good until tomorrow
    const made = await ada.post('/identity-providers', {
      name: 'Expiring',
      type: 'saml',
      details: { ...details, certificates: [soon] },
    })
    const page = await openPortal(browser, house.url, ada, { width: 1440, height: 900 })
    await page.goto('/admin')
    await page.getByText('Certificate: Expires soon').first().waitFor()
    await lookAt(page, 'overview-certificate')
    await page.goto(`/admin/identity-providers?open=${made.json.id}`)
    await page.getByText('Certificate: Expires soon').first().waitFor()
    served = METADATA.replace('acme.okta.com/sso', 'acme.okta.com/new')
    await page.getByRole('button', { name: 'Check metadata' }).click()
    await page.getByText('https://acme.okta.com/new').waitFor()
    await page.getByText('New certificates').waitFor()
    await page.getByText('Certificates that the metadata no longer names').waitFor()
    await lookAt(page, 'metadata-changes')
    await page.getByRole('button', { name: 'Take over' }).click()
    await page.getByText('Expiring has the details of its metadata').waitFor()
    const { json } = await ada.get(`/identity-providers/${made.json.id}`)
    expect(json.details).toMatchObject({
      ssoUrl: 'https://acme.okta.com/new',
      certificates: [{ subject: 'CN=idp.example' }],
    })
    await page.getByRole('button', { name: 'Check metadata' }).click()
    await page.getByText('Nothing is different').waitFor()
    served = 'not metadata'
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Check metadata' }).click()
    await page.getByRole('alert', { name: 'That did not work' }).waitFor()
    await screenshot(page, 'metadata-unreadable')
  } finally {
    far.close()
  }
})

test('the form of the local identity provider does not offer a second factor of its own', async () => {
  const own = await house.tenant('local-only')
  await ensureLocalIdentityProvider(house.db, { tenantId: own, actor: { type: 'system', name: 'test' } })
  const admin = await house.administrator(own, 'admin')
  const { items } = (await admin.get('/identity-providers')).json
  const page = await openPortal(browser, house.url, admin)
  await page.goto(`/admin/identity-providers/${items[0].id}/edit`)
  await page.getByRole('radio', { name: /^Mandatory/ }).waitFor()
  expect(await page.getByRole('radio', { name: /^External/ }).count()).toBe(0)
  await page.context().close()
})

test('the switch for unique external IDs names the users that share one, and stays off', async () => {
  const idp = await connectSaml(house, tenantId, 'Shared IDs', await keyPair())
  const ids: string[] = []
  for (const userName of ['ada@acme.example', 'bob@acme.example'])
    ids.push((await idp.post('/Users', { userName, externalId: '42' })).json.id)
  const page = await openPortal(browser, house.url, ada, { width: 1440, height: 900 })
  await page.goto(`/admin/identity-providers/${idp.id}/edit`)
  const uniqueIds = page.getByLabel('External IDs are unique')
  await uniqueIds.check()
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('“42” (users ada@acme.example, bob@acme.example)').waitFor()
  await lookAt(page, 'identity-provider-shared-external-ids')
  await idp.delete(`/Users/${ids[1]}`)
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('heading', { name: 'Shared IDs' }).first().waitFor()
  await page.goto(`/admin/identity-providers/${idp.id}/edit`)
  expect(await page.getByLabel('External IDs are unique').isChecked()).toBe(true)
})
