// Settings › Applications in a real browser: made with a group found by name, changed, deleted.
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type House, openHouse, type ProvidedIdp } from '../harness.ts'
import { expectAccessible, launchBrowser, lookAt, openPortal, screenshot } from './browser.ts'

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

test('an administrator puts an application behind the gateway, and takes it away again', async () => {
  const page = await openPortal(browser, house.url, await house.administrator(idp.tenantId))
  await page.goto('/admin/applications')
  await page.getByText('No applications yet').waitFor()
  await lookAt(page, 'applications-empty')
  await page.getByRole('link', { name: 'New application' }).click()
  await page.getByRole('textbox', { name: 'Name' }).fill('Wiki')
  await page.getByRole('textbox', { name: 'Address' }).fill('https://wiki.example.com/path')
  await page.getByRole('combobox', { name: 'Add groups' }).fill('rit')
  await page.getByRole('option', { name: 'Writers' }).click()
  await page.getByText('Group Writers').waitFor()
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('must have no path').waitFor()
  await lookAt(page, 'application-new')
  await page.getByRole('textbox', { name: 'Address' }).fill('https://wiki.example.com')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('heading', { name: 'For your proxy' }).waitFor()
  await page.getByText('X-Forwarded-Host wiki.example.com').waitFor()
  await lookAt(page, 'application')
  await page.goto('/admin/applications')
  await page.getByText('1 group or user').waitFor()
  await lookAt(page, 'applications')
  await page.getByRole('link', { name: 'Wiki' }).click()
  await page.getByRole('button', { name: 'Delete application' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Type Wiki to confirm').fill('Wiki')
  await dialog.getByRole('button', { name: 'Delete application' }).click()
  await page.getByText('No applications yet').waitFor()
})

test('what is unsaved is guarded after saving too, and nobody is overwritten', async () => {
  const owner = await house.administrator(idp.tenantId)
  const { id } = (await owner.post('/applications', { name: 'Chat', origin: 'https://chat.example.com' }))
    .json
  const page = await openPortal(browser, house.url, owner)
  await page.goto(`/admin/applications/${id}`)
  const name = page.getByRole('textbox', { name: 'Name' })
  const save = page.getByRole('button', { name: 'Save' })
  await name.fill('Talk')
  await save.click()
  await page.getByText('Talk was saved').waitFor()
  await expect.poll(() => save.isDisabled()).toBe(true)
  await name.fill('Talks')
  await page.getByRole('link', { name: 'Applications' }).first().click()
  await page.getByRole('dialog').getByRole('button', { name: 'Stay' }).click()
  expect(await name.inputValue()).toBe('Talks')

  const theirs = { name: 'Theirs', origin: 'https://chat.example.com' }
  expect((await owner.request('PUT', `/applications/${id}`, theirs)).status).toBe(200)
  await save.click()
  await page.getByRole('alert').getByText('Someone else has changed this meanwhile').waitFor()
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Load it again' }).click()
  await expect.poll(() => name.inputValue()).toBe('Theirs')
  await name.fill('Ours')
  await save.click()
  await page.getByText('Ours was saved').waitFor()
  expect((await owner.get(`/applications/${id}`)).json.name).toBe('Ours')
  await page.goto('/admin/applications/01a00000-0000-7000-8000-000000000000')
  await page.getByRole('heading', { name: 'There is no such page' }).waitFor()
  await page.context().close()
})

test('a deleted group is shown with what was lost, and its successor gets access only by a click', async () => {
  const own = await house.identityProvider({ name: 'Okta' })
  const owner = await house.administrator(own.tenantId)
  const group = (displayName: string) =>
    own.post('/Groups', { displayName, externalId: `00g-${displayName}` }).then(({ json }) => json.id)
  const [editors, authors] = [await group('Editors'), await group('Authors')]
  const grants = [editors, authors].map((id) => ({ type: 'Group', id }))
  const settings = { name: 'Wiki', origin: 'https://wiki.example.com', grants }
  const { id } = (await owner.post('/applications', settings)).json
  await own.delete(`/Groups/${editors}`)
  await own.delete(`/Groups/${authors}`)
  const again = await group('Editors')
  const page = await openPortal(browser, house.url, owner)
  await page.goto('/admin/applications')
  await page.getByText('2 deleted').waitFor()
  await lookAt(page, 'applications-lost')
  await page.getByRole('link', { name: 'Wiki' }).click()
  await page.getByText('2 groups and users with access were deleted').waitFor()
  await page.getByText('Okta · external ID 00g-Editors · deleted').waitFor()
  await lookAt(page, 'application-lost')
  // What is being edited meanwhile is kept.
  await page.getByRole('textbox', { name: 'Name' }).fill('Handbook')
  await page.getByRole('button', { name: 'Grant to the new group' }).click()
  await page.getByText('Group Editors has access now').waitFor()
  await page.getByText('A group or user with access was deleted').waitFor()
  await page.getByRole('button', { name: 'Remove Group Authors' }).click()
  await page.getByText('Group Authors was removed').waitFor()
  await page.getByText('A group or user with access was deleted').waitFor({ state: 'detached' })
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('Handbook was saved').waitFor()
  const saved = (await owner.get(`/applications/${id}`)).json
  expect(saved).toMatchObject({ name: 'Handbook', grants: [{ id: again }], lostGrants: [] })
  await page.context().close()
})

test('an auditor sees what was lost and has nothing to click', async () => {
  const own = await house.identityProvider({ name: 'Okta' })
  const owner = await house.administrator(own.tenantId)
  const { id: groupId } = (await own.post('/Groups', { displayName: 'Editors' })).json
  const settings = {
    name: 'Wiki',
    origin: 'https://wiki.example.com',
    grants: [{ type: 'Group', id: groupId }],
  }
  const { id } = (await owner.post('/applications', settings)).json
  await own.delete(`/Groups/${groupId}`)
  await own.post('/Groups', { displayName: 'Editors' })
  const auditor = await house.administrator(own.tenantId, 'auditor')
  const page = await openPortal(browser, house.url, auditor, { width: 1440, height: 900, locale: 'ja' })
  await page.goto(`/admin/applications/${id}`)
  await page.getByText('グループ Editors').waitFor()
  await screenshot(page, 'application-lost-ja')
  expect(await page.getByRole('button', { name: '新しいグループに許可' }).count()).toBe(0)
  await page.context().close()
})

test('the key that signs Remote-Token is rotated, and revoked after a fresh proof', async () => {
  const tenantId = await house.tenant('keys')
  const owner = await house.administrator(tenantId)
  await owner.post('/applications', { name: 'Wiki', origin: 'https://wiki.example.com' })
  const page = await openPortal(browser, house.url, owner)
  await page.goto('/admin/applications')
  await page.getByText('The first key is created when').waitFor()
  await page.getByText(`${house.url}/gateway/keys/jwks.json`).waitFor()
  await house.raw({ method: 'GET', path: '/gateway/keys/jwks.json', headers: {} })
  await page.reload()
  await page.getByText('Signing', { exact: true }).waitFor()
  await page.getByRole('button', { name: 'Rotate key' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Rotate key' }).click()
  await page.getByText('You can rotate again once it signs').waitFor()
  await page.getByRole('region', { name: 'Signing keys' }).scrollIntoViewIfNeeded()
  await lookAt(page, 'signing-keys')
  const { items } = (await owner.get('/signing-keys')).json
  const [next, signing] = items
  await page.getByRole('button', { name: `Revoke key ${signing.id}` }).click()
  await page.getByText('The key stops signing and leaves the list').waitFor()
  await screenshot(page, 'signing-key-revoke')
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke key' }).click()
  await page.getByText('The key was revoked').waitFor()
  await page.getByText(signing.id).waitFor({ state: 'detached' })
  expect((await owner.get('/signing-keys')).json.items).toMatchObject([{ id: next.id, state: 'signing' }])
  await page.context().close()
})
