// What every employee sees, in a real browser: each plain page in both themes, at 360 pixels, in English and Japanese.
import { Secret, TOTP } from 'otpauth'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { createApplication } from '#access/applications.ts'
import { ensureLocalIdentityProvider } from '#identity-providers/create.ts'
import { type DnsServer, openDnsServer } from '../dns-server.ts'
import type { ProvidedIdp } from '../harness.ts'
import type { ApiClient } from '../portal-client.ts'
import { mailOf, openPeople, type People } from '../sign-in/people.ts'
import { launchBrowser, lookAt, openPortal, withVirtualAuthenticator } from './browser.ts'
import { LOGO } from './logo.ts'

vi.setConfig({ testTimeout: 300_000 })

let people: People
let dns: DnsServer
let admin: ApiClient
let browser: Browser
let idp: ProvidedIdp
let link: string
const PASSWORD = 'four words that rhyme'
beforeAll(async () => {
  dns = await openDnsServer()
  people = await openPeople({
    mailer: { send: async () => {}, close: () => {} },
    sms: { send: async () => {} },
    dnsServers: [dns.address],
  })
  const { house } = people
  people.publicUrl = house.url.replace('127.0.0.1', 'localhost')
  idp = await people.connect({
    mfa: 'mandatory',
    mfaMethods: ['totp', 'passkey', 'email', 'phone'],
    rememberDeviceDays: 7,
    askPersonalDesktop: true,
  })
  const { operator } = idp
  await ensureLocalIdentityProvider(house.db, operator)
  admin = await people.administrator()
  await createApplication(house.db, operator, {
    name: 'Wiki',
    origin: 'https://wiki.example.com',
    forEverybody: true,
  })
  await createApplication(house.db, operator, {
    name: '経費精算',
    origin: 'https://keihi.example.com',
    forEverybody: true,
  })
  const domain = (await admin.post('/domains', { domain: 'example.com', idpId: idp.id })).json
  dns.records.set(domain.record.name, [domain.record.value])
  await admin.post(`/domains/${domain.id}/check`)
  await admin.patch('/brand', { name: 'Northwind Traders', logo: LOGO })
  const person = { userName: 'grace', displayName: 'Grace Hopper', email: 'grace@example.com' }
  const made = await admin.post('/users', person)
  expect(made.status, made.text).toBe(201)
  link = (await admin.post(`/users/${made.json.id}/invitation`, { mail: false })).json.link.url
  browser = await launchBrowser()
})
afterAll(async () => {
  await browser?.close()
  await people?.close()
  await dns?.close()
})

const look = (page: Page, name: string) => lookAt(page, `portal-${name}`)

function vouchFor(name: string): void {
  const email = mailOf(name)
  people.provider.person = {
    sub: `sub-${name}`,
    claims: { preferred_username: email, email, name: 'Ada Lovelace' },
  }
}

const open = (locale: 'en' | 'ja' = 'en') =>
  openPortal(browser, people.publicUrl ?? '', undefined, { locale })

test('an address leads to its identity provider, and from enrolment to the portal and the own pages', async () => {
  await people.provision(idp, 'ada', {
    displayName: 'Ada Lovelace',
    title: 'Analyst',
    emails: [{ value: mailOf('ada'), primary: true }],
  })
  vouchFor('ada')
  const page = await open()
  await page.goto('/sign-in?tenant=acme')
  await page.locator('.brand img').waitFor()
  await look(page, 'choose')
  await page.getByLabel('Work email address').fill('ada@nowhere.example')
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByText('No identity provider is set up for this email domain').waitFor()
  await look(page, 'choose-again')
  await page.getByLabel('Work email address').fill('ada@example.com')
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByRole('img', { name: 'QR code' }).waitFor()
  await look(page, 'enrol-totp')
  await page.getByRole('link', { name: 'Code by email' }).click()
  await look(page, 'enrol-email')
  await page.getByRole('link', { name: 'Code by text message' }).click()
  await page.getByLabel('Phone number with country code').fill('12')
  await page.getByRole('button', { name: 'Send code' }).click()
  await page.getByText('Enter a phone number').waitFor()
  await look(page, 'enrol-phone')
  await page.getByRole('link', { name: 'Passkey' }).click()
  await look(page, 'enrol-passkey')
  await page.getByRole('link', { name: 'Authenticator app' }).click()
  await page.getByText('Can’t scan the QR code?').click()
  const secret = ((await page.locator('.secret code').textContent()) ?? '').replaceAll(' ', '')
  const totp = new TOTP({ secret: Secret.fromBase32(secret) })
  await page.getByLabel('6-digit code').fill('000000')
  await page.getByRole('button', { name: 'Set up' }).click()
  await page.getByRole('alert').waitFor()
  await look(page, 'enrol-totp-again')
  await page.getByLabel('6-digit code').fill(totp.generate({ timestamp: people.now.getTime() }))
  await page.getByRole('button', { name: 'Set up' }).click()
  await page.getByRole('heading', { name: 'Save your recovery codes' }).waitFor()
  await look(page, 'recovery-codes')
  await page.getByRole('button', { name: 'I saved them' }).click()
  await page.getByLabel('Computer name').waitFor()
  await look(page, 'desktop')
  await page.getByLabel('Computer name').fill('DESKTOP-1')
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByRole('heading', { name: 'Welcome, Ada Lovelace' }).waitFor()
  await look(page, 'home')
  await page.getByRole('link', { name: 'Profile' }).click()
  await look(page, 'profile')
  await page.goto('/sessions')
  await look(page, 'sessions')

  await page.goto('/security')
  await look(page, 'security')
  await withVirtualAuthenticator(page)
  await page.getByRole('link', { name: 'Add a passkey' }).click()
  await look(page, 'add-passkey')
  await page.getByLabel('Passkey name').fill('Work laptop')
  await page.getByRole('button', { name: 'Create passkey' }).click()
  await page.getByText('Work laptop').waitFor()
  await look(page, 'security-two')
  await page.getByRole('link', { name: 'Remove Work laptop' }).click()
  await look(page, 'remove')
  await page.getByRole('button', { name: 'Remove' }).click()
  await page.getByText('This is your only factor').waitFor()
  await page.getByRole('link', { name: 'Create new recovery codes' }).click()
  await look(page, 'new-codes')

  people.now = new Date(people.now.getTime() + 11 * 60_000)
  await page.goto('/security/passkey')
  await page.getByRole('heading', { name: 'Sign in again' }).waitFor()
  await look(page, 'prove-again')
  people.now = new Date()
  await page.getByRole('link', { name: 'Sign in' }).click()
  await page.getByText('Code from your authenticator app').waitFor()
  await look(page, 'challenge')
  await page.getByRole('link', { name: 'Recovery code' }).click()
  await look(page, 'challenge-recovery')
  await page.context().close()
})

