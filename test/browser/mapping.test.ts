import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { sql } from '#platform/database/sql.ts'
import { type House, openHouse, type ProvidedIdp } from '../harness.ts'
import type { ApiClient } from '../portal-client.ts'
import { expectAccessible, launchBrowser, lookAt, openPortal, screenshot } from './browser.ts'

vi.setConfig({ testTimeout: 180_000 })

let house: House
let browser: Browser
let idp: ProvidedIdp
let ada: ApiClient
beforeAll(async () => {
  house = await openHouse()
  await house.tenant('acme')
  idp = await house.identityProvider({ tenant: 'acme', name: 'Entra ID' })
  ada = await house.administrator(idp.tenantId, 'admin')
  for (const [given, family, title] of PEOPLE)
    await idp.post('/Users', {
      userName: `${given}.${family}@Harbour.example`,
      displayName: `${given} ${family}`,
      name: { givenName: given, familyName: family },
      title,
      emails: [
        { value: `${given}@home.example`.toLowerCase(), type: 'home', primary: true },
        { value: `${given}.${family}@harbour.example`.toLowerCase(), type: 'work' },
      ],
      phoneNumbers: [{ value: '+81 3 1234 5678', type: 'work' }],
    })
  browser = await launchBrowser()
})
afterAll(async () => {
  await browser?.close()
  await house?.close()
})

const PEOPLE = [
  ['Ada', 'Lovelace', 'Engineer'],
  ['Grace', 'Hopper', 'Rear Admiral'],
  ['Wren', 'Cole', 'Pilot'],
  ['Kai', 'Rao', 'Boatswain'],
] as const

const berth = {
  name: 'berth',
  type: 'string',
  multiValued: false,
  description: 'Where it lies',
  required: false,
  mutability: 'readWrite',
  returned: 'default',
}
const customSchema =
  () => sql`insert into custom_schema (id, tenant_id, idp_id, resource_type, urn, definition)
  select uuidv7(), ${idp.tenantId}, ${idp.id}, 'User', 'urn:example:2.0:User',
    ${JSON.stringify({ id: 'urn:example:2.0:User', name: 'x', description: '', attributes: [berth] })}`

const pathOf = () => `/admin/identity-providers/${idp.id}/mapping`

async function profileOf(userName: string): Promise<Record<string, string>> {
  const { json } = await ada.get(`/users?q=${encodeURIComponent(userName)}`)
  return (await ada.get(`/users/${json.items[0].id}`)).json.profile
}

test('a mapping is changed with completion, seen on real users, saved and applied with progress', async () => {
  const page = await openPortal(browser, house.url, ada, { width: 1440, height: 900 })
  await page.goto(`/admin/identity-providers?open=${idp.id}`)
  await page.getByRole('link', { name: 'Attribute mapping' }).click()
  await page.getByRole('heading', { name: 'Attribute mapping of Entra ID' }).waitFor()
  await page.getByText('Default mapping').waitFor()
  const preview = page.getByRole('region', { name: 'Preview' })
  await preview.getByText('ada@home.example').first().waitFor()
  expect(await page.getByRole('button', { name: 'Save' }).isDisabled()).toBe(true)

  const email = page.getByRole('combobox', { name: 'SCIM attribute of email' })
  await email.fill('work')
  await page.getByRole('option', { name: 'emails[type eq "work"].value' }).click()
  await preview
    .getByText(/^ada\.lovelace@harbour\.example/)
    .first()
    .waitFor()
  await preview.getByText('changed').first().waitFor()

  await page.getByRole('button', { name: 'Options of username' }).click()
  await page.getByRole('combobox', { name: 'Add a step' }).click()
  await page.getByRole('option', { name: 'Part before' }).click()
  await preview.getByText('Ada.Lovelace', { exact: true }).waitFor()
  await lookAt(page, 'mapping')

  await page.getByRole('button', { name: 'Save' }).click()
  const jobs = page.getByRole('region', { name: 'In the background' })
  await jobs.getByText('Apply the attribute mapping of Entra ID to 4 users').waitFor()
  await house.runJobs()
  await jobs.getByText('4 of 4').waitFor()
  await lookAt(page, 'mapping-applied')
  expect(await profileOf('Ada.Lovelace')).toMatchObject({
    username: 'Ada.Lovelace',
    email: 'ada.lovelace@harbour.example',
  })
  await page.getByText('Own mapping').waitFor()
  await preview.getByText('no change').first().waitFor()
  await page.context().close()
})

