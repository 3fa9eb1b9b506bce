// Signing in and proving again with a second factor: authenticator app, passkey, recovery code.
import { Secret, TOTP } from 'otpauth'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { SYSTEM } from '#platform/database/database.ts'
import { sql } from '#platform/database/sql.ts'
import { authenticator } from '../authenticator.ts'
import { type House, openHouse } from '../harness.ts'
import { PASSWORD } from '../portal-client.ts'
import { type Visitor, visitor } from '../visitor.ts'

const ORIGIN = 'http://localhost:8080'

let house: House
let tenantId: string
let now = new Date('2026-03-01T12:00:00Z')
beforeAll(async () => {
  house = await openHouse({ publicUrl: ORIGIN, clock: () => now })
  tenantId = await house.tenant('acme')
})
afterAll(() => house.close())

function nextStep(): void {
  now = new Date(now.getTime() + 30_000)
}

async function person(): Promise<{ email: string; browser: Visitor }> {
  const { email } = await house.administrator(tenantId)
  const browser = visitor(house.url)
  await browser.post('/session', { email, password: PASSWORD })
  return { email, browser }
}

async function enrolTotp(browser: Visitor): Promise<{ code(): string; recoveryCodes: string[] }> {
  const { enrolmentId, secret } = (await browser.post('/me/totp')).json
  const totp = new TOTP({ secret: Secret.fromBase32(secret) })
  const code = () => totp.generate({ timestamp: now.getTime() })
  const done = await browser.post('/me/factors', { enrolmentId, code: code() })
  expect(done.status).toBe(201)
  return { code, recoveryCodes: done.json.recoveryCodes ?? [] }
}

async function enrolPasskey(browser: Visitor) {
  const device = authenticator(ORIGIN)
  const { enrolmentId, options } = (await browser.post('/me/passkeys')).json
  const done = await browser.post('/me/factors', { enrolmentId, credential: device.create(options) })
  expect(done.status).toBe(201)
  return { device, recoveryCodes: done.json.recoveryCodes }
}

async function begin(email: string, password = PASSWORD): Promise<Visitor> {
  const browser = visitor(house.url)
  const answer = await browser.post('/session', { email, password })
  expect([answer.status, answer.json.next]).toEqual([200, 'factor'])
  return browser
}

/** As if the last proof were long ago. */
async function forgetProof(email: string): Promise<void> {
  await house.db.run(
    SYSTEM,
    sql`update administrator_session s set proven_at = now() - interval '16 minutes'
      from administrator a where a.id = s.administrator_id and a.email = ${email}`,
  )
}

test('a sign-in that waits for its factor reaches nothing and enrols nothing', async () => {
  const { email, browser } = await person()
  await enrolTotp(browser)
  const pending = await begin(email)
  expect([...pending.cookies.keys()]).toEqual(['__Host-doorlist-sign-in'])
  for (const [method, path] of [
    ['GET', '/me'],
    ['GET', '/administrators'],
    ['POST', '/me/totp'],
    ['POST', '/me/passkeys'],
    ['POST', '/me/recovery-codes'],
    ['DELETE', '/me/totp'],
    ['POST', '/session/proof'],
  ] as const)
    expect(
      (await pending.request(method, path, method === 'POST' ? { code: '0' } : undefined)).status,
      path,
    ).toBe(401)
  const [[, token = ''] = []] = pending.cookies
  const asSession = await pending.request('GET', '/me', undefined, {
    cookie: `__Host-doorlist-admin=${token}`,
  })
  expect(asSession.status).toBe(401)
})

test('a code of the app signs in once, a little early or late', async () => {
  const { email, browser } = await person()
  const { code } = await enrolTotp(browser)
  const first = await begin(email)
  expect((await first.post('/session/factor', { code: code() })).status).toBe(401) // used when it was enrolled
  nextStep()
  const used = code()
  nextStep()
  const [a, b] = [await begin(email), await begin(email)]
  const both = await Promise.all([a, b].map((one) => one.post('/session/factor', { code: used })))
  expect(both.map(({ status }) => status).toSorted()).toEqual([200, 401])
  const replay = await begin(email)
  expect((await replay.post('/session/factor', { code: used })).status).toBe(401)
  nextStep()
  nextStep()
  const stale = code()
  nextStep()
  nextStep()
  expect((await replay.post('/session/factor', { code: stale })).status).toBe(401)
  const done = await replay.post('/session/factor', { code: code() })
  expect(done.json.next).toBe('complete')
  expect([...replay.cookies.keys()]).toEqual(['__Host-doorlist-admin', '__Host-doorlist-browser'])
  expect((await replay.get('/me')).status).toBe(200)
})

