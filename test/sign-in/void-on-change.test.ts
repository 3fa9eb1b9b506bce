// Whatever was issued to a user is void once the user, or the administrator who issued it, has changed.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { joinUser } from '#directory/users/join.ts'
import { hashPassword } from '#factors/passwords.ts'
import { changeIdentityProvider, setEnabled } from '#identity-providers/change.ts'
import { ensureLocalIdentityProvider } from '#identity-providers/create.ts'
import { type IdentityProvider, listIdentityProviders } from '#identity-providers/identity-providers.ts'
import { sql } from '#platform/database/sql.ts'
import type { Mail } from '#platform/network/mail.ts'
import { removeUserFactor } from '#sign-in/factors/remove-factor.ts'
import { setPassword } from '#sign-in/local/passwords.ts'
import { type House, openHouse } from '../harness.ts'
import type { ApiClient } from '../portal-client.ts'
import { authenticatorApp, hidden, mailOf, recoveryCodesOf } from './people.ts'
import { openTraveller, type Page, type Traveller } from './traveller.ts'

const PASSWORD = 'four words that rhyme'
const OTHER_PASSWORD = 'another four words'

let house: House
let owner: ApiClient
let admin: ApiClient
let adminId: string
let local: IdentityProvider
let now = new Date()
const mails: Mail[] = []
beforeAll(async () => {
  house = await openHouse({
    clock: () => now,
    mailer: { send: async (mail) => void mails.push(mail), close: () => {} },
  })
  const tenantId = await house.tenant('acme')
  await ensureLocalIdentityProvider(house.db, { tenantId, actor: { type: 'operator', name: 'test' } })
  owner = await house.administrator(tenantId, 'owner')
  const [found] = await listIdentityProviders(house.db, tenantId)
  if (!found) throw new Error('there is no local identity provider')
  local = found
})
afterAll(() => house?.close())
beforeEach(async () => {
  now = new Date()
  mails.length = 0
  admin = await house.administrator(local.tenantId, 'admin')
  const { items } = (await owner.get('/administrators')).json
  adminId = items.find(({ email }: { email: string }) => email === admin.email).id
  await change({ mfa: 'none', mfaMethods: ['totp', 'email'], rememberDeviceDays: 7 })
})

async function change(settings: Parameters<typeof changeIdentityProvider>[3]): Promise<void> {
  local = (await changeIdentityProvider(house.db, auditContext(), local.id, settings)).provider
}

function auditContext() {
  return { tenantId: local.tenantId, actor: { type: 'operator', name: 'test' } } as const
}

function create(name: string): Promise<string> {
  const said = {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
    userName: name,
    displayName: name,
    emails: [{ value: mailOf(name), primary: true }],
  }
  return house.db.transaction({ tenantId: local.tenantId }, async (tx) => {
    const id = await joinUser(tx, auditContext(), local, said)
    if (id === undefined) throw new Error(`there is a user ${name} already`)
    return id
  })
}

/** A link that the administrator copies instead of mailing it. */
async function invite(id: string): Promise<string> {
  const { link } = (await admin.post(`/users/${id}/invitation`, { mail: false })).json
  return link.url ?? ''
}

async function choose(link: string, password = PASSWORD): Promise<Page> {
  const page = await openTraveller().get(link)
  if (page.status !== 200) return page
  const form = { token: hidden(page, 'token'), password, again: password }
  return openTraveller().post(`${house.url}/sign-in/password`, form)
}

async function member(name: string, password = PASSWORD): Promise<string> {
  const id = await create(name)
  expect((await choose(await invite(id), password)).status).toBe(200)
  return id
}

async function signIn(name: string, password = PASSWORD, at: Traveller = openTraveller()): Promise<Page> {
  await at.get(`${house.url}/sign-in/with/${local.id}`)
  return at.post(`${house.url}/sign-in/local`, { name, password })
}

const isSignedIn = async (at: Traveller) => (await at.step('GET', `${house.url}/`)).status === 200

async function forgotten(name: string): Promise<string> {
  mails.length = 0
  await openTraveller().post(`${house.url}/sign-in/forgotten`, { idp: local.id, name })
  await expect.poll(() => mails.length).toBe(1)
  return /https?:\S+/.exec(mails[0]?.text ?? '')?.[0] ?? ''
}

async function edit(id: string, profile: object): Promise<void> {
  const { etag } = (await admin.get(`/users/${id}`)).headers
  const answer = await admin.request('PATCH', `/users/${id}`, profile, { 'if-match': String(etag) })
  expect(answer.status, answer.text).toBe(200)
}

