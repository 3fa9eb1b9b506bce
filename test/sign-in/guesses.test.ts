// Guesses at the passwords and second factors of users: what stops whoever guesses must not stop the owner of the account.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { joinUser } from '#directory/users/join.ts'
import { hashPassword } from '#factors/passwords.ts'
import { changeIdentityProvider } from '#identity-providers/change.ts'
import { ensureLocalIdentityProvider } from '#identity-providers/create.ts'
import { type IdentityProvider, listIdentityProviders } from '#identity-providers/identity-providers.ts'
import { SYSTEM } from '#platform/database/database.ts'
import { sql } from '#platform/database/sql.ts'
import type { Mail } from '#platform/network/mail.ts'
import { setPassword } from '#sign-in/local/passwords.ts'
import { type House, openHouse } from '../harness.ts'
import { browserIn, type NetworkBrowser } from '../network-browser.ts'
import { authenticatorApp, hidden, mailOf } from './people.ts'

const PASSWORD = 'four words that rhyme'

let house: House
let local: IdentityProvider
const mails: Mail[] = []
beforeAll(async () => {
  house = await openHouse({ mailer: { send: async (mail) => void mails.push(mail), close: () => {} } })
  const tenantId = await house.tenant('acme')
  await ensureLocalIdentityProvider(house.db, { tenantId, actor: { type: 'operator', name: 'test' } })
  const [found] = await listIdentityProviders(house.db, tenantId)
  if (!found) throw new Error('there is no local identity provider')
  local = found
  await change({ mfa: 'none' })
})
afterAll(() => house?.close())

const auditContext = () => ({ tenantId: local.tenantId, actor: { type: 'operator', name: 'test' } }) as const

async function change(settings: { mfa: 'none' | 'mandatory' }): Promise<void> {
  local = (await changeIdentityProvider(house.db, auditContext(), local.id, settings)).provider
}

async function member(userName: string): Promise<string> {
  const said = {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
    userName,
    emails: [{ value: mailOf(userName), primary: true }],
  }
  const kept = await hashPassword(PASSWORD)
  return house.db.transaction({ tenantId: local.tenantId }, async (tx) => {
    const id = (await joinUser(tx, auditContext(), local, said)) ?? ''
    await setPassword(tx, auditContext(), { id, userName }, kept)
    return id
  })
}

let networks = 0
const newNetwork = () => `10.40.0.${++networks}`
const newBrowser = (network = newNetwork()) => browserIn(house, network)

async function begin(browser: NetworkBrowser): Promise<NetworkBrowser> {
  await browser.get(`/sign-in/with/${local.id}`)
  return browser
}

/** @returns 303 when the password is right */
async function signIn(browser: NetworkBrowser, name: string, password = PASSWORD): Promise<number> {
  await begin(browser)
  return (await browser.submit('/sign-in/local', { name, password })).status
}

async function guess(name: string, times: number, network = newNetwork()): Promise<number[]> {
  const statuses: number[] = []
  for (let n = 0; n < times; n++) statuses.push(await signIn(newBrowser(network), name, `wrong ${n}`))
  return statuses
}

/** As if strangers in many networks had guessed until no more is allowed. */
async function exhaustWideLimit(name: string): Promise<void> {
  await house.db.run(SYSTEM, sql`delete from sign_in_throttle`)
  for (let n = 0; n < 2; n++) await guess(name, 1)
  await house.db.run(SYSTEM, sql`update sign_in_throttle set tries = 100 where tries = 2`)
}

test('a user has one count, whichever name is typed', async () => {
  await member('ada')
  const network = newNetwork()
  expect(await guess('ada', 5, network)).toEqual(Array(5).fill(401))
  expect(await guess(mailOf('ada'), 5, network)).toEqual(Array(5).fill(401))
  expect(await signIn(newBrowser(network), 'ADA')).toBe(429)
  expect(await signIn(newBrowser(network), mailOf('ada'))).toBe(429)
})

test('wrong passwords stop the network that they come from, and no other', async () => {
  await member('bea')
  for (let n = 0; n < 12; n++) expect(await guess('bea', 1)).toEqual([401])
  expect(await signIn(newBrowser(), 'bea')).toBe(303)
})

test('a success forgets the guesses from its own network alone', async () => {
  await member('cleo')
  const [here, elsewhere] = [newNetwork(), newNetwork()]
  await guess('cleo', 9, here)
  await guess('cleo', 10, elsewhere)
  expect(await signIn(newBrowser(here), 'cleo')).toBe(303)
  expect(await guess('cleo', 10, here)).toEqual(Array(10).fill(401))
  expect(await signIn(newBrowser(elsewhere), 'cleo')).toBe(429)
})

