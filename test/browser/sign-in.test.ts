// The way of a person into an application of another origin, in a real browser: after a form of ours it holds every
// redirect to the policy of the page that had the form.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { createApplication } from '#access/applications.ts'
import { openProxy, type TestProxy } from '../gateway/proxy.ts'
import type { ProvidedIdp } from '../harness.ts'
import { keyPair } from '../sign-in/key-pair.ts'
import { authenticatorApp, mailOf, openPeople, type People } from '../sign-in/people.ts'
import { connectSaml, SSO } from '../sign-in/saml-house.ts'
import { launchBrowser, openPortal } from './browser.ts'

vi.setConfig({ testTimeout: 120_000 })

let people: People
let proxy: TestProxy
let idp: ProvidedIdp
let browser: Browser

beforeAll(async () => {
  people = await openPeople()
  // Another host than the application's.
  people.publicUrl = people.house.url.replace('127.0.0.1', 'localhost')
  proxy = await openProxy(
    () => people.house.url,
    () => 'acme',
  )
  idp = await people.connect({ mfa: 'mandatory', mfaMethods: ['totp'] })
  const id = await people.provision(idp, 'ada')
  const grants = [{ type: 'User' as const, id }]
  await createApplication(people.house.db, idp.operator, { name: 'Wiki', origin: proxy.origin, grants })
  people.provider.person = { sub: 'sub-ada', claims: { preferred_username: mailOf('ada') } }
  browser = await launchBrowser()
})
afterAll(async () => {
  await browser?.close()
  await proxy?.close()
  await people?.close()
})

/** Whoever comes to the application gets what it was told of them. */
async function expectInApplication(page: Page): Promise<void> {
  await page.waitForURL(`${proxy.origin}/deep/page?x=1`)
  expect(JSON.parse((await page.textContent('body')) ?? '')['remote-user']).toBe(mailOf('ada'))
}

async function answer(page: Page, code: string): Promise<void> {
  await page.getByRole('textbox').first().fill(code)
  await page.getByRole('button').first().click()
}

test('the factor leads on into the application, at the first sign-in and at the next', async () => {
  people.now = new Date()
  const page = await openPortal(browser, people.publicUrl ?? '')
  await page.goto(`${proxy.origin}/deep/page?x=1`)
  const app = authenticatorApp({ text: await page.content() } as never, () => people.now)
  await answer(page, app.code())
  await page.getByText('Save your recovery codes').waitFor()
  await page.getByRole('link').or(page.getByRole('button')).last().click()
  await expectInApplication(page)

  people.now = new Date(people.now.getTime() + 30_000)
  const another = await openPortal(browser, people.publicUrl ?? '')
  await another.goto(`${proxy.origin}/deep/page?x=1`)
  await another.getByText('Code from your authenticator app').waitFor()
  await answer(another, app.code())
  await expectInApplication(another)
  // Nothing of the way stays behind the back button.
  expect(await another.evaluate('document.referrer')).not.toContain('ticket')
})

test('a form of a sign-in that was overtaken by another begins again at the identity provider', async () => {
  people.now = new Date(people.now.getTime() + 60_000)
  const page = await openPortal(browser, people.publicUrl ?? '')
  await page.goto(`/sign-in/with/${idp.id}`)
  await page.getByText('Code from your authenticator app').waitFor()
  // Another tab of the same browser goes to an identity provider and stays there.
  const tab = await page.context().newPage()
  await tab.route(`${people.provider.issuer}/**`, (route) => route.abort())
  await tab.goto(`/sign-in/with/${idp.id}`).catch(() => undefined)
  await page.evaluate('window.isOld = true')
  await answer(page, '000000')
  await page.waitForFunction('!window.isOld')
  await page.getByText('Code from your authenticator app').waitFor()
  expect(page.url()).toContain('/sign-in/')
})

test('a SAML identity provider may lead on to a third place when a form is posted to it', async () => {
  const third = createServer((_request, response) => response.end('signed in there'))
  await new Promise<void>((resolve) => third.listen(0, '127.0.0.1', resolve))
  const location = `http://127.0.0.1:${(third.address() as AddressInfo).port}/login`
  const details = { ssoBinding: 'post' as const }
  const saml = await connectSaml(people.house, people.tenantId, 'By POST', await keyPair(), { details })
  const page = await openPortal(browser, people.publicUrl ?? '')
  await page.route(SSO, (route) => route.fulfill({ status: 302, headers: { location } }))
  await page.goto(`/sign-in/with/${saml.id}`)
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByText('signed in there').waitFor()
  third.close()
})