test('a password is chosen, forgotten and refused, and every refusal has a page', async () => {
  const page = await open()
  await page.goto(new URL(link).pathname + new URL(link).search)
  await page.getByRole('heading', { name: 'Choose a password' }).waitFor()
  await look(page, 'password-choose')
  await page.getByLabel('New password').fill('short')
  await page.getByLabel('Repeat the password').fill('short')
  await page.getByRole('button', { name: 'Set password' }).click()
  await page.getByRole('alert').waitFor()
  await look(page, 'password-choose-again')
  await page.getByLabel('New password').fill(PASSWORD)
  await page.getByLabel('Repeat the password').fill(PASSWORD)
  await page.getByRole('button', { name: 'Set password' }).click()
  await page.getByRole('heading', { name: 'Your password was set' }).waitFor()
  await look(page, 'password-set')
  await page.getByRole('link', { name: 'Sign in' }).click()
  await look(page, 'local')
  await page.getByLabel('User name').fill('grace')
  await page.getByLabel('Password', { exact: true }).fill('wrong')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('alert').waitFor()
  await look(page, 'local-again')
  await page.getByRole('link', { name: 'Forgot your password?' }).click()
  await look(page, 'forgotten')
  await page.getByLabel('User name').fill('grace')
  await page.getByRole('button', { name: 'Send link' }).click()
  await page.getByRole('heading', { name: 'Check your email' }).waitFor()
  await look(page, 'look-at-mail')
  await page.goto('/sign-in/password?token=x')
  await look(page, 'nothing-here')
  vouchFor('nobody')
  await page.goto(`/sign-in/with/${idp.id}`)
  await page.getByRole('heading', { name: 'You can’t sign in' }).waitFor()
  await look(page, 'denied')
  await page.context().close()
})

test('the same in Japanese', async () => {
  await people.provision(idp, 'aiko', {
    displayName: '佐藤 愛子',
    emails: [{ value: mailOf('aiko'), primary: true }],
  })
  vouchFor('aiko')
  const page = await open('ja')
  await page.goto('/sign-in?tenant=acme')
  expect(await page.evaluate('document.documentElement.lang')).toBe('ja')
  await look(page, 'choose-ja')
  await page.getByLabel('仕事用のメールアドレス').fill('aiko@example.com')
  await page.getByRole('button', { name: '続ける' }).click()
  await page.getByRole('img', { name: 'QRコード' }).waitFor()
  await look(page, 'enrol-totp-ja')
  await page.getByText('読み取れない場合').click()
  const secret = ((await page.locator('.secret code').textContent()) ?? '').replaceAll(' ', '')
  const totp = new TOTP({ secret: Secret.fromBase32(secret) })
  await page.getByLabel('6桁の数字').fill(totp.generate({ timestamp: people.now.getTime() }))
  await page.getByRole('button', { name: '設定する' }).click()
  await page.getByRole('button', { name: '保管しました' }).click()
  await page.getByLabel('コンピューターの名前').fill('DESKTOP-2')
  await page.getByRole('button', { name: '続ける' }).click()
  await page.getByRole('heading', { name: 'ようこそ' }).waitFor()
  await look(page, 'home-ja')
  await page.goto('/security')
  await look(page, 'security-ja')
  await page.context().close()
})
