// What the product is for, from end to end in a real browser, through an OpenID provider and a SAML identity provider from npm:
// an administrator connects it and gets credentials, people and groups are pushed, a person signs in with a first authenticator
// app and reaches the application of their group, and loses it when the identity provider deactivates them.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { openProxy, type TestProxy } from '../gateway/proxy.ts'
import { type House, openHouse } from '../harness.ts'
import { keyPair } from '../sign-in/key-pair.ts'
import { active, authenticatorApp, mailOf } from '../sign-in/people.ts'
import { openProvider, type TestProvider } from '../sign-in/provider.ts'
import { SSO } from '../sign-in/saml-house.ts'
import { metadataOfSamlify, openSamlify } from '../sign-in/samlify-idp.ts'
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

async function guard(page: Page, slug: string, group: string): Promise<TestProxy> {
  const proxy = await openProxy(
    () => house.url,
    () => slug,
  )
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

/** From the first page of a sign-in, through a first authenticator app, to the application. @returns what it was told */
async function enroll(page: Page, proxy: TestProxy): Promise<Record<string, string>> {
  await page.getByRole('img', { name: 'QR code' }).waitFor()
  const app = authenticatorApp({ text: await page.content() } as never, () => new Date())
  await page.getByLabel('6-digit code').fill(app.code())
  await page.getByRole('button', { name: 'Set up' }).click()
  await page.getByRole('button', { name: 'I saved them' }).click()
  await page.waitForURL(`${proxy.origin}/page`)
  return JSON.parse((await page.textContent('body')) ?? '')
}

interface Organisation {
  readonly slug: string
  readonly userName: string
  /** What an administrator enters in the form of a new identity provider. */
  describe(admin: Page): Promise<void>
  /** Opens an address of the application, up to the first page after the identity provider's. */
  open(page: Page, address: string): Promise<void>
}

async function wholePath({ slug, userName, describe, open }: Organisation): Promise<void> {
  const admin = await openPortal(browser, url, await house.administrator(await house.tenant(slug)))
  const credentials = await connect(admin, `ID of ${slug}`, () => describe(admin))
  const { id } = await send(credentials, 'POST', '/Users', { userName, displayName: 'Ada' })
  await send(credentials, 'POST', '/Groups', { displayName: 'Staff', members: [{ value: id }] })
  const proxy = await guard(admin, slug, 'Staff')

  const page = await openPortal(browser, url)
  await open(page, `${proxy.origin}/page`)
  const told = await enroll(page, proxy)
  expect([told['remote-user'], told['remote-groups']]).toEqual([userName, 'Staff'])

  await send(credentials, 'PATCH', `/Users/${id}`, active(false))
  await open(page, `${proxy.origin}/page`)
  await page.getByText('Your account is deactivated.').waitFor()
  await admin.goto('/admin/activity-log')
  // What happened within the last second is not written yet.
  await vi.waitFor(
    async () => {
      await admin.reload()
      await admin.getByText(userName).first().waitFor({ timeout: 3_000 })
    },
    { timeout: 30_000, interval: 500 },
  )
}

test('OpenID Connect: connected, pushed, signed in with a first factor, inside, deactivated, refused', async () => {
  const userName = mailOf('ada')
  await wholePath({
    slug: 'acme',
    userName,
    async describe(admin) {
      await admin.getByText('OpenID Connect', { exact: true }).click()
      await admin.getByRole('textbox', { name: 'Issuer' }).fill(provider.issuer)
      await admin.getByRole('textbox', { name: 'Client ID' }).fill(provider.clientId)
      await admin.getByLabel('Client secret').fill(provider.clientSecret)
    },
    async open(page, address) {
      provider.person = { sub: 'sub-ada', claims: { preferred_username: userName } }
      await page.goto(address)
    },
  })
})

test('SAML: connected by its metadata, pushed, signed in with a first factor, inside, deactivated, refused', async () => {
  const key = await keyPair()
  const userName = mailOf('grace')
  await wholePath({
    slug: 'globex',
    userName,
    async describe(admin) {
      await admin.getByText('Text or file', { exact: true }).click()
      await admin.getByLabel('Metadata XML').fill(metadataOfSamlify(key))
      await admin.getByRole('button', { name: 'Read metadata' }).click()
      await admin.getByText('The fields below were filled').waitFor()
    },
    async open(page, address) {
      await page.route(SSO, async (route) => {
        const SAMLRequest = new URLSearchParams(route.request().postData() ?? '').get('SAMLRequest') ?? ''
        const ours = await (await fetch(`${url}/saml/${connected}/metadata`)).text()
        const answer = await openSamlify(key, ours).answer({ SAMLRequest }, userName, '_session')
        await route.fulfill({ contentType: 'text/html', body: answerForm(answer) })
      })
      await page.goto(address)
      await page.getByRole('button', { name: 'Continue' }).click()
      await page.getByRole('button', { name: 'Back to Doorlist' }).click()
    },
  })
})

function answerForm(answer: string): string {
  return `<form method="post" action="${url}/saml/${connected}/acs">
<input type="hidden" name="SAMLResponse" value="${answer}"><button>Back to Doorlist</button></form>`
}