test('a sign-in under way with the old password never gets a session after the change', async () => {
  const id = await member('racer')
  let old = PASSWORD
  for (let round = 0; round < 12; round++) {
    const next = `${OTHER_PASSWORD} ${round}`
    const kept = await hashPassword(next)
    const browsers = [openTraveller(), openTraveller(), openTraveller()]
    for (const at of browsers) await at.get(`${house.url}/sign-in/with/${local.id}`)
    await Promise.all([
      house.db.transaction({ tenantId: local.tenantId }, (tx) =>
        setPassword(tx, auditContext(), { id, userName: 'racer' }, kept),
      ),
      ...browsers.map((at) => at.post(`${house.url}/sign-in/local`, { name: 'racer', password: old })),
    ])
    for (const at of browsers) expect(await isSignedIn(at), `round ${round}`).toBe(false)
    old = next
    await house.db.run({ tenantId: local.tenantId }, sql`delete from sign_in_throttle`)
  }
})

test('a password that is too short by now leads to a new one only while it is the password', async () => {
  await change({ mfa: 'mandatory' })
  const id = await member('shorty', '8 apples')
  await change({ mfa: 'none' })
  const links: string[] = []
  for (let round = 0; round < 8; round++) {
    await change({ mfa: 'mandatory' })
    const kept = await hashPassword('8 apples', { withFactor: true })
    await house.db.transaction({ tenantId: local.tenantId }, (tx) =>
      setPassword(tx, auditContext(), { id, userName: 'shorty' }, kept),
    )
    await change({ mfa: 'none' })
    const long = await hashPassword(OTHER_PASSWORD)
    const at = openTraveller()
    await at.get(`${house.url}/sign-in/with/${local.id}`)
    const [answer] = await Promise.all([
      at.step('POST', `${house.url}/sign-in/local`, { name: 'shorty', password: '8 apples' }),
      house.db.transaction({ tenantId: local.tenantId }, (tx) =>
        setPassword(tx, auditContext(), { id, userName: 'shorty' }, long),
      ),
    ])
    if (answer.headers.location?.startsWith('/sign-in/password')) links.push(answer.headers.location)
  }
  for (const link of links) expect((await openTraveller().get(house.url + link)).status).toBe(404)
  expect((await signIn('shorty', OTHER_PASSWORD)).text).toContain('Welcome, shorty')
})

test('of two changes with the same old password, one counts', async () => {
  await member('twice')
  const [here, there] = [openTraveller(), openTraveller()]
  await signIn('twice', PASSWORD, here)
  await signIn('twice', PASSWORD, there)
  const set = (at: Traveller, password: string) =>
    at.step(
      'POST',
      `${house.url}/password`,
      { current: PASSWORD, password, again: password },
      { origin: house.url },
    )
  const answers = await Promise.all([set(here, 'the first of the two'), set(there, 'the second of the two')])
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
  const signedIn = await Promise.all([here, there].map(isSignedIn))
  expect(signedIn.filter(Boolean)).toHaveLength(1)
})

test('links to a password are void when the address or the name changes', async () => {
  const id = await member('mover')
  const [invitation, reset] = [await invite(id), await forgotten('mover')]
  await edit(id, { email: 'moved@example.com' })
  expect([(await choose(invitation)).status, (await choose(reset)).status]).toEqual([404, 404])
  const named = await invite(id)
  await edit(id, { userName: 'moved' })
  expect((await choose(named)).status).toBe(404)
  const kept = await invite(id)
  await edit(id, { displayName: 'Somebody else' })
  expect((await choose(kept)).status).toBe(200)
})

test.each([
  ['removed', (id: string) => owner.delete(`/administrators/${id}`)],
  ['made an auditor', (id: string) => owner.patch(`/administrators/${id}`, { role: 'auditor' })],
  ['disabled', (id: string) => owner.patch(`/administrators/${id}`, { disabled: true })],
])('a link that an administrator copied is void once that administrator is %s', async (name, lose) => {
  const id = await create(`invited by one who is ${name}`)
  const link = await invite(id)
  expect([200, 204]).toContain((await lose(adminId)).status)
  expect((await choose(link)).status).toBe(404)
  await owner.patch(`/administrators/${adminId}`, { role: 'admin', disabled: false })
  expect((await choose(link)).status).toBe(404)
})

