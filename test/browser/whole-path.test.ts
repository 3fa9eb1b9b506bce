// What the product is for, from end to end in a real browser, through identity providers from npm: an administrator connects
// one and gets credentials, people and groups are pushed, a person signs in with a first authenticator app and reaches the
// application of their group, and loses it when the identity provider deactivates them.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { openProxy, type TestProxy } from '../gateway/proxy.ts'
import { type House, openHouse } from '../harness.ts'
import { type KeyPair, keyPair } from '../sign-in/key-pair.ts'
import { ISSUER } from '../sign-in/lying-idp.ts'
import { active, authenticatorApp, mailOf } from '../sign-in/people.ts'
import { openProvider, type TestProvider } from '../sign-in/provider.ts'
import { SSO } from '../sign-in/saml-house.ts'
import { openSamlify } from '../sign-in/samlify-idp.ts'
import { launchBrowser, openPortal } from './browser.ts'

vi.setConfig({ testTimeout: 180_000 })

let house: House
/** Another host than that of the applications. */
let url: string
let browser: Browser
let key: KeyPair
let provider: TestProvider
let connected = ''
const proxies: TestProxy[] = []
beforeAll(async () => {
  provider = await openProvider(() => [`${url}/oidc/${connected}/callback`])
  house = await openHouse({ publicUrl: () => url })
  url = house.url.replace('127.0.0.1', 'localhost')
  key = await keyPair()
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
async function enter(page: Page, proxy: TestProxy, name: string): Promise<void> {
  await page.goto(`${proxy.origin}/page`)
  await page.getByRole('link', { name }).click()
  await page.getByRole('img', { name: 'QR code' }).waitFor()
  const app = authenticatorApp({ text: await page.content() } as never, () => new Date())
  await page.getByLabel('Six digits').fill(app.code())
  await page.getByRole('button', { name: 'Set up' }).click()
  await page.getByRole('button', { name: 'I have kept them' }).click()
  await page.waitForURL(`${proxy.origin}/page`)
}

/** The whole of it, once for each kind of identity provider. */
async function walk(
  name: string,
  person: string,
  fill: (page: Page) => Promise<void>,
  sent: (page: Page) => Promise<void>,
) {
  const admin = await openPortal(browser, url, await house.administrator(await house.tenant(name)))
  const credentials = await connect(admin, name, () => fill(admin))
  const user = { userName: mailOf(person), displayName: person }
  const { id } = await send(credentials, 'POST', '/Users', user)
  const group = { displayName: `Staff of ${name}`, members: [{ value: id }] }
  await send(credentials, 'POST', '/Groups', group)
  const proxy = await guard(admin, group.displayName)

  const page = await openPortal(browser, url)
  await sent(page)
  await enter(page, proxy, name)
  const told = JSON.parse((await page.textContent('body')) ?? '')
  expect([told['remote-user'], told['remote-groups']]).toEqual([user.userName, group.displayName])

  await send(credentials, 'PATCH', `/Users/${id}`, active(false))
  await page.goto(`${proxy.origin}/page`)
  await page.getByRole('link', { name }).click()
  await page.getByText('Your account is deactivated.').waitFor()
  await admin.goto('/admin/activity-log')
  await admin.getByText(user.userName).first().waitFor()
}

test('OpenID Connect: connected, pushed, signed in with a first factor, inside, deactivated, refused', async () => {
  provider.person = { sub: 'sub-ada', claims: { preferred_username: mailOf('ada') } }
  const fill = async (page: Page) => {
    await page.getByText('OpenID Connect', { exact: true }).click()
    await page.getByRole('textbox', { name: 'Issuer' }).fill(provider.issuer)
    await page.getByRole('textbox', { name: 'Client ID' }).fill(provider.clientId)
    await page.getByLabel('Client secret').fill(provider.clientSecret)
  }
  await walk('Open Inc', 'ada', fill, async () => undefined)
})

test('SAML: connected, pushed, signed in with a first factor, inside, deactivated, refused', async () => {
  const der = key.certificate.replace(/-----[A-Z ]+-----/g, '').trim()
  const fill = async (page: Page) => {
    await page.getByText('Text or file', { exact: true }).click()
    await page
      .getByLabel('Metadata XML')
      .fill(`<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="${ISSUER}">
      <IDPSSODescriptor WantAuthnRequestsSigned="true" protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
        <KeyDescriptor use="signing"><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data>
          <X509Certificate>${der}</X509Certificate></X509Data></KeyInfo></KeyDescriptor>
        <SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="${SSO}"/>
      </IDPSSODescriptor></EntityDescriptor>`)
    await page.getByRole('button', { name: 'Read metadata' }).click()
    await page.getByText('The fields below were filled').waitFor()
    await page.getByLabel('Sign our requests').check()
  }
  // The identity provider signs in whoever comes, and posts them back.
  const sent = async (page: Page) => {
    const metadata = await (await fetch(`${house.url}/saml/${connected}/metadata`)).text()
    const samlify = openSamlify(key, metadata)
    await page.route(`${SSO}*`, async (route) => {
      const response = await samlify.answer(route.request().url(), mailOf('grace'), '_session')
      const body = `<form method="post" action="${url}/saml/${connected}/acs">
        <input type="hidden" name="SAMLResponse" value="${response}"></form><script>document.forms[0].submit()</script>`
      await route.fulfill({ contentType: 'text/html', body })
    })
  }
  await walk('Saml Inc', 'grace', fill, sent)
})
