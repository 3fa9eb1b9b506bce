import { afterAll, beforeAll, expect, test } from 'vitest'
import { searchEvents } from '#audit/search.ts'
import { SYSTEM } from '#platform/database/database.ts'
import { sql } from '#platform/database/sql.ts'
import { type House, openHouse } from '../harness.ts'
import { type ApiClient, callApi } from '../portal-client.ts'

let house: House
let tenantId: string
let owner: ApiClient
beforeAll(async () => {
  house = await openHouse()
  tenantId = await house.tenant('acme')
  owner = await house.administrator(tenantId)
})
afterAll(() => house.close())

const withKey = (key: string, method: string, path: string, body?: unknown, scheme = 'Bearer') =>
  callApi(house.url, method, path, body, { authorization: `${scheme} ${key}` })

async function newKey(name: string, role = 'admin') {
  const made = await owner.post('/api-keys', { name, role })
  expect(made.status).toBe(201)
  return made.json
}

test('a key is shown once, opens what its role may, and the list has neither it nor its digest', async () => {
  const { apiKey, key } = await newKey('CI', 'auditor')
  expect(key).toMatch(/^dlp_[0-9a-f]{32}_[\w-]{43}$/)
  const days = (Date.parse(apiKey.expiresAt) - Date.parse(apiKey.createdAt)) / 86_400_000
  expect(days).toBeCloseTo(90, 1)
  expect((await withKey(key, 'GET', '/administrators')).status).toBe(200)
  const list = await owner.get('/api-keys')
  expect(list.text).not.toContain(key)
  expect(list.text).not.toMatch(/"(secret|hash|token|digest|key)"/)
  expect(JSON.stringify(await house.dump('api_key'))).not.toContain(key)
  await house.flushApiKeyUse()
  const [listed] = (await owner.get('/api-keys')).json.items
  expect(listed).toMatchObject({ name: 'CI', role: 'auditor', ending: key.slice(-4) })
  expect(listed.lastUsedAt).not.toBeNull()
})

test('a key is never an owner, and no person', async () => {
  expect((await owner.post('/api-keys', { name: 'boss', role: 'owner' })).status).toBe(400)
  const { key } = await newKey('admin key')
  const refused = await withKey(key, 'POST', '/api-keys', { name: 'more', role: 'admin' })
  expect([refused.status, refused.json.code]).toEqual([403, 'role'])
  const me = await withKey(key, 'GET', '/me')
  expect([me.status, me.json.code]).toEqual([403, 'person-required'])
})

test('a key that is revoked, expired, made up, cut or of another scheme opens nothing', async () => {
  const { apiKey, key } = await newKey('short life')
  await house.db.run(SYSTEM, sql`update api_key set expires_at = now() where id = ${apiKey.id}`)
  expect((await withKey(key, 'GET', '/administrators')).status).toBe(401)
  const other = await newKey('revoked')
  expect((await withKey(other.key, 'GET', '/administrators')).status).toBe(200)
  expect((await owner.delete(`/api-keys/${other.apiKey.id}`)).status).toBe(204)
  for (const key of [other.key, other.key.slice(0, -1), `${other.key.slice(0, -1)}A`, 'dlp_x'])
    expect((await withKey(key, 'GET', '/administrators')).status).toBe(401)
  const good = await newKey('good')
  expect((await withKey(good.key, 'GET', '/administrators', undefined, 'Basic')).status).toBe(401)
})

test('a header of a key that is wrong is not mended by a cookie', async () => {
  const answer = await owner.request('GET', '/me', undefined, { authorization: 'Bearer dlp_wrong' })
  expect(answer.status).toBe(401)
})

test('no key opens SCIM, and no SCIM token or secret opens the portal', async () => {
  const idp = await house.identityProvider()
  const { key } = await newKey('not for SCIM')
  const path = `/scim/v2/${idp.id}/Users`
  for (const authorization of [`Bearer ${key}`, `Basic ${Buffer.from(`${key}:${key}`).toString('base64')}`])
    expect((await house.raw({ method: 'GET', path, headers: { authorization } })).status).toBe(401)
  const byCookie = await house.raw({ method: 'GET', path, headers: { cookie: owner.cookie } })
  expect([byCookie.status, byCookie.headers['www-authenticate']]).toEqual([
    401,
    expect.stringMatching(/Bearer/),
  ])
  for (const text of [idp.token, idp.secret, idp.key])
    expect((await withKey(text, 'GET', '/administrators')).status).toBe(401)
})

test('a name is taken once; a key without an end is chosen explicitly', async () => {
  const made = await owner.post('/api-keys', { name: 'for ever', role: 'auditor', expiresInDays: 'never' })
  expect(made.json.apiKey.expiresAt).toBeNull()
  const again = await owner.post('/api-keys', { name: 'for ever', role: 'auditor' })
  expect([again.status, again.json.errors[0].field]).toEqual([409, 'name'])
  expect((await owner.post('/api-keys', { name: 'x', role: 'admin', expiresInDays: 0 })).status).toBe(400)
  const foreign = { name: 'x', role: 'admin', tenantId: await house.tenant('b') }
  expect((await owner.post('/api-keys', foreign)).status).toBe(400)
})

test('keys are in the audit log by name, and so is what they do', async () => {
  const { apiKey, key } = await newKey('logged')
  await owner.delete(`/api-keys/${apiKey.id}`)
  const events = await searchEvents(house.db, tenantId, { limit: 50 })
  const about = events.filter(({ objectName }) => objectName === 'logged')
  expect(about.map(({ action, objectType }) => `${action} ${objectType}`)).toEqual([
    'delete ApiKey',
    'create ApiKey',
  ])
  expect(JSON.stringify(events)).not.toContain(key)
})

test('a look with a link or form changes nothing: state changes by its method only', async () => {
  const before = (await owner.get('/api-keys')).json.items.length
  await owner.get('/api-keys?name=csrf&_method=POST')
  expect((await owner.get('/api-keys')).json.items).toHaveLength(before)
})
