// What administrators do to get in is in the activity log: of their own tenant, with the reason, without a secret.
import { Secret, TOTP } from 'otpauth'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { SYSTEM } from '#platform/database/database.ts'
import { sql } from '#platform/database/sql.ts'
import { authenticator } from '../authenticator.ts'
import { type House, openHouse } from '../harness.ts'
import { type ApiClient, callApi, PASSWORD } from '../portal-client.ts'
import { type Visitor, visitor } from '../visitor.ts'

const ORIGIN = 'http://localhost:8080'

let house: House
let tenantId: string
let owner: ApiClient
let now = new Date('2026-03-01T12:00:00Z')
beforeAll(async () => {
  house = await openHouse({ publicUrl: ORIGIN, clock: () => now })
  tenantId = await house.tenant('acme')
  owner = await house.administrator(tenantId)
})
afterAll(() => house.close())

interface Line {
  readonly action: string
  readonly result: string
  readonly reason: string | null
  readonly actor: { readonly id: string | null; readonly type: string }
  readonly sourceAddress: string | null
  readonly requestId: string | null
}

/** Of one person, oldest first. */
async function told(email: string, reader = owner): Promise<Line[]> {
  await house.activity.flush()
  const { items } = (await reader.get(`/activity-events?actor=${encodeURIComponent(email)}&limit=100`)).json
  return items.toReversed()
}

const brief = (lines: readonly Line[]) =>
  lines.map(({ action, result, reason }) => `${action} ${result}: ${reason}`).toSorted()

async function person(): Promise<{ email: string; browser: Visitor }> {
  const { email } = await house.administrator(tenantId)
  const browser = visitor(house.url)
  await browser.post('/session', { email, password: PASSWORD })
  return { email, browser }
}

async function enrolTotp(
  browser: Visitor,
): Promise<{ code(): string; secret: string; recoveryCodes: string[] }> {
  const { enrolmentId, secret } = (await browser.post('/me/totp')).json
  const totp = new TOTP({ secret: Secret.fromBase32(secret) })
  const code = () => totp.generate({ timestamp: now.getTime() })
  const done = await browser.post('/me/factors', { enrolmentId, code: code() })
  return { code, secret, recoveryCodes: done.json.recoveryCodes }
}

function nextStep(): void {
  now = new Date(now.getTime() + 30_000)
}

test('a wrong password is told of, with who, where and by which request; so is the right one', async () => {
  const { email } = await person()
  const wrong = await callApi(house.url, 'POST', '/session', {
    email: email.toUpperCase(),
    password: 'guess!',
  })
  const lines = await told(email)
  expect(brief(lines)).toEqual([
    'sign-in failure: wrong password',
    'sign-in success: password',
    'sign-in success: password',
  ])
  expect(lines.at(-1)).toMatchObject({
    actor: { type: 'administrator', id: expect.any(String) },
    sourceAddress: '127.0.0.1',
    requestId: wrong.json.requestId,
  })
  expect(JSON.stringify(await house.dump('activity_event'))).not.toMatch(/guess!|correct horse/)
})

test('an unknown address is told of nowhere, and answered like a known one', async () => {
  const count = async () => (await house.dump('activity_event')).length
  await house.activity.flush()
  const before = await count()
  const unknown = await callApi(house.url, 'POST', '/session', { email: 'no@x.example', password: 'guess' })
  const { email } = await person()
  await house.activity.flush()
  const between = await count()
  const known = await callApi(house.url, 'POST', '/session', { email, password: 'guess' })
  await house.activity.flush()
  expect([between - before, (await count()) - between]).toEqual([2, 1])
  expect({ ...unknown.json, requestId: '' }).toEqual({ ...known.json, requestId: '' })
})

