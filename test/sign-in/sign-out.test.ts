// Signing out as a user: the session is over before the page says so, and a failure leaves the user signed in to try again.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { SYSTEM } from '#platform/database/database.ts'
import { sql } from '#platform/database/sql.ts'
import { withoutDatabase } from '../gateway/database-away.ts'
import type { ProvidedIdp } from '../harness.ts'
import { authenticatorApp, hidden, openPeople, type People } from './people.ts'
import { openTraveller, type Traveller } from './traveller.ts'

let people: People
let idp: ProvidedIdp
let asked: ProvidedIdp
beforeAll(async () => {
  people = await openPeople()
  idp = await people.connect({ mfa: 'none' })
  asked = await people.connect({ mfa: 'mandatory', mfaMethods: ['totp'] })
  await people.provision(idp, 'ada')
})
afterAll(() => people?.close())

const home = () => `${people.house.url}/`
const send = (at: Traveller, path: string) =>
  at.step('POST', people.house.url + path, {}, { origin: people.house.url })

/** Whether a copy of the browser's cookie still opens the home page. */
async function opens(cookie: string): Promise<boolean> {
  const other = openTraveller()
  other.setCookie(home(), '__Host-doorlist', cookie)
  return (await other.step('GET', home())).status === 200
}

test('while the database is away signing out fails, the cookie stays, and the next try works', async () => {
  const { at } = await people.signIn(idp, 'ada')
  const cookie = at.cookie(home(), 'doorlist') ?? ''
  await withoutDatabase(people.house, async () => {
    expect((await send(at, '/sign-out')).status).toBe(503)
    expect((await send(at, '/sessions/others/end')).status).toBe(503)
  })
  expect([at.cookie(home(), 'doorlist'), await opens(cookie)]).toEqual([cookie, true])
  expect((await send(at, '/sign-out')).status).toBe(200)
  expect([at.cookie(home(), 'doorlist'), await opens(cookie)]).toEqual([undefined, false])
})

test('signing out of a session that is over removes it and its cookie', async () => {
  const { at } = await people.signIn(idp, 'ada')
  await people.house.db.run(
    SYSTEM,
    sql`update user_session set last_seen_at = now() - interval '2 hours' where tenant_id = ${people.tenantId}`,
  )
  expect((await send(at, '/sign-out')).status).toBe(200)
  expect([at.cookie(home(), 'doorlist'), await people.house.dump('user_session')]).toEqual([undefined, []])
  expect((await send(at, '/sign-out')).status).toBe(200)
})

test('signing out everywhere else ends a sign-in that is under way', async () => {
  await people.provision(asked, 'grace')
  const { at, page } = await people.signIn(asked, 'grace')
  const app = authenticatorApp(page, () => people.now)
  await people.post(at, '/sign-in/enroll', { method: 'totp', id: hidden(page, 'id'), code: app.code() })
  expect((await at.get(`${people.house.url}/sign-in/next`)).text).toContain('Welcome')
  const other = await people.signIn(asked, 'grace')
  expect((await send(at, '/sessions/others/end')).status).toBe(303)
  people.now = new Date(people.now.getTime() + 30_000)
  const answer = { method: 'totp', code: app.code() }
  expect((await people.post(other.at, '/sign-in/challenge', answer)).status).toBe(401)
  expect((await at.step('GET', home())).status).toBe(200)
})

test('signing out is in the activity log', async () => {
  const { at } = await people.signIn(idp, 'ada')
  await send(at, '/sign-out')
  await people.house.activity.flush()
  const entries = (await people.house.dump('activity_event')) as { action: string; actor_name: string }[]
  expect(entries.filter(({ action }) => action === 'sign-out').map((entry) => entry.actor_name)).toContain(
    'ada@example.com',
  )
})
