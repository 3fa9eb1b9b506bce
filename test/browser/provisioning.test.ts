// The provisioning page and the connection test, as an administrator sees them.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sql } from '#platform/database/sql.ts'
import { type House, openHouse, type ProvidedIdp } from '../harness.ts'
import type { ApiClient } from '../portal-client.ts'
import { patchOf } from '../scim/refusal.ts'
import { expectAccessible, expectNoWiderThan, launchBrowser, openPortal, screenshot } from './browser.ts'

const ENTRA = { 'user-agent': 'Microsoft Azure AD SCIM provisioning' }

let house: House
let browser: Browser
let idp: ProvidedIdp
let ada: ApiClient
beforeAll(async () => {
  house = await openHouse()
  await house.tenant('acme')
  idp = await house.identityProvider({ tenant: 'acme', name: 'Entra ID' })
  ada = await house.administrator(idp.tenantId, 'admin')
  browser = await launchBrowser()
  await sync()
})
afterAll(async () => {
  await browser?.close()
  await house?.close()
})

/** A short sync with one failure, and a month of totals before it. */
async function sync(): Promise<void> {
  await house.db.run(
    { tenantId: idp.tenantId },
    sql`insert into scim_hour (writer, tenant_id, idp_id, hour, requests, look_ups, created, changed, deactivated, deleted, failed, unkept)
      select gen_random_uuid(), ${idp.tenantId}, ${idp.id}, date_trunc('hour', now()) - make_interval(days => n), 200 + n, 150, n % 7 * 3, n % 5 * 4,
        n % 3, 0, case when n % 9 = 0 then 6 else 0 end, 0 from generate_series(1, 29) n`,
  )
  await idp.get('/Users?filter=userName%20eq%20%22ada@example.com%22', ENTRA)
  const { json } = await idp.post(
    '/Users',
    { userName: 'ada@example.com', displayName: 'Ada', 'urn:acme:scim:user': { costCenter: '42' }, hat: 1 },
    ENTRA,
  )
  await idp.post('/Users', { userName: 'bob@example.com', displayName: 'Bob' }, ENTRA)
  await idp.post('/Groups', { displayName: 'Crew', members: [{ value: json.id }] }, ENTRA)
  await idp.patch(`/Users/${json.id}`, patchOf({ op: 'Replace', path: 'active', value: 'False' }), ENTRA)
  await idp.post('/Users', { userName: 'ADA@example.com' }, ENTRA)
  await house.flushUnknown()
  await house.requestLog.flush()
}

async function open(path: string, viewer?: Parameters<typeof openPortal>[3]): Promise<Page> {
  const page = await openPortal(browser, house.url, ada, viewer)
  await page.goto(`/admin/identity-providers/${idp.id}/${path}`)
  return page
}

test('the overview and the row of an identity provider lead to its provisioning page', async () => {
  const page = await openPortal(browser, house.url, ada)
  const heading = page.getByRole('heading', { name: 'Provisioning: Entra ID' })
  await page.goto('/admin/')
  await page.getByRole('link', { name: 'Entra ID', exact: true }).click()
  await heading.waitFor()
  await page.goto(`/admin/identity-providers?open=${idp.id}`)
  await page.getByRole('link', { name: 'Provisioning', exact: true }).click()
  await heading.waitFor()
})

test('how the sync does is seen at a glance, and what was sent is listed', async () => {
  const page = await open('provisioning')
  await page.getByRole('heading', { name: 'Provisioning: Entra ID' }).waitFor()
  await page.getByRole('button', { name: 'Open Create ADA@example.com', exact: true }).waitFor()
  await screenshot(page, 'provisioning')
  await page.getByRole('button', { name: 'Show as table' }).click()
  await page.getByRole('columnheader', { name: 'Look-ups' }).waitFor()
  await expectAccessible(page)
})

test('a failure says why and what to do, and stays open when the page is loaded again', async () => {
  const page = await open('provisioning')
  await page.getByRole('button', { name: 'Show what failed' }).click()
  await page.waitForURL(/result=failure/)
  await expect.poll(() => page.getByRole('button', { name: /^Open / }).count()).toBe(1)
  await page.getByRole('button', { name: 'Open Create ADA@example.com', exact: true }).click()
  const drawer = page.getByRole('dialog')
  await drawer
    .getByText('The userName “ADA@example.com” is taken by the user “ada@example.com”')
    .first()
    .waitFor()
  await drawer.getByText('Enterprise applications › the application').first().waitFor()
  await screenshot(page, 'provisioning-failure')
  await page.reload()
  await drawer.getByText('It changed nothing.').waitFor()
  await page.keyboard.press('Escape')
  await expect.poll(() => new URL(page.url()).searchParams.has('request')).toBe(false)
})