test('guessing codes is cut off, and then the right code is refused too', async () => {
  const { email, browser } = await person()
  const { code } = await enrolTotp(browser)
  nextStep()
  const pending = await begin(email)
  const statuses: number[] = []
  for (let n = 0; n < 12; n++)
    statuses.push((await pending.post('/session/factor', { code: String(n).padStart(6, '0') })).status)
  expect(statuses.slice(0, 5)).toEqual(Array(5).fill(401))
  expect(statuses.slice(5)).toEqual(Array(7).fill(429))
  const right = await pending.post('/session/factor', { code: code() })
  expect([right.status, Number(right.headers['retry-after']) > 0]).toEqual([429, true])
  // A new sign-in changes nothing about it.
  expect((await (await begin(email)).post('/session/factor', { code: code() })).status).toBe(429)
})

test('a recovery code signs in once, however it is typed', async () => {
  const { email, browser } = await person()
  const { recoveryCodes } = await enrolTotp(browser)
  expect(new Set(recoveryCodes).size).toBe(10)
  const [code = ''] = recoveryCodes
  expect(JSON.stringify(await house.dump('factor_recovery_code'))).not.toContain(code)
  const typed = code.replaceAll('-', ' ').toUpperCase()
  const pending = await begin(email)
  expect((await pending.post('/session/factor', { recoveryCode: typed })).status).toBe(200)
  expect((await pending.get('/me/factors')).json.recoveryCodes).toBe(9)
  expect((await (await begin(email)).post('/session/factor', { recoveryCode: typed })).status).toBe(401)
  const { recoveryCodes: fresh } = (await pending.post('/me/recovery-codes')).json
  expect(fresh).toHaveLength(10)
  const old = { recoveryCode: recoveryCodes[1] }
  expect((await (await begin(email)).post('/session/factor', old)).status).toBe(401)
})

test('a passkey is the second factor, or signs in by itself', async () => {
  const { email, browser } = await person()
  const { device, recoveryCodes } = await enrolPasskey(browser)
  expect(recoveryCodes).toHaveLength(10)
  const pending = await begin(email)
  const asked = (await pending.post('/session/factor/passkey')).json
  expect(asked.options.allowCredentials).toMatchObject([{ id: device.credentialId }])
  const answer = { ceremonyId: asked.ceremonyId, credential: device.get(asked.options) }
  expect((await pending.post('/session/factor', answer)).status).toBe(200)

  const alone = visitor(house.url)
  const question = (await alone.post('/session/passkey/question')).json
  expect(question.options.allowCredentials).toBeUndefined()
  const credential = device.get(question.options)
  const done = await alone.post('/session/passkey', { ceremonyId: question.ceremonyId, credential })
  expect(done.json.me.administrator.email).toBe(email)
  const replayed = await visitor(house.url).post('/session/passkey', {
    ceremonyId: question.ceremonyId,
    credential,
  })
  expect([replayed.status, [replayed.headers['set-cookie'] ?? []].flat()]).toEqual([403, []])
})

test('a passkey from a site that looks like ours, or without a finger, is refused', async () => {
  const { browser } = await person()
  const { device } = await enrolPasskey(browser)
  for (const wish of [
    { origin: 'http://badlocalhost:8080' },
    { origin: 'https://localhost:8080' },
    { origin: 'http://localhost:8081' },
    { verified: false },
  ]) {
    const alone = visitor(house.url)
    const { ceremonyId, options } = (await alone.post('/session/passkey/question')).json
    const answer = await alone.post('/session/passkey', { ceremonyId, credential: device.get(options, wish) })
    expect([answer.status, alone.cookies.size]).toEqual([401, 0])
  }
})

test('somebody else’s passkey is no second factor for this account', async () => {
  const [ada, eve] = [await person(), await person()]
  await enrolPasskey(ada.browser)
  const { device } = await enrolPasskey(eve.browser)
  const pending = await begin(ada.email)
  const { ceremonyId, options } = (await pending.post('/session/factor/passkey')).json
  const answer = await pending.post('/session/factor', { ceremonyId, credential: device.get(options) })
  expect(answer.status).toBe(401)
})

test('a passkey says nothing about other tenants: its id may be taken there, and each signs in its own holder', async () => {
  const { email, browser } = await person()
  const { device } = await enrolPasskey(browser)
  const stranger = await house.administrator(await house.tenant(`other-${crypto.randomUUID()}`))
  const there = visitor(house.url)
  await there.post('/session', { email: stranger.email, password: PASSWORD })
  const same = authenticator(ORIGIN, Buffer.from(device.credentialId, 'base64url'))
  const enrol = async () => {
    const { enrolmentId, options } = (await there.post('/me/passkeys')).json
    return there.post('/me/factors', { enrolmentId, credential: same.create(options) })
  }
  expect((await enrol()).status).toBe(201)
  expect((await enrol()).status).toBe(409)
  for (const [one, expected] of [
    [device, email],
    [same, stranger.email],
  ] as const) {
    const alone = visitor(house.url)
    const { ceremonyId, options } = (await alone.post('/session/passkey/question')).json
    const done = await alone.post('/session/passkey', { ceremonyId, credential: one.get(options) })
    expect(done.json.me.administrator.email).toBe(expected)
  }
})

