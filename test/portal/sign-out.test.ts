// Signing out of the portal: it works whatever another tab did to the session, and a failure is answered as one.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { SYSTEM } from '#platform/database/database.ts'
import { sql } from '#platform/database/sql.ts'
import { withoutDatabase } from '../gateway/database-away.ts'
import { type House, openHouse } from '../harness.ts'
import { callApi, PASSWORD } from '../portal-client.ts'
import { type Visitor, visitor } from '../visitor.ts'

let house: House
let tenantId: string
beforeAll(async () => {
  house = await openHouse()
  tenantId = await house.tenant('acme')
})
afterAll(() => house.close())

const SESSION = '__Host-doorlist-admin'

async function signedIn(tenant = tenantId): Promise<{ browser: Visitor; csrfToken: string }> {
  const { email } = await house.administrator(tenant)
  const browser = visitor(house.url)
  const { me } = (await browser.post('/session', { email, password: PASSWORD })).json
  return { browser, csrfToken: me.csrfToken }
}

/** Whether a copy of the browser's cookie still opens the portal. */
async function opens(cookie: string): Promise<boolean> {
  const answer = await callApi(house.url, 'GET', '/me', undefined, { cookie: `${SESSION}=${cookie}` })
  return answer.status === 200
}

test('signing out works with the CSRF token from before another tab renewed the session', async () => {
  const { browser, csrfToken } = await signedIn()
  expect((await browser.post('/session/proof', { password: PASSWORD })).status).toBe(200)
  const cookie = browser.cookies.get(SESSION) ?? ''
  const answer = await browser.request('DELETE', '/session', undefined, {
    'x-csrf-token': csrfToken,
    'sec-fetch-site': 'same-origin',
  })
  expect([answer.status, browser.cookies.has(SESSION), await opens(cookie)]).toEqual([204, false, false])
})

test('no other site signs anyone out', async () => {
  const { browser } = await signedIn()
  const cookie = browser.cookies.get(SESSION) ?? ''
  for (const headers of [
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { origin: 'https://evil.example' },
    { origin: 'null' },
  ] as Record<string, string>[]) {
    const answer = await browser.request('DELETE', '/session', undefined, headers)
    expect([answer.status, answer.json.code], JSON.stringify(headers)).toEqual([403, 'csrf'])
  }
  expect([browser.cookies.has(SESSION), await opens(cookie)]).toEqual([true, true])
})

test('signing out twice, or of a session that is over, is done and removes the cookie', async () => {
  const idle = await house.tenant('idle')
  const { browser } = await signedIn(idle)
  const cookie = browser.cookies.get(SESSION) ?? ''
  const sessions = sql`administrator_session where tenant_id = ${idle} and digest = sha256(${cookie}::bytea)`
  await house.db.run(
    SYSTEM,
    sql`update administrator_session set last_seen_at = now() - interval '2 hours' where tenant_id = ${idle}`,
  )
  for (let round = 0; round < 2; round++) {
    const again = visitor(house.url)
    again.cookies.set(SESSION, cookie)
    const answer = await again.delete('/session')
    expect([answer.status, again.cookies.has(SESSION)], `round ${round}`).toEqual([204, false])
  }
  expect(await house.db.run(SYSTEM, sql`select from ${sessions}`)).toEqual([])
  expect((await visitor(house.url).delete('/session')).status).toBe(204)
})

test('an API key has no session to sign out of', async () => {
  const owner = await house.administrator(tenantId)
  const { key } = (await owner.post('/api-keys', { name: 'program', role: 'admin' })).json
  const answer = await callApi(house.url, 'DELETE', '/session', undefined, { authorization: `Bearer ${key}` })
  expect([answer.status, answer.json.code]).toEqual([403, 'person-required'])
})

test('while the database is away signing out fails, the cookie stays, and the next try works', async () => {
  const { browser } = await signedIn()
  const cookie = browser.cookies.get(SESSION) ?? ''
  await withoutDatabase(house, async () => {
    expect((await browser.delete('/session')).status).toBe(503)
  })
  expect([browser.cookies.get(SESSION), await opens(cookie)]).toEqual([cookie, true])
  expect((await browser.delete('/session')).status).toBe(204)
  expect(await opens(cookie)).toBe(false)
})
