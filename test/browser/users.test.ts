// Users in a real browser: found, held and let in, edited where they are local, many at once.
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
  await people()
})
afterAll(async () => {
  await browser?.close()
  await house?.close()
})

async function people(): Promise<void> {
  const names = [
    'Ada Lovelace',
    'Alan Turing',
    'Edsger Dijkstra',
    'Grace Hopper',
    'John McCarthy',
    'Barbara Liskov',
  ]
  const members: { value: string }[] = []
  for (const displayName of names) {
    const [givenName = '', familyName = ''] = displayName.split(' ')
    const userName = `${givenName}.${familyName}@example.com`.toLowerCase()
    const emails = [{ value: userName, primary: true }]
    const { json } = await okta.post('/Users', {
      userName,
      displayName,
      emails,
      name: { givenName, familyName },
      title: 'Engineer',
    })
    members.push({ value: json.id })
  }
  const { json: crew } = await okta.post('/Groups', {
    displayName: 'Engineering',
    members: members.slice(0, 4),
  })
  await okta.post('/Groups', { displayName: 'Everybody', members: [{ value: crew.id }] })
  await ada.post(`/users/${members[4]?.value}/disable`)
  await ada.post('/users', { userName: 'contractor', email: 'c@example.com', displayName: 'A Contractor' })
}

async function open(path: string, viewer?: Parameters<typeof openPortal>[3]): Promise<Page> {
  const page = await openPortal(browser, house.url, ada, viewer)
  await page.goto(`/admin${path}`)
  return page
}

test('who was not the first to save a local user sees what the other did, and saves on it', async () => {
  const local = { userName: 'quick', email: 'quick@example.com', displayName: 'Quick' }
  const { id } = (await ada.post('/users', local)).json
  const page = await open(`/users/${id}/edit`)
  await page.getByLabel('Display name').fill('Quicker')
  await ada.patch(`/users/${id}`, { title: 'Pilot' })
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('alert').getByText('what you typed here is lost then').waitFor()
  await page.getByRole('button', { name: 'Load it again' }).click()
  await expect.poll(() => page.getByLabel('Title').inputValue()).toBe('Pilot')
  await page.getByLabel('Display name').fill('Quickest')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('quick is saved').waitFor()
  expect((await ada.get(`/users/${id}`)).json.resource).toMatchObject({
    displayName: 'Quickest',
    title: 'Pilot',
  })
  await ada.delete(`/users/${id}`)
})

const rows = (page: Page) => page.getByRole('row').count()

test('people are found by a part of their name, and the address of the page says by what', async () => {
  const page = await open('/users')
  await page.getByRole('link', { name: 'ada.lovelace@example.com' }).waitFor()
  await page.getByText('7 in total').waitFor()
  await screenshot(page, 'users')
  await expectAccessible(page)
  await page.getByRole('searchbox').fill('love')
  await page.waitForURL(/q=love/)
  await expect.poll(() => rows(page)).toBe(2)
  await page.goto('/admin/users?status=disabled')
  await page.getByText('You hold it.').waitFor()
  await page.goto('/admin/users?q=nobody-at-all')
  await page.getByText('Nobody fits').waitFor()
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Clear filters' }).last().click()
  await page.getByRole('button', { name: 'Sort by Display name' }).click()
  await page.waitForURL(/sort=displayName/)
})

test('the switch of a row holds a user, and the message takes it back', async () => {
  const page = await open('/users?q=turing')
  const access = page.getByRole('switch', { name: 'Let alan.turing@example.com in' })
  await access.waitFor()
  await access.press('Space')
  await page.getByText('You hold it.').waitFor()
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect.poll(() => page.getByText('You hold it.').count()).toBe(0)
  await page.getByText('is enabled').waitFor()
})

test('one user is shown with state, profile, groups, resource and history, and is disabled after a question', async () => {
  const page = await open('/users?q=hopper')
  await page.getByRole('link', { name: 'grace.hopper@example.com' }).click()
  await page.getByRole('heading', { name: 'grace.hopper@example.com' }).waitFor()
  await page.getByRole('link', { name: 'Engineering' }).waitFor()
  await page.getByText('Through another group').waitFor()
  await page.getByText('This profile is the word of Okta').waitFor()
  await page.getByRole('button', { name: 'Disable' }).click()
  await page.getByRole('dialog').getByText('the identity provider sees them as inactive').waitFor()
  await expectAccessible(page)
  await page.getByRole('dialog').getByRole('button', { name: 'Disable' }).click()
  await page.getByText('Its word does not lift your hold').waitFor()
  const newest = page.getByRole('row').filter({ hasText: 'Deactivated' })
  await newest.getByRole('button', { name: /^Show what happened/ }).click()
  await page.getByRole('row', { name: 'disabled false true' }).waitFor()
  await screenshot(page, 'user')
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Enable' }).click()
  await page.getByText('The person may sign in.').waitFor()
})

