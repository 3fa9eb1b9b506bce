// A fresh proof of who an administrator is always includes the strongest factor of the account, and is void when the
// account changes.
import { Secret, TOTP } from 'otpauth'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { SYSTEM } from '#platform/database/database.ts'
import { sql } from '#platform/database/sql.ts'
import { authenticator } from '../authenticator.ts'
import { type House, openHouse } from '../harness.ts'
import { PASSWORD } from '../portal-client.ts'
import { type Visitor, visitor } from '../visitor.ts'

const ORIGIN = 'http://localhost:8080'
const OTHER_PASSWORD = 'another battery of horses'

let house: House
let tenantId: string
let now = new Date('2026-03-01T12:00:00Z')
beforeAll(async () => {
  house = await openHouse({ publicUrl: ORIGIN, clock: () => now })
  tenantId = await house.tenant('acme')
})
afterAll(() => house.close())

async function account(): Promise<{ email: string; browser: Visitor }> {
  const { email } = await house.administrator(tenantId)
  return { email, browser: await passwordSignIn(email) }
}

async function passwordSignIn(email: string, password = PASSWORD): Promise<Visitor> {
  const browser = visitor(house.url)
  await browser.post('/session', { email, password })
  return browser
}

async function enrolTotp(browser: Visitor) {
  const { enrolmentId, secret } = (await browser.post('/me/totp')).json
  const totp = new TOTP({ secret: Secret.fromBase32(secret) })
  const done = await browser.post('/me/factors', {
    enrolmentId,
    code: totp.generate({ timestamp: now.getTime() }),
  })
  expect(done.status).toBe(201)
  /** The next code, which was never used. */
  const code = () => {
    now = new Date(now.getTime() + 30_000)
    return totp.generate({ timestamp: now.getTime() })
  }
  return { code, recoveryCodes: done.json.recoveryCodes as string[] }
}

async function enrolPasskey(browser: Visitor) {
  const device = authenticator(ORIGIN)
  const { enrolmentId, options } = (await browser.post('/me/passkeys')).json
  const done = await browser.post('/me/factors', { enrolmentId, credential: device.create(options) })
  expect(done.status).toBe(201)
  return device
}

/** As if the last proof of every session of the account were long ago. */
async function age(email: string): Promise<void> {
  await house.db.run(
    SYSTEM,
    sql`update administrator_session s set proven_at = now() - interval '16 minutes'
      from administrator a where a.id = s.administrator_id and a.email = ${email}`,
  )
}

/** Asks for something dangerous that changes nothing. */
async function isFresh(browser: Visitor): Promise<boolean> {
  const answer = await browser.post('/me/totp')
  if (answer.status === 200) return true
  expect([answer.status, answer.json.code]).toEqual([403, 'step-up-required'])
  return false
}

test('changing the password is no proof for an account with a second factor', async () => {
  const { email, browser } = await account()
  const { code } = await enrolTotp(browser)
  await age(email)
  const changed = await browser.put('/me/password', { current: PASSWORD, password: OTHER_PASSWORD })
  expect(changed.status).toBe(200)
  expect(await isFresh(browser)).toBe(false)
  const removed = await browser.delete('/me/totp')
  expect([removed.status, removed.json.code]).toEqual([403, 'step-up-required'])
  expect((await browser.post('/session/proof', { password: OTHER_PASSWORD })).status).toBe(422)
  expect((await browser.post('/session/proof', { code: code() })).status).toBe(200)
  expect((await browser.delete('/me/totp')).status).toBe(204)
})

test('changing the password is a proof where the password is all that the account has', async () => {
  const { email, browser } = await account()
  await age(email)
  expect(await isFresh(browser)).toBe(false)
  await browser.put('/me/password', { current: PASSWORD, password: OTHER_PASSWORD })
  expect(await isFresh(browser)).toBe(true)
})

test('changing the password keeps a proof that was fresh', async () => {
  const { email, browser } = await account()
  await enrolTotp(browser)
  expect(await isFresh(browser)).toBe(true)
  await browser.put('/me/password', { current: PASSWORD, password: OTHER_PASSWORD })
  expect(await isFresh(browser)).toBe(true)
  await age(email)
  await browser.put('/me/password', { current: OTHER_PASSWORD, password: PASSWORD })
  expect(await isFresh(browser)).toBe(false)
})

test('a proof by the password alone is void once the account has a second factor', async () => {
  const { email, browser } = await account()
  const other = await passwordSignIn(email)
  await enrolTotp(browser)
  expect([await isFresh(browser), await isFresh(other)]).toEqual([true, false])
  expect((await other.delete('/me/totp')).json.code).toBe('step-up-required')
})

test('removing a factor voids the proofs of every other session', async () => {
  const { email, browser } = await account()
  const { code } = await enrolTotp(browser)
  const device = await enrolPasskey(browser)
  const phone = await passwordSignIn(email)
  expect((await phone.post('/session/factor', { code: code() })).json.next).toBe('complete')
  expect(await isFresh(phone)).toBe(true)
  expect((await browser.delete('/me/totp')).status).toBe(204)
  expect([await isFresh(browser), await isFresh(phone)]).toEqual([true, false])
  const { ceremonyId, options } = (await phone.post('/session/proof/passkey')).json
  const proven = await phone.post('/session/proof', { ceremonyId, credential: device.get(options) })
  expect([proven.status, await isFresh(phone)]).toEqual([200, true])
})

test('a recovery code is a proof once, and its use is in the audit log', async () => {
  const { email, browser } = await account()
  const { recoveryCodes } = await enrolTotp(browser)
  await age(email)
  const [recoveryCode] = recoveryCodes
  expect((await browser.post('/session/proof', { recoveryCode })).status).toBe(200)
  expect(await isFresh(browser)).toBe(true)
  await age(email)
  expect((await browser.post('/session/proof', { recoveryCode })).status).toBe(422)
  const events = await house.db.run<{ change: string }>(
    SYSTEM,
    sql`select change from audit_event where object_name = ${email} and action = 'delete' and object_type = 'Factor'`,
  )
  expect(events.map(({ change }) => JSON.parse(change))).toEqual([
    { before: { kind: 'recovery code' }, after: { left: 9 } },
  ])
})

test('a ceremony that another session began finishes in no other', async () => {
  const { email, browser } = await account()
  const other = await passwordSignIn(email)
  const { enrolmentId, secret } = (await other.post('/me/totp')).json
  const code = new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: now.getTime() })
  expect((await browser.post('/me/factors', { enrolmentId, code })).status).toBe(403)
  expect((await other.post('/me/factors', { enrolmentId, code })).status).toBe(201)
})

test('a session that another one ended at the same moment removes no factor and proves nothing', async () => {
  const { email, browser } = await account()
  const { code } = await enrolTotp(browser)
  for (let round = 0; round < 6; round++) {
    const thief = await passwordSignIn(email, round % 2 === 0 ? PASSWORD : OTHER_PASSWORD)
    expect((await thief.post('/session/factor', { code: code() })).status).toBe(200)
    const [current, password] = round % 2 === 0 ? [PASSWORD, OTHER_PASSWORD] : [OTHER_PASSWORD, PASSWORD]
    const spent = code()
    const [changed, proven] = await Promise.all([
      browser.put('/me/password', { current, password }),
      thief.post('/session/proof', { code: spent }),
    ])
    expect(changed.status).toBe(200)
    expect([200, 401, 403]).toContain(proven.status)
    expect([(await browser.get('/me')).status, (await thief.get('/me')).status]).toEqual([200, 401])
  }
})
