// Groups (IdP) in a real browser: found, looked into, and made where they are local.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { ensureLocalIdentityProvider } from '#identity-providers/create.ts'
import { type House, openHouse, type ProvidedIdp } from '../harness.ts'
import type { ApiClient } from '../portal-client.ts'
import { expectAccessible, expectNoWiderThan, launchBrowser, openPortal, screenshot } from './browser.ts'

vi.setConfig({ testTimeout: 120_000 })

let house: House
let browser: Browser
let okta: ProvidedIdp
let ada: ApiClient
beforeAll(async () => {
  house = await openHouse()
  await house.tenant('acme')
  okta = await house.identityProvider({ tenant: 'acme', name: 'Okta' })
  await ensureLocalIdentityProvider(house.db, okta.operator)
  ada = await house.administrator(okta.tenantId, 'admin')
  browser = await launchBrowser()
  const members: { value: string }[] = []
  for (const userName of ['ada', 'alan', 'edsger'])
    members.push({
      value: (await okta.post('/Users', { userName, displayName: `${userName} of Okta` })).json.id,
    })
  const { json: crew } = await okta.post('/Groups', { displayName: 'Engineering', members })
  await okta.post('/Groups', { displayName: 'Everybody', members: [{ value: crew.id }] })
  await ada.post('/users', { userName: 'contractor', email: 'c@example.com', displayName: 'A Contractor' })
})
afterAll(async () => {
  await browser?.close()
  await house?.close()
})

async function open(path: string, viewer?: Parameters<typeof openPortal>[3]): Promise<Page> {
  const page = await openPortal(browser, house.url, ada, viewer)
  await page.goto(`/admin${path}`)
  return page
}

test('a group is found, and shows its members, and the groups above it', async () => {
  const page = await open('/groups')
  await page.getByRole('link', { name: 'Everybody' }).waitFor()
  await screenshot(page, 'groups')
  await expectAccessible(page)
  await page.getByRole('searchbox').fill('ENGIN')
  await page.waitForURL(/q=ENGIN/)
  await expect.poll(() => page.getByRole('link', { name: 'Everybody' }).count()).toBe(0)
  await page.getByRole('link', { name: 'Engineering' }).click()
  await page.getByText('Members: 3 · Okta').waitFor()
  await page.getByRole('link', { name: 'edsger', exact: true }).waitFor()
  await page.getByRole('link', { name: 'Everybody' }).waitFor()
  await page.getByText('This group is the word of Okta').waitFor()
  expect(await page.getByRole('button', { name: 'Rename' }).count()).toBe(0)
  await screenshot(page, 'group')
  await expectAccessible(page)
  await page.getByRole('link', { name: 'Show as list of users' }).click()
  await page.waitForURL(/\/users\?groupId=/)
  await expect.poll(() => page.getByRole('row').count()).toBe(4)
})

test('a local group is made, filled, emptied with a way back, renamed and deleted', async () => {
  const page = await open('/groups')
  await page.getByRole('button', { name: 'New local group' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Name').fill('Contractors')
  await expectAccessible(page)
  await dialog.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('heading', { name: 'Contractors' }).waitFor()
  await page.getByText('Nobody is in it.').waitFor()
  await page.getByRole('combobox', { name: 'Add a local user or group' }).fill('contr')
  await page.getByRole('option', { name: /contractor/ }).click()
  await page.getByText('contractor is a member').waitFor()
  await page.getByRole('button', { name: 'Remove contractor' }).click()
  await page.getByText('Nobody is in it.').waitFor()
  await page.getByRole('button', { name: 'Undo' }).click()
  await page.getByRole('link', { name: 'contractor', exact: true }).waitFor()
  await ada.post('/groups', { displayName: 'Subcontractors' })
  await page.getByRole('combobox', { name: 'Add a local user or group' }).fill('contractors')
  await page.getByRole('option', { name: 'Subcontractors' }).waitFor()
  expect(await page.getByRole('option', { name: 'Contractors', exact: true }).count()).toBe(0) // not itself
  await screenshot(page, 'group-add-member')
  await page.getByRole('option', { name: 'Subcontractors' }).click()
  await page.getByRole('link', { name: 'Subcontractors' }).first().waitFor()
  await expectAccessible(page)
  await screenshot(page, 'group-local')
  await page.getByRole('button', { name: 'Rename' }).click()
  await dialog.getByLabel('Name').fill('Guests')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('heading', { name: 'Guests' }).waitFor()
  await page.getByRole('button', { name: 'Delete' }).click()
  await dialog.getByRole('textbox').fill('Guests')
  await dialog.getByRole('button', { name: 'Delete' }).click()
  await page.waitForURL(/\/groups$/)
})

test.each([
  ['360 pixels', { width: 360, height: 740 }, '360'],
  ['dark and wide', { colorScheme: 'dark', width: 1440, height: 900 }, 'dark'],
] as const)('%s', async (_name, viewer, file) => {
  const page = await open('/groups', viewer)
  await page.getByRole('link', { name: 'Engineering' }).waitFor()
  await expectNoWiderThan(page, viewer.width)
  await screenshot(page, `groups-${file}`)
  await page.getByRole('link', { name: 'Engineering' }).click()
  await page.getByRole('link', { name: 'edsger', exact: true }).waitFor()
  await page
    .getByRole('button', { name: /Engineering/ })
    .first()
    .waitFor()
  await expectNoWiderThan(page, viewer.width)
  await screenshot(page, `group-${file}`)
})