test('a local user is made, what is wrong is told at its field, and leaving with changes asks', async () => {
  const page = await open('/users/new')
  await page.getByLabel('User name').fill('CONTRACTOR')
  await page.getByLabel('E-mail').fill('new@example.com')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('It is taken by "contractor"').first().waitFor()
  await expectAccessible(page)
  await page.getByRole('link', { name: 'Groups (IdP)' }).click()
  await page.getByRole('dialog').getByText('Leave without saving?').waitFor()
  await page.getByRole('button', { name: 'Stay' }).click()
  await page.getByLabel('User name').fill('newcomer')
  await page.getByLabel('Department').fill('Research')
  await screenshot(page, 'user-new')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('heading', { name: 'newcomer' }).waitFor()
  await page.getByRole('link', { name: 'Edit' }).click()
  await page.getByLabel('Department').fill('')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('heading', { name: 'newcomer', exact: true }).waitFor()
  expect(await page.getByText('Research', { exact: true }).count()).toBe(0)
  await page.getByRole('button', { name: 'Delete' }).click()
  await page.getByRole('dialog').getByRole('textbox').fill('newcomer')
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
  await page.waitForURL(/\/users$/)
})

test('many are disabled at once, after a warning, with a bar that shows how far it is', async () => {
  const page = await open('/users?q=example.com')
  await page.getByRole('checkbox', { name: 'Select this page' }).check()
  await page.getByRole('button', { name: 'With 6 selected' }).click()
  await page.getByRole('menuitem', { name: 'Disable …' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText(/That is \d+ % of everybody/).waitFor()
  await expectAccessible(page)
  await screenshot(page, 'users-bulk')
  await dialog.getByRole('textbox').fill('6')
  await dialog.getByRole('button', { name: 'Disable 6 users' }).click()
  const progress = page.getByRole('region', { name: 'In the background' })
  await progress.getByText('Waiting').waitFor()
  await house.runJobs()
  await progress.getByText('6 of 6').waitFor()
  await expect.poll(() => page.getByText('You hold it.').count()).toBe(6)
  await expectAccessible(page)
  await screenshot(page, 'users-bulk-done')
  await page.getByRole('button', { name: 'With all that are found' }).click()
  await page.getByRole('menuitem', { name: 'Enable …' }).click()
  await dialog.getByRole('button', { name: 'Enable 6 users' }).click()
  await expect.poll(() => progress.getByText('Waiting').count()).toBe(1)
  await house.runJobs()
  await expect.poll(() => page.getByText('You hold it.').count(), { timeout: 10_000 }).toBe(0)
})

test('an auditor looks, and has nothing to change', async () => {
  const auditor = await house.administrator(okta.tenantId, 'auditor')
  const page = await openPortal(browser, house.url, auditor)
  await page.goto('/admin/users')
  await page.getByRole('link', { name: 'contractor' }).waitFor()
  expect(await page.getByRole('switch').count()).toBe(0)
  expect(await page.getByRole('checkbox').count()).toBe(0)
  await page.getByRole('link', { name: 'contractor' }).click()
  await page.getByRole('heading', { name: 'contractor' }).waitFor()
  expect(await page.getByRole('button', { name: 'Delete' }).count()).toBe(0)
})

test.each([
  ['360 pixels', { width: 360, height: 740 }, '360'],
  ['dark and wide', { colorScheme: 'dark', width: 1440, height: 900 }, 'dark'],
] as const)('%s', async (_name, viewer, file) => {
  const page = await open('/users', viewer)
  const link = page.getByRole('link', { name: 'ada.lovelace@example.com' })
  await link.waitFor()
  await expectNoWiderThan(page, viewer.width)
  await screenshot(page, `users-${file}`)
  await link.click()
  await page.getByRole('heading', { name: 'ada.lovelace@example.com' }).waitFor()
  await page
    .getByRole('button', { name: /ada.lovelace@example.com/ })
    .first()
    .waitFor()
  await expectNoWiderThan(page, viewer.width)
  await screenshot(page, `user-${file}`)
})
