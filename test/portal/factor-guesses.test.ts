// Whoever knows an administrator's password, and guesses at the second factor.
import { Secret, TOTP } from 'otpauth'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createAdministrator } from '#administrators/administrators.ts'
import { SYSTEM } from '#platform/database/database.ts'
import { sql } from '#platform/database/sql.ts'
import { authenticator } from '../authenticator.ts'
import { type House, openHouse } from '../harness.ts'
import { browserIn, type NetworkBrowser } from '../network-browser.ts'
import { PASSWORD } from '../portal-client.ts'

const ORIGIN = 'http://localhost:8080'
const API = '/api/v1'

let house: House
let tenantId: string
let now = new Date('2026-03-01T12:00:00Z')
beforeAll(async () => {
  house = await openHouse({ publicUrl: ORIGIN, clock: () => now })
  tenantId = await house.tenant('acme')
})
afterAll(() => house.close())

let networks = 0
const newBrowser = () => browserIn(house, `10.30.0.${++networks}`)

async function enrolled() {
  const email = `${crypto.randomUUID()}@example.com`
  const actor = { type: 'system', name: 'test' } as const
  const person = { email, name: 'Ada', role: 'owner', password: PASSWORD } as const
  await createAdministrator(house.db, { tenantId, actor }, person)
  const browser = newBrowser()
  await browser.post(`${API}/session`, { email, password: PASSWORD })
  const { enrolmentId, secret } = (await browser.post(`${API}/me/totp`, {})).json
  const totp = new TOTP({ secret: Secret.fromBase32(secret) })
  const code = () => {
    now = new Date(now.getTime() + 30_000) // each code counts once
    return totp.generate({ timestamp: now.getTime() })
  }
  expect((await browser.post(`${API}/me/factors`, { enrolmentId, code: code() })).status).toBe(201)
  return { email, browser, code }
}

async function begin(email: string, browser = newBrowser()): Promise<NetworkBrowser> {
  expect((await browser.post(`${API}/session`, { email, password: PASSWORD })).json.next).toBe('factor')
  return browser
}

const answer = (browser: NetworkBrowser, code: string) => browser.post(`${API}/session/factor`, { code })

test('five wrong codes stop the network that they come from, and no other', async () => {
  const { email, code } = await enrolled()
  const thief = await begin(email)
  const statuses = []
  for (let n = 0; n < 7; n++) statuses.push((await answer(thief, `00000${n}`)).status)
  expect(statuses).toEqual([401, 401, 401, 401, 401, 429, 429])
  expect((await answer(thief, code())).status).toBe(429)
  expect((await answer(await begin(email), code())).status).toBe(200)
})

test('wrong codes from many networks stop strangers, but neither a known browser nor a passkey', async () => {
  const { email, browser, code } = await enrolled()
  const device = authenticator(ORIGIN)
  const { enrolmentId, options } = (await browser.post(`${API}/me/passkeys`, {})).json
  await browser.post(`${API}/me/factors`, { enrolmentId, credential: device.create(options) })
  await house.db.run(SYSTEM, sql`delete from sign_in_throttle`)
  for (let n = 0; n < 2; n++) await answer(await begin(email), `00000${n}`)
  await house.db.run(SYSTEM, sql`update sign_in_throttle set tries = 20 where tries = 2`)
  expect((await answer(await begin(email), code())).status).toBe(429)
  expect((await answer(await begin(email, browser), code())).status).toBe(200)
  const stranger = await begin(email)
  const question = (await stranger.post(`${API}/session/factor/passkey`, {})).json
  const passkey = { ceremonyId: question.ceremonyId, credential: device.get(question.options) }
  expect((await stranger.post(`${API}/session/factor`, passkey)).status).toBe(200)
  const alone = newBrowser()
  const any = (await alone.post(`${API}/session/passkey/question`, {})).json
  const own = { ceremonyId: any.ceremonyId, credential: device.get(any.options) }
  expect((await alone.post(`${API}/session/passkey`, own)).status).toBe(200)
})

test('whoever is signed in proves a factor again, however much strangers guess', async () => {
  const { email, browser, code } = await enrolled()
  await house.db.run(SYSTEM, sql`delete from sign_in_throttle`)
  for (let n = 0; n < 2; n++) await answer(await begin(email), `00000${n}`)
  await house.db.run(SYSTEM, sql`update sign_in_throttle set tries = 20 where tries = 2`)
  expect((await browser.post(`${API}/session/proof`, { code: code() })).status).toBe(200)
})