test('what is wrong stands at its field, what is not saved is guarded, and a preset is one step away', async () => {
  const page = await openPortal(browser, house.url, ada, { width: 1440, height: 900 })
  await page.goto(pathOf())
  await page.getByRole('button', { name: 'Load a preset' }).click()
  await page.getByRole('menuitem', { name: 'Okta' }).click()
  const manager = page.getByRole('combobox', { name: 'SCIM attribute of manager' })
  await expect.poll(() => manager.inputValue()).toMatch(/manager\.displayName$/)
  await manager.fill('boss')
  await page.getByText(/names no attribute of the schemas/).waitFor()
  expect(await manager.getAttribute('aria-invalid')).toBe('true')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('alert').getByText('That did not work').waitFor()
  await lookAt(page, 'mapping-problem')
  await page.getByRole('link', { name: 'Identity Providers' }).first().click()
  await page.getByRole('dialog').getByRole('button', { name: 'Stay' }).click()
  await page.getByRole('button', { name: 'Discard changes' }).click()
  await expect.poll(() => page.getByRole('button', { name: 'Save' }).isDisabled()).toBe(true)
  await page.context().close()
})

test('rules are added, moved and removed by the keyboard alone', async () => {
  const page = await openPortal(browser, house.url, ada, { width: 1440, height: 900 })
  await page.goto(`/admin/identity-providers/${idp.id}/edit`)
  const way = page.getByRole('link', { name: 'open the mapping editor' })
  await way.waitFor()
  await way.scrollIntoViewIfNeeded()
  await screenshot(page, 'identity-provider-edit-mapping')
  await way.press('Enter')
  await page.getByText('no change').first().waitFor()
  await page.getByRole('button', { name: 'Add an attribute' }).press('Enter')
  const isFocused = (label: string) =>
    expect
      .poll(() => page.evaluate('document.activeElement.getAttribute("aria-label")'), { timeout: 10_000 })
      .toBe(label)
  await isFocused('Profile attribute')
  await page.keyboard.type('site')
  await page.keyboard.press('Alt+ArrowUp')
  await isFocused('Move site up (Alt+↑)')
  await page.keyboard.press('Enter')
  await isFocused('Move site up (Alt+↑)')
  const attributes = () =>
    page
      .getByRole('combobox', { name: 'Profile attribute' })
      .evaluateAll((inputs) => inputs.map((input) => (input as unknown as { value: string }).value))
  expect((await attributes()).at(-3)).toBe('site')
  await page.getByRole('button', { name: 'Remove site' }).press('Enter')
  expect(await attributes()).not.toContain('site')
  await page.context().close()
})

test('a custom attribute is completed, saved and changed again by the keyboard alone', async () => {
  await house.db.run({ tenantId: idp.tenantId }, customSchema())
  const page = await openPortal(browser, house.url, ada, { width: 1440, height: 900 })
  await page.goto(pathOf())
  await page.getByRole('button', { name: 'Add an attribute' }).press('Enter')
  const focused = (name: string) =>
    expect.poll(() => page.evaluate('document.activeElement.getAttribute("aria-label")')).toBe(name)
  await focused('Profile attribute')
  await page.keyboard.type('berth')
  await page.keyboard.press('Tab')
  await focused('SCIM attribute of berth')
  await page.keyboard.type('where it lies') // its description finds it, too
  await page.getByRole('option', { name: /urn:example:2.0:User:berth/ }).waitFor()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  const source = page.getByRole('combobox', { name: 'SCIM attribute of berth' })
  await expect.poll(() => source.inputValue()).toBe('urn:example:2.0:User:berth')
  await page.keyboard.press('Tab')
  await focused('Options of berth')
  await page.keyboard.press('Enter')
  await page.getByRole('textbox', { name: 'Default' }).fill('ashore')
  await page.getByRole('button', { name: 'Save' }).press('Enter')
  await page.getByText('Saved', { exact: true }).waitFor()
  await house.runJobs()
  expect(await profileOf('Wren.Cole')).toMatchObject({ berth: 'ashore' })
  // What is typed after saving is guarded as what was typed before.
  await page.getByRole('textbox', { name: 'Default' }).fill('aboard')
  await page.getByRole('link', { name: 'Users' }).first().click()
  await page.getByRole('dialog').getByRole('button', { name: 'Stay' }).click()
  await page.getByRole('button', { name: 'Save' }).press('Enter')
  await expect
    .poll(() => page.getByRole('button', { name: 'Save' }).isDisabled(), { timeout: 5_000 })
    .toBe(true)
  await house.runJobs()
  expect(await profileOf('Wren.Cole')).toMatchObject({ berth: 'aboard' })
  await page.context().close()
})

test('an auditor sees the rules and tries nothing away', async () => {
  const auditor = await house.administrator(idp.tenantId, 'auditor')
  const page = await openPortal(browser, house.url, auditor, { locale: 'ja' })
  await page.goto(pathOf())
  await page.getByRole('heading', { name: 'Entra ID の属性マッピング' }).waitFor()
  await page
    .getByText(/^ada\.lovelace@harbour\.example/)
    .first()
    .waitFor()
  expect(await page.getByRole('button', { name: '保存' }).count()).toBe(0)
  await expectAccessible(page)
  await screenshot(page, 'mapping-auditor-ja')
  await page.context().close()
})