test('an explanation is in the language of the pages, and changes with it', async () => {
  const page = await open('provisioning?result=failure', { locale: 'ja' })
  await page.getByRole('button', { name: /ADA@example.com/ }).click()
  const drawer = page.getByRole('dialog')
  await drawer.getByText('userName「ADA@example.com」は、ユーザー「ada@example.com」').waitFor()
  await drawer.getByText('属性マッピング').first().waitFor()
  await screenshot(page, 'provisioning-failure-ja')
})

test('a request that was accepted and left out is marked in the list, and says what', async () => {
  const { json } = await idp.post('/Users', { userName: 'eve@example.com' }, ENTRA)
  await idp.patch(`/Users/${json.id}`, patchOf({ op: 'replace', path: 'hat', value: 'red' }), ENTRA)
  await house.requestLog.flush()
  const page = await open('provisioning', { width: 390, height: 844 })
  await page.getByText('See note 200').waitFor()
  await expectNoWiderThan(page, 390)
  await page.getByRole('button', { name: 'Open Change eve@example.com', exact: true }).click()
  await page
    .getByRole('dialog')
    .getByText(/^Nothing was changed: .*hat/)
    .waitFor()
  await screenshot(page, 'provisioning-notes-390')
})

test('a change is shown before and after, and the list is filtered by the address', async () => {
  const page = await open('provisioning?operation=deactivate')
  await page.getByRole('button', { name: 'Open Deactivate ada@example.com', exact: true }).click()
  await expectAccessible(page)
  const change = page.getByRole('dialog').getByRole('region', { name: 'What it changed' })
  await change.getByRole('row', { name: 'active true false' }).waitFor()
  await page.goto(`/admin/identity-providers/${idp.id}/provisioning?text=no-such-name`)
  await page.getByText('No request fits').waitFor()
  await page.getByRole('button', { name: 'Clear filters' }).last().click()
  await page.getByRole('button', { name: 'Open Create Crew', exact: true }).waitFor()
})

test('what nobody declared is declared from the page', async () => {
  const page = await open('provisioning')
  await page.getByRole('button', { name: 'Declare urn:acme:scim:user:costCenter' }).click()
  await expectAccessible(page)
  await page.getByRole('dialog').getByRole('button', { name: 'Declare' }).click()
  await page.getByText('urn:acme:scim:user:costCenter is declared').waitFor()
  await page.getByText('Not under a URN').waitFor()
})

test('a connection test shows what is known here, and the request of the identity provider as it arrives', async () => {
  const page = await open('test-connection')
  await page.getByText('Waiting for its test').waitFor()
  await page.getByText('only this machine reaches it').waitFor()
  await screenshot(page, 'test-connection-waiting')
  await idp.request('GET', '/Users?count=1', undefined, { authorization: 'Bearer wrong', ...ENTRA })
  await house.requestLog.flush()
  await page.getByText('It arrives, and fails').waitFor()
  await page.getByRole('button', { name: /^Open Look up/ }).click()
  await page.getByRole('dialog').getByText('Secret Token').waitFor()
  await page.keyboard.press('Escape')
  await idp.get('/Users?count=1', ENTRA)
  await house.requestLog.flush()
  await page.getByText('It works').waitFor()
  await screenshot(page, 'test-connection')
  await expectAccessible(page)
})

test.each([
  ['360 pixels', { width: 360, height: 740 }, 'provisioning-360'],
  [
    'dark, wide, in Japanese',
    { colorScheme: 'dark', width: 1440, height: 900, locale: 'ja' },
    'provisioning-dark-ja',
  ],
] as const)('%s', async (_name, viewer, file) => {
  const page = await open('provisioning', viewer)
  await page.getByRole('table').first().waitFor()
  await expect.poll(() => page.getByRole('row').count()).toBeGreaterThan(5)
  await expectNoWiderThan(page, viewer.width)
  await screenshot(page, file)
  await page
    .getByRole('button', { name: /ADA@example.com/ })
    .first()
    .click()
  await page.getByRole('dialog').getByRole('list').waitFor()
  await screenshot(page, `${file}-request`)
})

test('values that are converted are listed by their attribute', async () => {
  await idp.post('/Users', { userName: 'eve@example.com', externalId: 4711 }, ENTRA)
  await house.flushUnknown()
  const page = await open('provisioning', { width: 1440, height: 900 })
  const converted = page.getByRole('region', { name: 'Converted values', exact: true })
  await converted.getByText('externalId').waitFor()
  await converted.getByText('A number instead of text').waitFor()
  await converted.scrollIntoViewIfNeeded()
  await screenshot(page, 'provisioning-converted')
  await expectAccessible(page)
})