test('where a host has no name, passkeys are not offered, and it is said why', async () => {
  const elsewhere = await openHouse()
  try {
    const ada = await elsewhere.administrator(await elsewhere.tenant('acme'))
    const means = (await ada.get('/session/means')).json
    expect(means).toMatchObject({ passkeys: false, passkeysUnavailable: expect.stringMatching(/host name/) })
    expect((await ada.post('/me/passkeys')).status).toBe(403)
  } finally {
    await elsewhere.close()
  }
})

test('what is dangerous asks for a fresh proof, which gives the session a new name', async () => {
  const { email, browser } = await person()
  const { code } = await enrolTotp(browser)
  await forgetProof(email)
  for (const [method, path, body] of [
    ['DELETE', '/me/totp', undefined],
    ['POST', '/me/recovery-codes', undefined],
    ['POST', '/api-keys', { name: 'x', role: 'admin' }],
    ['POST', '/invitations', { email: 'x@example.com', role: 'admin' }],
  ] as const) {
    const refused = await browser.request(method, path, body)
    expect([refused.status, refused.json.code], path).toEqual([403, 'step-up-required'])
  }
  expect((await browser.get('/session/proof')).json).toEqual({ methods: ['totp', 'recovery-code'] })
  const byPassword = await browser.post('/session/proof', { password: PASSWORD })
  expect([byPassword.status, byPassword.json.errors[0].field]).toEqual([422, 'password'])
  const before = browser.cookies.get('__Host-doorlist-admin') ?? ''
  nextStep()
  const wrong = await browser.post('/session/proof', { code: '000000' })
  expect([wrong.status, wrong.json.errors[0].field]).toEqual([422, 'code'])
  expect((await browser.post('/session/proof', { code: code() })).status).toBe(200)
  expect(browser.cookies.get('__Host-doorlist-admin')).not.toBe(before)
  const old = await visitor(house.url).request('GET', '/me', undefined, {
    cookie: `__Host-doorlist-admin=${before}`,
  })
  expect(old.status).toBe(401)
  expect((await browser.delete('/me/totp')).status).toBe(204)
  expect((await browser.get('/me/factors')).json).toMatchObject({ totp: null, recoveryCodes: 0 })
})

test('without a second factor the password is the proof, and guessing it is cut off', async () => {
  const { email, browser } = await person()
  await forgetProof(email)
  expect((await browser.get('/session/proof')).json).toEqual({ methods: ['password'] })
  for (let n = 0; n < 10; n++)
    expect((await browser.post('/session/proof', { password: `wrong ${n}` })).status).toBe(422)
  expect((await browser.post('/session/proof', { password: PASSWORD })).status).toBe(429)
  await house.db.run(SYSTEM, sql`delete from sign_in_throttle`)
  expect((await browser.post('/session/proof', { password: PASSWORD })).status).toBe(200)
  expect((await browser.post('/me/totp')).status).toBe(200)
})

test('a passkey is a proof too', async () => {
  const { email, browser } = await person()
  const { device } = await enrolPasskey(browser)
  await forgetProof(email)
  const { ceremonyId, options } = (await browser.post('/session/proof/passkey')).json
  expect((await browser.post('/session/proof', { ceremonyId, credential: device.get(options) })).status).toBe(
    200,
  )
})

test('a short password keeps its last factor for ever', async () => {
  const { email, browser } = await person()
  await enrolTotp(browser)
  const { device } = await enrolPasskey(browser)
  expect(device).toBeDefined()
  const short = 'only 8 +'
  expect((await browser.put('/me/password', { current: PASSWORD, password: short })).status).toBe(200)
  const [passkey] = (await browser.get('/me/factors')).json.passkeys
  expect((await browser.delete(`/me/passkeys/${passkey.id}`)).status).toBe(204)
  const refused = await browser.delete('/me/totp')
  expect([refused.status, refused.json.detail]).toEqual([403, expect.stringMatching(/fewer than 15/)])
  expect((await browser.get('/me/factors')).json.totp).not.toBeNull()
  expect((await browser.put('/me/password', { current: short, password: PASSWORD })).status).toBe(200)
  expect((await browser.delete('/me/totp')).status).toBe(204)
  expect((await visitor(house.url).post('/session', { email, password: PASSWORD })).json.next).toBe(
    'complete',
  )
})

test('of two factors that are removed at the same time, a short password keeps one', async () => {
  const { browser } = await person()
  await enrolTotp(browser)
  await enrolPasskey(browser)
  await browser.put('/me/password', { current: PASSWORD, password: 'only 8 +' })
  const [passkey] = (await browser.get('/me/factors')).json.passkeys
  const removals = [browser.delete('/me/totp'), browser.delete(`/me/passkeys/${passkey.id}`)]
  expect((await Promise.all(removals)).map(({ status }) => status).toSorted()).toEqual([204, 403])
})
