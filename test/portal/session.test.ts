import { afterAll, beforeAll, expect, test } from 'vitest'
import { createAdministrator } from '#administrators/administrators.ts'
import { purgeSignIns } from '#administrators/housekeeping.ts'
import { SYSTEM } from '#platform/database/database.ts'
import { sql } from '#platform/database/sql.ts'
import { type House, openHouse } from '../harness.ts'
import { callApi, PASSWORD } from '../portal-client.ts'
import { visitor } from '../visitor.ts'

let house: House
let tenantId: string
beforeAll(async () => {
  house = await openHouse()
  tenantId = await house.tenant('acme')
})
afterAll(() => house.close())

const SESSION = '__Host-doorlist-admin'

test('an administrator signs in, is known, and is nobody any more after signing out', async () => {
  const ada = await house.administrator(tenantId, 'auditor')
  const me = await ada.get('/me')
  expect(me.status).toBe(200)
  expect(me.json).toMatchObject({
    administrator: { email: ada.email, role: 'auditor' },
    tenant: { id: tenantId },
    csrfToken: ada.csrfToken,
  })
  expect(me.headers['cache-control']).toBe('no-store')
  expect((await ada.delete('/session')).status).toBe(204)
  expect((await ada.get('/me')).status).toBe(401)
})

test('a wrong password and an unknown address are refused in the same words', async () => {
  const ada = await house.administrator(tenantId)
  const wrong = await callApi(house.url, 'POST', '/session', { email: ada.email, password: `${PASSWORD}!` })
  const unknown = await callApi(house.url, 'POST', '/session', { email: 'x@y.example', password: PASSWORD })
  expect([wrong.status, unknown.status]).toEqual([401, 401])
  expect({ ...wrong.json, requestId: '' }).toEqual({ ...unknown.json, requestId: '' })
})