test('a name that nobody has is limited like any other', async () => {
  await member('dora')
  const answers = async (name: string) => {
    const browser = await begin(newBrowser())
    const told = []
    for (let n = 0; n < 12; n++) {
      const { status, text } = await browser.submit('/sign-in/local', { name, password: `wrong ${n}` })
      told.push([status, text.replaceAll(name, 'NAME').replaceAll(/<svg.*?<\/svg>/gs, '')])
    }
    return told
  }
  expect(await answers('dora')).toEqual(await answers('nobody'))
})

test('when strangers use up the wide limit, a browser that was signed in before still signs in', async () => {
  await member('elsa')
  const browser = newBrowser()
  expect(await signIn(browser, 'elsa')).toBe(303)
  expect((await browser.get('/sign-in/next')).status).toBe(303)
  expect([...browser.cookies.keys()]).toContain('__Host-doorlist-browser')
  await exhaustWideLimit('elsa')
  expect(await signIn(newBrowser(), 'elsa')).toBe(429)
  expect(await signIn(browser, mailOf('elsa'))).toBe(303)
  const form = { current: 'wrong', password: 'a new one, and long', again: 'a new one, and long' }
  expect((await browser.submit('/password', form)).status).toBe(422)
  expect((await browser.submit('/password', { ...form, current: PASSWORD })).status).toBe(200)
  await exhaustWideLimit('elsa')
  expect(await signIn(browser, 'elsa', 'a new one, and long')).toBe(303)
})

test('a password that an administrator or a link sets makes the browsers from before unknown', async () => {
  const id = await member('fay')
  const browser = newBrowser()
  await signIn(browser, 'fay')
  await browser.get('/sign-in/next')
  const kept = await hashPassword('another four words')
  await house.db.transaction({ tenantId: local.tenantId }, (tx) =>
    setPassword(tx, auditContext(), { id, userName: 'fay' }, kept),
  )
  await exhaustWideLimit('fay')
  expect(await signIn(browser, 'fay', 'another four words')).toBe(429)
})

const mailsTo = (name: string) => mails.filter(({ to }) => to === mailOf(name))
const ask = (name: string, browser = newBrowser()) =>
  browser.submit('/sign-in/forgotten', { idp: local.id, name })

test('strangers who ask for a new password fill no mailbox, void no link, and lock nobody out', async () => {
  await member('gwen')
  for (const name of ['gwen', mailOf('gwen'), 'gwen', 'gwen']) expect((await ask(name)).status).toBe(200)
  await expect.poll(() => mailsTo('gwen').length).toBe(1)
  const owner = newBrowser()
  const token = /token=(\S+)/.exec(mailsTo('gwen')[0]?.text ?? '')?.[1] ?? ''
  const chosen = { token, password: 'another four words', again: 'another four words' }
  expect((await owner.submit('/sign-in/password', chosen)).status).toBe(200)
  await exhaustWideLimit('gwen')
  expect(await signIn(owner, 'gwen', 'another four words')).toBe(303)
  expect(mailsTo('gwen')).toHaveLength(1)
})

test('one network asks for three new passwords of a user, whichever name is typed', async () => {
  await member('hope')
  const network = newNetwork()
  const statuses = []
  for (const name of ['hope', mailOf('hope'), 'HOPE', 'hope'])
    statuses.push((await ask(name, newBrowser(network))).status)
  expect(statuses).toEqual([200, 200, 200, 429])
  const unknown = []
  for (let n = 0; n < 4; n++) unknown.push((await ask('nobody at all', newBrowser(network))).status)
  expect(unknown).toEqual(statuses)
})

test('wrong codes from many networks stop strangers, and not a browser that is known', async () => {
  await member('iris')
  await change({ mfa: 'mandatory' })
  const browser = newBrowser()
  let now = Date.now()
  await signIn(browser, 'iris')
  const page = await browser.get('/sign-in/next')
  const app = authenticatorApp({ ...page, url: '', milliseconds: 0, headers: {} }, () => new Date(now))
  const id = hidden({ ...page, url: '', milliseconds: 0, headers: {} }, 'id')
  expect((await browser.submit('/sign-in/enroll', { method: 'totp', id, code: app.code() })).status).toBe(200)
  expect((await browser.get('/sign-in/next')).status).toBe(303)
  const answer = async (at: NetworkBrowser, code: string) => {
    await signIn(at, 'iris')
    return (await at.submit('/sign-in/challenge', { method: 'totp', code })).status
  }
  await house.db.run(SYSTEM, sql`delete from sign_in_throttle`)
  for (let n = 0; n < 2; n++) expect(await answer(newBrowser(), `00000${n}`)).toBe(401)
  await house.db.run(SYSTEM, sql`update sign_in_throttle set tries = 20 where tries = 2`)
  now += 30_000
  expect(await answer(newBrowser(), app.code())).toBe(429)
  expect(await answer(browser, app.code())).toBe(303)
})