test('guessing is told of ten times, and once that it was cut off', async () => {
  const { email } = await person()
  for (let n = 0; n < 16; n++) await callApi(house.url, 'POST', '/session', { email, password: `guess ${n}` })
  const failures = brief(await told(email)).filter((line) => line.includes('failure'))
  expect(failures.filter((line) => line.endsWith('wrong password'))).toHaveLength(10)
  expect(failures.filter((line) => line.endsWith('too many tries: password'))).toHaveLength(1)
  await house.db.run(SYSTEM, sql`delete from sign_in_throttle`)
})

test('who is disabled is refused like anybody, and the log says why', async () => {
  const { email } = await person()
  await house.db.run(SYSTEM, sql`update administrator set disabled_at = now() where email = ${email}`)
  const refused = await callApi(house.url, 'POST', '/session', { email, password: PASSWORD })
  expect([refused.status, refused.json.detail]).toEqual([401, 'E-mail address or password is wrong'])
  expect(brief(await told(email))).toContain('sign-in failure: wrong password, and the account is disabled')
})

test('every tenant hears of its own account, and of no other', async () => {
  const elsewhere = await house.tenant('elsewhere')
  const reader = await house.administrator(elsewhere)
  const { email } = await person()
  await callApi(house.url, 'POST', '/session', { email, password: 'guess' })
  expect(await told(email, reader)).toEqual([])
})

test('second factors: added, used, mistyped, proven afresh, recovered by, removed', async () => {
  const { email, browser } = await person()
  const { code, secret, recoveryCodes } = await enrolTotp(browser)
  const begin = async () => {
    const pending = visitor(house.url)
    await pending.post('/session', { email, password: PASSWORD })
    return pending
  }
  nextStep()
  await (await begin()).post('/session/factor', { code: '000000' })
  await (await begin()).post('/session/factor', { code: code() })
  const lost = await begin()
  await lost.post('/session/factor', { recoveryCode: recoveryCodes[0] })
  nextStep()
  await browser.post('/session/proof', { code: '000000' })
  await browser.post('/session/proof', { code: code() })
  await browser.post('/me/recovery-codes')
  const device = authenticator(ORIGIN)
  const { enrolmentId, options } = (await browser.post('/me/passkeys')).json
  await browser.post('/me/factors', { enrolmentId, credential: device.create(options) })
  const alone = visitor(house.url)
  const question = (await alone.post('/session/passkey/question')).json
  await alone.post('/session/passkey', {
    ceremonyId: question.ceremonyId,
    credential: device.get(question.options),
  })
  await browser.delete('/me/totp')
  const [passkey] = (await browser.get('/me/factors')).json.passkeys
  await browser.delete(`/me/passkeys/${passkey.id}`)
  await browser.delete('/session')
  const lines = await told(email)
  expect(brief(lines)).toEqual(
    [
      'sign-in success: password',
      'sign-in success: password',
      'factor success: authenticator app added',
      'sign-in failure: wrong code',
      'sign-in success: password and code',
      'sign-in success: password and recovery code',
      'proof failure: wrong code',
      'proof success: code',
      'factor success: recovery codes replaced',
      'factor success: passkey added',
      'sign-in success: passkey',
      'factor success: authenticator app removed',
      'factor success: passkey removed',
      'sign-out success: null',
    ].toSorted(),
  )
  const kept = JSON.stringify(await house.dump('activity_event'))
  for (const hidden of [secret, ...recoveryCodes]) expect(kept).not.toContain(hidden)
})

test('an accepted invitation and a password set by a link are told of', async () => {
  const email = 'bo@activity.example'
  const invited = (await owner.post('/invitations', { email, role: 'auditor' })).json.link.url
  const browser = visitor(house.url)
  const accepted = await browser.post(`/links/${invited.split('/').at(-1)}`, {
    name: 'Bo',
    password: 'a long enough password',
  })
  const { id } = accepted.json.me.administrator
  const link = (await owner.post(`/administrators/${id}/password-link`)).json.url
  await visitor(house.url).post(`/links/${link.split('/').at(-1)}`, { password: 'another long password' })
  expect(brief(await told(email))).toEqual([
    'password success: set by a link',
    'sign-in success: invitation accepted',
  ])
})