test('a session has a name of its own: one that was brought along opens nothing, before and after', async () => {
  const ada = await house.administrator(tenantId)
  const chosen = `${SESSION}=attackerchosenvalue00000000000000`
  const answer = await callApi(
    house.url,
    'POST',
    '/session',
    { email: ada.email, password: PASSWORD },
    { cookie: chosen },
  )
  const [cookie = ''] = String(answer.headers['set-cookie']).split(', ')
  expect(cookie).toMatch(
    /^__Host-doorlist-admin=dlw_[0-9a-f]{32}_[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Strict$/,
  )
  expect((await callApi(house.url, 'GET', '/me', undefined, { cookie: chosen })).status).toBe(401)
})

test('what changes something needs the CSRF token of the session, and a page of ours', async () => {
  const ada = await house.administrator(tenantId)
  const without = await ada.request('DELETE', '/sessions', undefined, { 'x-csrf-token': '' })
  expect([without.status, without.json.code]).toEqual([403, 'csrf'])
  const foreign = await ada.request('DELETE', '/sessions', undefined, { origin: 'https://evil.example' })
  expect([foreign.status, foreign.json.code]).toEqual([403, 'csrf'])
  const signIn = { email: ada.email, password: PASSWORD }
  const planted = await callApi(house.url, 'POST', '/session', signIn, { origin: 'https://evil.example' })
  expect(planted.status).toBe(403)
  expect((await ada.get('/me')).status).toBe(200)
})

test('another site reads nothing', async () => {
  const ada = await house.administrator(tenantId)
  const answer = await ada.request('GET', '/me', undefined, { origin: 'https://evil.example' })
  expect(answer.headers).not.toHaveProperty('access-control-allow-origin')
})

test('a refusal names the field and the rule', async () => {
  const answer = await callApi(house.url, 'POST', '/session', { email: 5, password: 'x' })
  expect(answer.status).toBe(400)
  expect(answer.headers['content-type']).toMatch('application/problem+json')
  expect(answer.json.errors).toEqual([{ field: 'email', message: 'must be string' }])
})

test('a password of a megabyte costs nothing', async () => {
  const ada = await house.administrator(tenantId)
  const answer = await callApi(house.url, 'POST', '/session', {
    email: ada.email,
    password: 'a'.repeat(1_000_000),
  })
  expect(answer.status).toBe(413)
})

test('guessing is cut off, also for guesses side by side and for the right password afterwards', async () => {
  const ada = await house.administrator(tenantId)
  const guess = (password: string) => callApi(house.url, 'POST', '/session', { email: ada.email, password })
  const first = await Promise.all(Array.from({ length: 8 }, (_, n) => guess(`wrong-${n}`)))
  expect(first.map(({ status }) => status)).toEqual(Array(8).fill(401))
  const more = await Promise.all(Array.from({ length: 6 }, (_, n) => guess(`wrong-${n + 8}`)))
  expect(more.filter(({ status }) => status === 429).length).toBeGreaterThanOrEqual(4)
  const right = await guess(PASSWORD)
  expect([right.status, right.json.code]).toEqual([429, 'too-many-requests'])
  expect(Number(right.headers['retry-after'])).toBeGreaterThan(800)
  expect((await ada.get('/me')).status).toBe(200)
  await house.db.run(SYSTEM, sql`update sign_in_throttle set started_at = now() - interval '16 minutes'`)
  expect((await guess(PASSWORD)).status).toBe(200)
})

test('many accounts tried from one address are cut off too', async () => {
  await house.db.run(SYSTEM, sql`delete from sign_in_throttle`)
  await house.db.run(SYSTEM, sql`delete from sign_in_throttle`)
  const ada = await house.administrator(tenantId)
  await callApi(house.url, 'POST', '/session', { email: 'n@y.example', password: 'x' })
  await house.db.run(SYSTEM, sql`update sign_in_throttle set tries = 60`)
  const answer = await callApi(house.url, 'POST', '/session', { email: ada.email, password: PASSWORD })
  expect(answer.status).toBe(429)
  await house.db.run(SYSTEM, sql`delete from sign_in_throttle`)
})

test('one address in several tenants: the password says which, and where it does not, it is asked', async () => {
  const [one, two] = [await house.tenant('one'), await house.tenant('two')]
  const email = 'both@example.com'
  const actor = { type: 'system', name: 'test' } as const
  const person = { email, name: 'Both', role: 'admin' } as const
  const other = 'another long password of hers'
  await createAdministrator(house.db, { tenantId: one, actor }, { ...person, password: PASSWORD })
  await createAdministrator(house.db, { tenantId: two, actor }, { ...person, password: other })
  const inTwo = await visitor(house.url).post('/session', { email, password: other })
  expect(inTwo.json.me.tenant.slug).toBe('two')
  const three = await house.tenant('three')
  await createAdministrator(house.db, { tenantId: three, actor }, { ...person, password: PASSWORD })
  const browser = visitor(house.url)
  const asked = await browser.post('/session', { email, password: PASSWORD })
  expect(asked.json).toEqual({
    next: 'organisation',
    organisations: [
      { slug: 'one', name: 'one' },
      { slug: 'three', name: 'three' },
    ],
  })
  expect(browser.cookies.size).toBe(0)
  const said = await browser.post('/session', { email, password: PASSWORD, organisation: 'three' })
  expect(said.json.me.tenant.slug).toBe('three')
})

test('one sees one’s own sessions, ends one, and ends all others', async () => {
  const ada = await house.administrator(tenantId)
  const eve = await house.administrator(tenantId)
  const credentials = { email: ada.email, password: PASSWORD }
  const [phone, laptop] = [visitor(house.url), visitor(house.url)]
  await phone.request('POST', '/session', credentials, { 'user-agent': 'Phone' })
  await laptop.request('POST', '/session', credentials, { 'user-agent': 'Laptop' })
  const { items } = (await laptop.get('/sessions')).json
  expect(items.map((one: { userAgent: string; current: boolean }) => [one.userAgent, one.current])).toEqual([
    ['Laptop', true],
    ['Phone', false],
    [null, false],
  ])
  expect(JSON.stringify(items)).not.toMatch(/dlw_|digest/)
  expect((await eve.delete(`/sessions/${items[1].id}`)).status).toBe(404)
  expect((await laptop.delete(`/sessions/${items[1].id}`)).status).toBe(204)
  expect((await phone.get('/me')).status).toBe(401)
  expect((await laptop.delete('/sessions')).json).toEqual({ ended: 1 })
  expect((await ada.get('/me')).status).toBe(401)
  expect((await laptop.get('/me')).status).toBe(200)
})

test('a session ends when nobody uses it for an hour, and after twelve hours whatever is done', async () => {
  const [idle, old] = [await house.administrator(tenantId), await house.administrator(tenantId)]
  const age = (email: string, column: 'last_seen_at' | 'created_at', hours: number) =>
    house.db.run(
      SYSTEM,
      column === 'last_seen_at'
        ? sql`update administrator_session s set last_seen_at = now() - make_interval(hours => ${hours})
            from administrator a where a.id = s.administrator_id and a.email = ${email}`
        : sql`update administrator_session s set created_at = now() - make_interval(hours => ${hours})
            from administrator a where a.id = s.administrator_id and a.email = ${email}`,
    )
  await age(idle.email, 'last_seen_at', 1)
  await age(old.email, 'created_at', 12)
  expect([(await idle.get('/me')).status, (await old.get('/me')).status]).toEqual([401, 401])
})

test('a session that is over is neither listed nor shown as last seen, and housekeeping deletes it', async () => {
  const tenant = await house.tenant('sessions-over')
  const owner = await house.administrator(tenant)
  const [idle, old] = [await house.administrator(tenant), await house.administrator(tenant)]
  const ages = [
    [idle.email, sql`last_seen_at = now() - interval '61 minutes'`],
    [old.email, sql`created_at = now() - interval '12 hours 1 minute'`],
  ] as const
  for (const [email, age] of ages)
    await house.db.run(
      SYSTEM,
      sql`update administrator_session s set ${age} from administrator a where a.id = s.administrator_id and a.email = ${email}`,
    )
  const { items } = (await owner.get('/administrators')).json
  const seen = new Map(
    items.map((one: { email: string; lastSeenAt: string | null }) => [one.email, one.lastSeenAt]),
  )
  expect([seen.get(idle.email), seen.get(old.email)]).toEqual([null, null])
  expect(seen.get(owner.email)).toEqual(expect.any(String))
  await purgeSignIns(house.db)
  const left = await house.db.run(
    SYSTEM,
    sql`select id from administrator_session where tenant_id = ${tenant}`,
  )
  expect(left).toHaveLength(1)
  expect((await owner.get('/sessions')).json.items).toHaveLength(1)
})

test('nobody raises themselves: of one’s own account only the name is one’s own', async () => {
  const ada = await house.administrator(tenantId, 'auditor')
  for (const body of [{ role: 'owner' }, { email: 'boss@b.example' }, { name: 'A', tenantId }, {}])
    expect((await ada.patch('/me', body)).status).toBe(400)
  expect((await ada.patch('/me', { name: 'Ada L.' })).status).toBe(204)
  expect((await ada.get('/me')).json.administrator).toMatchObject({ name: 'Ada L.', role: 'auditor' })
})

test('a new password ends every other session, and only the old one may set it', async () => {
  const ada = visitor(house.url)
  const { email } = await house.administrator(tenantId)
  await ada.post('/session', { email, password: PASSWORD })
  const other = visitor(house.url)
  await other.post('/session', { email, password: PASSWORD })
  const before = ada.cookies.get(SESSION)
  const next = 'something long and new'
  const wrong = await ada.put('/me/password', { current: 'not it', password: next })
  expect([wrong.status, wrong.json.errors[0].field]).toEqual([422, 'current'])
  const short = await ada.put('/me/password', { current: PASSWORD, password: 'ten chars!' })
  expect([short.status, short.json.errors[0].field]).toEqual([422, 'password'])
  expect((await ada.put('/me/password', { current: PASSWORD, password: next })).status).toBe(200)
  expect(ada.cookies.get(SESSION)).not.toBe(before)
  expect([(await ada.get('/me')).status, (await other.get('/me')).status]).toEqual([200, 401])
  expect((await visitor(house.url).post('/session', { email, password: PASSWORD })).status).toBe(401)
  expect((await visitor(house.url).post('/session', { email, password: next })).status).toBe(200)
})
