// The way there and back through a real browser: whether its cookies come along from the identity provider's site, and
// whether our own policies let it leave.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser, Page, Route } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sql } from '#platform/database/sql.ts'
import { type House, openHouse, type ProvidedIdp } from '../harness.ts'
import { type KeyPair, keyPair } from '../sign-in/key-pair.ts'
import { answerTo, connectSaml, messageIn, partiesAt, provision, SLO } from '../sign-in/saml-house.ts'
import { launchBrowser } from './browser.ts'

let house: House
let browser: Browser
let key: KeyPair
let idp: ProvidedIdp
/** With an identity provider alone that is led to by a redirect, and has no logout URL. */
let bare: { house: House; idp: ProvidedIdp }
/** It listens, because a route of the browser's sees no redirect. */
let site: Server
beforeAll(async () => {
  house = await openHouse()
  key = await keyPair()
  const details = { ssoBinding: 'post', sloUrl: SLO } as const
  idp = await connectSaml(house, await house.tenant('acme'), 'Acme', key, { details })
  await provision(idp, 'alice@a.example')
  const other = await openHouse()
  site = createServer(({ url = '' }, response) =>
    response
      .setHeader('content-type', 'text/html')
      .end(answerForm(bare, messageIn(`http://idp.example${url}`))),
  )
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve))
  bare = { house: other, idp: await connectSaml(other, await other.tenant('default'), 'Bare', key) }
  const ssoUrl = `http://127.0.0.1:${(site.address() as AddressInfo).port}/sso`
  await other.db.run(
    { tenantId: bare.idp.tenantId }, // here, because only https: may be configured
    sql`update identity_provider set details = details || ${JSON.stringify({ ssoUrl })}::jsonb where id = ${bare.idp.id} returning id`,
  )
  await provision(bare.idp, 'alice@a.example')
  browser = await launchBrowser()
})
afterAll(async () => {
  await browser?.close()
  await house?.close()
  await bare?.house.close()
  site?.close()
  site?.closeAllConnections()
})

test('a person signs in by the POST binding and signs out, at both ends', async () => {
  const page = await browser.newPage()
  const asked: string[] = []
  await page.route('https://idp.example/**', async (route: Route) => {
    const url = route.request().url()
    asked.push(url)
    const field = new URLSearchParams(route.request().postData() ?? '').get('SAMLRequest')
    const body =
      field === null
        ? '<h1>Signed out there</h1>'
        : answerForm({ house, idp }, Buffer.from(field, 'base64').toString())
    await route.fulfill({ contentType: 'text/html', body })
  })
  await page.goto(`${house.url}/sign-in/with/${idp.id}`)
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByRole('button', { name: 'I am Alice' }).click()
  await page.getByRole('heading', { name: 'Welcome, alice@a.example' }).waitFor()
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByRole('heading', { name: 'Signed out there' }).waitFor()
  expect(messageIn(asked.at(-1) ?? '')).toContain('LogoutRequest')
  await page.goto(house.url)
  expect(new URL(page.url()).pathname).toBe('/sign-in')
})

test('without a logout URL signing out ends on a page of ours, and so does a form of an ended session', async () => {
  const page = await openBare()
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByRole('heading', { name: 'You are signed out' }).waitFor()
  const again = page.getByRole('link', { name: 'Sign in again' })
  expect(await again.getAttribute('href')).toMatch(/^\/sign-in\/with\//)
  await again.click()
  await page.getByRole('button', { name: 'I am Alice' }).click()
  await page.getByRole('heading', { name: 'Welcome, alice@a.example' }).waitFor()

  await openBare()
  await page.goto(`${bare.house.url}/sessions`)
  await page.context().clearCookies()
  await page.getByRole('button', { name: 'Sign out everywhere else' }).click()
  await page.getByText('You’re no longer signed in, so nothing was changed. Sign in and try again.').waitFor()
  await page.getByRole('link', { name: 'Sign in' }).click()
  await page.getByRole('button', { name: 'I am Alice' }).waitFor()
})

/** Signed in, in a browser of its own. */
async function openBare(): Promise<Page> {
  const page = await browser.newPage()
  await page.goto(`${bare.house.url}/sign-in`)
  await page.getByRole('button', { name: 'I am Alice' }).click()
  await page.getByRole('heading', { name: 'Welcome, alice@a.example' }).waitFor()
  return page
}

function answerForm(at: { house: House; idp: ProvidedIdp }, request: string): string {
  const [, id = null] = /\bID="([^"]+)"/.exec(request) ?? []
  return `<form method="post" action="${partiesAt(at.house, at.idp).acsUrl}">
<input type="hidden" name="SAMLResponse" value="${answerTo(at.house, at.idp, key, id)}"><button>I am Alice</button></form>`
}
