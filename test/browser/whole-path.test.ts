// What the product is for, from end to end in a real browser, through an OpenID provider from npm: an administrator connects
// it and gets credentials, people and groups are pushed, a person signs in with a first authenticator app and reaches the
// application of their group, and loses it when the identity provider deactivates them.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { openProxy, type TestProxy } from '../gateway/proxy.ts'
import { type House, openHouse } from '../harness.ts'
import { active, authenticatorApp, mailOf } from '../sign-in/people.ts'
import { openProvider, type TestProvider } from '../sign-in/provider.ts'
import { launchBrowser, openPortal } from './browser.ts'

vi.setConfig({ testTimeout: 180_000 })

let house: House
/** Another host than that of the applications. */
let url: string
let browser: Browser
let provider: TestProvider
let connected = ''
const proxies: TestProxy[] = []
beforeAll(async () => {
  provider = await openProvider(() => [`${url}/oidc/${connected}/callback`])
  house = await openHouse({ publicUrl: () => url })
  url = house.url.replace('127.0.0.1', 'localhost')
  browser = await launchBrowser()
})
afterAll(async () => {
  await browser?.close()
  for (const proxy of proxies) await proxy.close()
  await house?.close()
  await provider?.close()
})

interface Credentials {
  readonly endpoint: string
  readonly token: string
}

/** Through the form, as an administrator does. */
async function connect(page: Page, name: string, fill: () => Promise<void>): Promise<Credentials> {
  await page.goto('/admin/identity-providers')
  await page.getByRole('link', { name: 'New IdP' }).click()
  await page
    .getByRole('textbox', { name: /^Name\b/ })
    .first()
    .fill(name)
  await fill()
  await page.getByLabel('Let it provision users and groups over SCIM').check()
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('heading', { name: `Credentials of ${name}` }).waitFor()
  connected = new URL(page.url()).pathname.split('/').at(-2) ?? ''
  return { endpoint: await copied(page, 'SCIM endpoint'), token: await copied(page, 'Token') }
}

async function copied(page: Page, what: string): Promise<string> {
  await page.getByRole('button', { name: `Copy ${what}` }).click()
  await page
    .getByRole('status')
    .filter({ hasText: `${what}: Copied` })
    .waitFor({ state: 'attached' })
  return page.evaluate('navigator.clipboard.readText()')
}

/** What the identity provider sends. */
async function send({ endpoint, token }: Credentials, method: string, path: string, body: object) {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' }
  const answer = await fetch(endpoint + path, { method, headers, body: JSON.stringify(body) })
  expect(answer.ok, await answer.clone().text()).toBe(true)
  return (await answer.json()) as { id: string }
}

async function guard(page: Page, group: string): Promise<TestProxy> {
  const proxy = await openProxy(() => house.url)
  proxies.push(proxy)
  await page.goto('/admin/applications')
  await page.getByRole('link', { name: 'New application' }).click()
  await page.getByRole('textbox', { name: 'Name' }).fill('Wiki')
  await page.getByRole('textbox', { name: 'Address' }).fill(proxy.origin)
  await page.getByRole('combobox', { name: 'Add groups' }).fill(group.slice(0, 3))
  await page.getByRole('option', { name: group }).click()
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('heading', { name: 'For your proxy' }).waitFor()
  return proxy
}

/** From the application to the identity provider, through a first authenticator app, and back. */
async function enter(page: Page, proxy: TestProxy): Promise<void> {
  await page.goto(`${proxy.origin}/page`)
  await page.getByRole('img', { name: 'QR code' }).waitFor()
  const app = authenticatorApp({ text: await page.content() } as never, () => new Date())
  await page.getByLabel('Six digits').fill(app.code())
  await page.getByRole('button', { name: 'Set up' }).click()
  await page.getByRole('button', { name: 'I have kept them' }).click()
  await page.waitForURL(`${proxy.origin}/page`)
}

test('connected, pushed, signed in with a first factor, inside, deactivated, refused', async () => {
  const admin = await openPortal(browser, url, await house.administrator(await house.tenant('acme')))
  const credentials = await connect(admin, 'Acme ID', async () => {
    await admin.getByText('OpenID Connect', { exact: true }).click()
    await admin.getByRole('textbox', { name: 'Issuer' }).fill(provider.issuer)
    await admin.getByRole('textbox', { name: 'Client ID' }).fill(provider.clientId)
    await admin.getByLabel('Client secret').fill(provider.clientSecret)
  })
  const userName = mailOf('ada')
  const { id } = await send(credentials, 'POST', '/Users', { userName, displayName: 'Ada' })
  await send(credentials, 'POST', '/Groups', { displayName: 'Staff', members: [{ value: id }] })
  const proxy = await guard(admin, 'Staff')

  provider.person = { sub: 'sub-ada', claims: { preferred_username: userName } }
  const page = await openPortal(browser, url)
  await enter(page, proxy)
  const told = JSON.parse((await page.textContent('body')) ?? '')
  expect([told['remote-user'], told['remote-groups']]).toEqual([userName, 'Staff'])

  await send(credentials, 'PATCH', `/Users/${id}`, active(false))
  await page.goto(`${proxy.origin}/page`)
  await page.getByText('Your account is deactivated.').waitFor()
  await admin.goto('/admin/activity-log')
  await admin.getByText(userName).first().waitFor()
})
