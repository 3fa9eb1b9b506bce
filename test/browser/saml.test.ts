// The way there and back through a real browser: whether its cookies come along from the identity provider's site, and
// whether our own policies let it leave.
import type { Browser, Route } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type House, openHouse, type ProvidedIdp } from '../harness.ts'
import { type KeyPair, keyPair } from '../sign-in/key-pair.ts'
import { answerTo, connectSaml, messageIn, partiesAt, provision, SLO } from '../sign-in/saml-house.ts'
import { launchBrowser } from './browser.ts'

let house: House
let browser: Browser
let key: KeyPair
let idp: ProvidedIdp
beforeAll(async () => {
  house = await openHouse()
  key = await keyPair()
  const details = { ssoBinding: 'post', sloUrl: SLO } as const
  idp = await connectSaml(house, await house.tenant('acme'), 'Acme', key, { details })
  await provision(idp, 'alice@a.example')
  browser = await launchBrowser()
})
afterAll(async () => {
  await browser?.close()
  await house?.close()
})

test('a person signs in by the POST binding and signs out, at both ends', async () => {
  const page = await browser.newPage()
  const asked: string[] = []
  await page.route('https://idp.example/**', async (route: Route) => {
    const url = route.request().url()
    asked.push(url)
    const field = new URLSearchParams(route.request().postData() ?? '').get('SAMLRequest')
    const body =
      field === null ? '<h1>Signed out there</h1>' : answerForm(Buffer.from(field, 'base64').toString())
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

function answerForm(request: string): string {
  const [, id = null] = /\bID="([^"]+)"/.exec(request) ?? []
  return `<form method="post" action="${partiesAt(house, idp).acsUrl}">
<input type="hidden" name="SAMLResponse" value="${answerTo(house, idp, key, id)}"><button>I am Alice</button></form>`
}
