// What administrators see of linked identities and refused sign-ins, and how they resolve them, in a real browser.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { ProvidedIdp } from '../harness.ts'
import { type IdentityHouse, openIdentityHouse } from '../sign-in/identity/identity-house.ts'
import { KINDS, type Kind } from '../sign-in/identity/kinds.ts'
import { launchBrowser, lookAt, openPortal } from './browser.ts'

vi.setConfig({ testTimeout: 180_000 })

const OIDC = KINDS.find(({ name }) => name === 'OIDC sub') as Kind
const SAML = KINDS.find(({ name }) => name === 'SAML email') as Kind
const NAME = 'mia@example.com'
const MIA = { id: 'f3a1c0de-0001', name: NAME }
const SUCCESSOR = { id: 'f3a1c0de-0002', name: NAME }

let at: IdentityHouse
let browser: Browser
let okta: ProvidedIdp
let mia: string
beforeAll(async () => {
  at = await openIdentityHouse()
  okta = await at.connect(OIDC, { name: 'Okta' })
  mia = (await okta.post('/Users', { userName: NAME, displayName: 'Mia Old' })).json.id
  await at.signIn(okta, OIDC, MIA)
  await at.signIn(okta, OIDC, SUCCESSOR)
  await at.house.activity.flush()
  browser = await launchBrowser()
})
afterAll(async () => {
  await browser?.close()
  await at?.close()
})

async function open(path: string): Promise<Page> {
  const administrator = await at.house.administrator(at.tenantId)
  const page = await openPortal(browser, at.house.url, administrator)
  await page.goto(`/admin${path}`)
  return page
}

test('a refused sign-in leads from the activity log to the user, where unlinking resolves it', async () => {
  const page = await open('/activity-log')
  await page.getByRole('button', { name: 'Show what happened to User portal' }).first().click()
  await page.getByText('The user of this name is linked to another identity').waitFor()
  await lookAt(page, 'activity-log-conflict')
  await page.getByRole('link', { name: 'Open the user of this name' }).click()
  const section = page.getByRole('region', { name: 'Linked identity' })
  await section.getByText(`Refused identity: sub=${SUCCESSOR.id}`).waitFor()
  await lookAt(page, 'user-identity')
  await section.getByRole('button', { name: 'Unlink identity' }).click()
  const dialog = page.getByRole('dialog', { name: `Unlink the identity of ${NAME}?` })
  await dialog.getByRole('button', { name: 'Unlink identity' }).click()
  await page.getByText(`The identity of ${NAME} is unlinked`).waitFor()
  await section.getByText('No identity is linked').waitFor()
  expect((await at.signIn(okta, OIDC, SUCCESSOR)).user).toBe(mia)
})

test('the page of an identity provider says what identifies its users', async () => {
  const adfs = await at.connect(SAML, { name: 'ADFS' })
  await adfs.post('/Users', { userName: NAME })
  await at.signIn(adfs, SAML, MIA)
  const page = await open(`/identity-providers?open=${adfs.id}`)
  await page.getByText('Email address as NameID. The user is found by this name at each sign-in.').waitFor()
  await page.getByText('A name can be given to somebody else one day').waitFor()
  await lookAt(page, 'identity-provider-identification')
})

test('a change of what identifies users says how many links end, and asks first', async () => {
  const page = await open(`/identity-providers/${okta.id}/edit`)
  await page.getByLabel('Stable identifier (optional)').fill('email')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('must not be a name or an address').waitFor()
  await page.getByLabel('Stable identifier (optional)').fill('oid')
  await page.getByRole('button', { name: 'Save' }).click()
  const dialog = page.getByRole('dialog', { name: 'Match all users again?' })
  await dialog.getByText('The link of 1 user ends').waitFor()
  await lookAt(page, 'identity-provider-ends-links')
  await dialog.getByRole('button', { name: 'Cancel' }).click()
  await dialog.waitFor({ state: 'detached' })
  await page.getByRole('button', { name: 'Save' }).click()
  await dialog.getByRole('button', { name: 'Save and end 1 link' }).click()
  await page.getByText('Saved').waitFor()
  await page.getByText('Nobody has signed in since the matching was last changed').waitFor()
  expect((await at.signIn(okta, OIDC, SUCCESSOR)).user).toBe(mia)
})
