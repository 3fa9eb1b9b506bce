// Who may use which route of the portal's API, from the server's own list of routes: nobody without a session or key, no
// role below the one that the route names, and no id of another tenant.
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type House, openHouse } from '../harness.ts'
import { type ApiClient, callApi } from '../portal-client.ts'

let house: House
let clients: Record<'owner' | 'admin' | 'auditor', ApiClient>
let adminKey: string
beforeAll(async () => {
  house = await openHouse()
  const tenantId = await house.tenant('acme')
  clients = {
    owner: await house.administrator(tenantId, 'owner'),
    admin: await house.administrator(tenantId, 'admin'),
    auditor: await house.administrator(tenantId, 'auditor'),
  }
  adminKey = (await clients.owner.post('/api-keys', { name: 'program', role: 'admin' })).json.key
})
afterAll(() => house?.close())

const RANK = { auditor: 1, admin: 2, owner: 3 } as const

function guarded() {
  return house.apiRoutes
    .filter(({ method, role }) => method !== 'HEAD' && role !== 'open')
    .map((route) => ({
      ...route,
      role: (route.role ?? 'owner') as keyof typeof RANK,
      path: route.url.replace('/api/v1', '').replace(/:\w+/g, () => randomUUID()),
    }))
}

test('what is open is known: signing in and out, one-time links, and the description of the API', () => {
  const open = house.apiRoutes.filter(({ role, method }) => role === 'open' && method !== 'HEAD')
  expect(open.map(({ method, url }) => `${method} ${url.replace('/api/v1', '')}`).toSorted()).toEqual([
    'DELETE /session',
    'GET /links/:token',
    'GET /openapi.json',
    'GET /session/means',
    'POST /links/:token',
    'POST /links/:token/passkey',
    'POST /links/:token/totp',
    'POST /password/forgotten',
    'POST /session',
    'POST /session/factor',
    'POST /session/factor/passkey',
    'POST /session/passkey',
    'POST /session/passkey/question',
  ])
})

test('every other route refuses nobody, a cookie that is made up, and a foreign site', async () => {
  expect(guarded().length).toBeGreaterThan(20)
  for (const { method, path } of guarded()) {
    const name = `${method} ${path}`
    expect((await callApi(house.url, method, path)).status, name).toBe(401)
    const cookie = `__Host-doorlist-admin=dlw_${'0'.repeat(32)}_${'a'.repeat(43)}`
    expect((await callApi(house.url, method, path, undefined, { cookie })).status, name).toBe(401)
    if (method === 'GET') continue
    const foreign = await clients.owner.request(method, path, undefined, { origin: 'https://evil.example' })
    expect([foreign.status, foreign.json.code], name).toEqual([403, 'csrf'])
  }
})

describe.each(['auditor', 'admin'] as const)('with the role %s', (role) => {
  test('every route that asks for more is refused', async () => {
    const above = guarded().filter((route) => RANK[route.role] > RANK[role])
    expect(above.length).toBeGreaterThan(5)
    for (const { method, path } of above) {
      const answer = await clients[role].request(method, path)
      expect([answer.status, answer.json.code], `${method} ${path}`).toEqual([403, 'role'])
    }
  })

  test('no route that it may use is refused for its role', async () => {
    // Signing out would end what is tested.
    const within = guarded().filter(
      (one) => RANK[one.role] <= RANK[role] && !/DELETE \/api\/v1\/session/.test(`${one.method} ${one.url}`),
    )
    for (const { method, path } of within) {
      const answer = await clients[role].request(method, path)
      expect(answer.json?.code, `${method} ${path}`).not.toBe('role')
      expect(answer.status, `${method} ${path}`).not.toBe(401)
    }
  })
})

test('a key of an admin meets the same refusals, and none about a person is for it', async () => {
  for (const { method, path, role, person } of guarded()) {
    const answer = await callApi(house.url, method, path, undefined, { authorization: `Bearer ${adminKey}` })
    const name = `${method} ${path}`
    if (RANK[role] > RANK.admin) expect([answer.status, answer.json.code], name).toEqual([403, 'role'])
    else if (person) expect([answer.status, answer.json.code], name).toEqual([403, 'person-required'])
    else expect([401, 403].includes(answer.status) && answer.json.code !== 'refused', name).toBe(false)
  }
})

test('ids of another tenant are not found, and nothing changes there', async () => {
  const other = await house.administrator(await house.tenant('other'))
  const { invitation } = (await other.post('/invitations', { email: 'x@example.com', role: 'admin' })).json
  const { apiKey } = (await other.post('/api-keys', { name: 'theirs', role: 'admin' })).json
  const [session] = (await other.get('/sessions')).json.items
  const [administrator] = (await other.get('/administrators')).json.items
  const tables = ['administrator', 'account_link', 'api_key', 'administrator_session']
  const dump = async () => JSON.stringify(await Promise.all(tables.map((table) => house.dump(table))))
  await house.flushApiKeyUse() // stamps of the tests before
  const before = await dump()
  const attempts: [string, string, object?][] = [
    ['PATCH', `/administrators/${administrator.id}`, { role: 'auditor' }],
    ['DELETE', `/administrators/${administrator.id}`],
    ['POST', `/administrators/${administrator.id}/reset-factors`],
    ['POST', `/administrators/${administrator.id}/password-link`],
    ['POST', `/invitations/${invitation.id}/renew`],
    ['DELETE', `/invitations/${invitation.id}`],
    ['DELETE', `/api-keys/${apiKey.id}`],
    ['DELETE', `/sessions/${session.id}`],
    ['DELETE', `/me/passkeys/${randomUUID()}`],
  ]
  for (const [method, path, body] of attempts)
    expect((await clients.owner.request(method, path, body)).status, `${method} ${path}`).toBe(404)
  expect(await dump()).toBe(before)
})

test('the description of the API names every route of it', async () => {
  const { paths } = (await callApi(house.url, 'GET', '/openapi.json')).json
  for (const { method, url } of guarded()) {
    const path = url.replace(/:(\w+)/g, '{$1}')
    expect(paths[path]?.[method.toLowerCase()], `${method} ${path}`).toBeDefined()
  }
})