test('a link made with an API key is void once the creator of the key is removed', async () => {
  const second = await house.administrator(local.tenantId, 'owner')
  const { items } = (await owner.get('/administrators')).json
  const secondId = items.find(({ email }: { email: string }) => email === second.email).id
  const { key } = (await second.post('/api-keys', { name: 'inviter', role: 'admin' })).json
  const id = await create('invited-by-a-program')
  const { link } = (
    await second.request(
      'POST',
      `/users/${id}/invitation`,
      { mail: false },
      {
        authorization: `Bearer ${key}`,
        cookie: '',
      },
    )
  ).json
  await owner.delete(`/administrators/${secondId}`)
  expect((await choose(link.url)).status).toBe(404)
})

test('links and remembered browsers do not come back with an identity provider that was switched off', async () => {
  const id = await member('switched')
  const link = await invite(id)
  await change({ mfa: 'mandatory' })
  const { at } = await enrolled('switched-too')
  expect((await signIn('switched-too', PASSWORD, at)).text).toContain('Welcome')
  await setEnabled(house.db, auditContext(), local.id, false)
  await setEnabled(house.db, auditContext(), local.id, true)
  expect((await choose(link)).status).toBe(404)
  expect((await signIn('switched-too', PASSWORD, at)).text).toContain('Second factor')
})

/** A user who enrolled an authenticator app in a browser that is remembered. */
async function enrolled(name: string) {
  const id = await member(name)
  const at = openTraveller()
  const page = await signIn(name, PASSWORD, at)
  const app = authenticatorApp(page, () => now)
  const form = { method: 'totp', id: hidden(page, 'id'), code: app.code(), remember: 'yes' }
  const recoveryCodes = recoveryCodesOf(await at.post(`${house.url}/sign-in/enroll`, form))
  expect((await at.get(`${house.url}/sign-in/next`)).text).toContain('Welcome')
  now = new Date(now.getTime() + 30_000)
  return { id, at, app, recoveryCodes }
}

test('a factor that is removed counts for no sign-in under way and for no fresh proof', async () => {
  await change({ mfa: 'mandatory' })
  const { id, at, app } = await enrolled('lost-phone')
  const waiting = openTraveller()
  await signIn('lost-phone', PASSWORD, waiting)
  const answered = await waiting.step(
    'POST',
    `${house.url}/sign-in/challenge`,
    { method: 'totp', code: app.code() },
    { origin: house.url },
  )
  expect(answered.status).toBe(303)
  expect((await at.get(`${house.url}/security/recovery-codes`)).status).toBe(200)
  await removeUserFactor(house.db, auditContext(), id, 'totp')
  expect((await waiting.get(`${house.url}/sign-in/next`)).status).toBe(401)
  expect(await isSignedIn(waiting)).toBe(false)
  expect((await at.get(`${house.url}/security/recovery-codes`)).status).toBe(401)
})

test('a code that was sent to an address is void once the address has changed', async () => {
  await change({ mfa: 'mandatory', mfaMethods: ['email'] })
  const id = await member('old-address')
  const codeIn = () => /\b(\d{6})\b/.exec(mails.at(-1)?.text ?? '')?.[1] ?? ''
  const at = openTraveller()
  await signIn('old-address', PASSWORD, at)
  mails.length = 0
  await at.post(`${house.url}/sign-in/code`, { method: 'email' })
  await edit(id, { email: 'new-address@example.com' })
  const enrol = await at.post(`${house.url}/sign-in/enroll`, { method: 'email', code: codeIn() })
  expect(enrol.status).toBe(401)
  await signIn('old-address', PASSWORD, at)
  await at.post(`${house.url}/sign-in/code`, { method: 'email' })
  expect(mails.at(-1)?.to).toBe('new-address@example.com')
  expect((await at.post(`${house.url}/sign-in/enroll`, { method: 'email', code: codeIn() })).status).toBe(200)

  const next = openTraveller()
  await signIn('old-address', PASSWORD, next)
  await next.post(`${house.url}/sign-in/code`, { method: 'email' })
  const code = codeIn()
  await edit(id, { email: 'newest-address@example.com' })
  await next.post(`${house.url}/sign-in/challenge`, { method: 'email', code })
  expect(await isSignedIn(next)).toBe(false)
})

test('a sign-in under way ends when the user gets another name', async () => {
  await change({ mfa: 'mandatory', mfaMethods: ['totp'] })
  const { id, app } = await enrolled('renamed')
  const at = openTraveller()
  await signIn('renamed', PASSWORD, at)
  await edit(id, { userName: 'renamed-later' })
  const answer = await at.post(`${house.url}/sign-in/challenge`, { method: 'totp', code: app.code() })
  expect([answer.status, await isSignedIn(at)]).toEqual([401, false])
})
