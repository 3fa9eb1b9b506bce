// The attack cases of the gateway (gwy-…) and those of a deactivation that it has to enforce (lif-01, lif-04), at one process
// and at two. The recipes' own cases, such as the spellings of headers, stand in recipe.ts.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type House, openHouse } from '../harness.ts'
import { raw } from '../raw-http.ts'
import { openTraveller, type Traveller } from '../sign-in/traveller.ts'
import { withoutDatabase } from './database-away.ts'
import { openProxy, type TestProxy } from './proxy.ts'
import { patch, type Scene, setScene } from './scene.ts'

let house: House
/** A second process on the same database. */
let second: House
/** One that no proxy of this machine may ask. */
let wary: House
let proxy: TestProxy
let scene: Scene

beforeAll(async () => {
  house = await openHouse()
  second = await openHouse({ beside: house })
  wary = await openHouse({ beside: house, trustedProxies: ['192.0.2.1'] })
  proxy = await openProxy(
    () => house.url,
    () => 'acme',
  )
  scene = await setScene(house, proxy.origin)
})
afterAll(async () => {
  await proxy.close()
  await scene.provider.close()
  await wary.close()
  await second.close()
  await house.close()
})

/** Asks a process as a proxy does, with the cookies of a browser. */
async function verify(at: House, traveller: Traveller, headers: Record<string, string> = {}) {
  const cookie = `doorlist-app-acme=${traveller.cookie(proxy.origin, 'doorlist-app-acme') ?? ''}`
  const { host } = new URL(proxy.origin)
  const forwarded = { 'x-forwarded-proto': 'http', 'x-forwarded-host': host, 'x-forwarded-uri': '/app' }
  return raw(at.url, {
    method: 'GET',
    path: '/gateway/acme/verify?redirect=no',
    headers: { cookie, ...forwarded, ...headers },
  })
}

async function entered(name: string): Promise<{ id: string; traveller: Traveller }> {
  const id = await scene.provision(name)
  const traveller = openTraveller()
  expect((await traveller.get(`${proxy.origin}/`)).status).toBe(200)
  return { id, traveller }
}

test.each([
  ['gwy-01 no session', '/app', {}],
  [
    'gwy-02 identity headers without a session',
    '/app',
    { 'x-auth-user': 'a@a.example', 'remote-user': 'a@a.example' },
  ],
  ['gwy-07 a path that climbs', '/public/..%2fapp', {}],
  ['gwy-08 a public path in the query', '/app?x=/public/', {}],
])('%s is not let in', async (_case, path, headers) => {
  const page = await openTraveller().step('GET', proxy.origin + path, undefined, headers)
  expect([page.status, page.text]).toEqual([302, expect.not.stringContaining('host')])
})

test('gwy-03 identity headers of a browser with a session are replaced', async () => {
  const { traveller } = await entered('forger')
  const forged = { 'remote-user': 'admin@a.example', 'remote-groups': 'admins' }
  const page = await traveller.step('GET', `${proxy.origin}/echo`, undefined, forged)
  expect(JSON.parse(page.text)).toMatchObject({
    'remote-user': 'forger@example.com',
    'remote-groups': 'Writers',
  })
})

test('gwy-05 forwarding headers of a peer that was not named count for nothing', async () => {
  const { traveller } = await entered('peer')
  expect((await verify(house, traveller)).status).toBe(200)
  expect((await verify(wary, traveller)).status).toBe(401)
  expect((await verify(wary, traveller, { 'x-forwarded-uri': '/public/health' })).status).toBe(401)
})

test.each([
  ['host', { 'x-forwarded-host': 'other.example, 127.0.0.1' }],
  ['scheme', { 'x-forwarded-proto': 'http, https' }],
  ['host with a user', { 'x-forwarded-host': 'user@127.0.0.1' }],
])('a %s that says two things is none', async (_what, headers) => {
  const { traveller } = await entered(`twice-${_what.length}`)
  expect((await verify(house, traveller, headers)).status).toBe(401)
})

test('gwy-09 a session of another organisation opens nothing here', async () => {
  const userName = 'bob@globex.example'
  await scene.foreign.post('/Users', { userName })
  scene.provider.person = { sub: 'sub-bob', claims: { preferred_username: userName } }
  const traveller = openTraveller()
  await traveller.get(`${house.url}/sign-in/with/${scene.foreign.id}`)
  const own = traveller.cookie(house.url, 'doorlist') ?? ''
  expect(own).toMatch(/^dlu_/)
  traveller.setCookie(proxy.origin, 'doorlist-app-acme', own)
  const page = await traveller.step('GET', `${proxy.origin}/app`)
  expect([page.status, page.text]).toEqual([302, expect.not.stringContaining('host')])
})

test('gwy-10 signing out at one process is refused at the other', async () => {
  const { traveller } = await entered('leaver')
  expect((await verify(second, traveller)).status).toBe(200)
  await traveller.step('POST', `${house.url}/sign-out`, {}, { origin: house.url })
  expect((await verify(second, traveller)).status).toBe(401)
})

test('gwy-11 without the database nobody is let in', async () => {
  const { traveller } = await entered('patient')
  await withoutDatabase(house, async () => {
    const answer = await verify(house, traveller)
    expect([answer.status, answer.headers['retry-after']]).toEqual([503, '5'])
    expect(answer.headers['remote-user']).toBeUndefined()
    expect(answer.text).not.toMatch(/node_modules|ECONN|stack|3D000/)
  })
  await expect.poll(async () => (await verify(house, traveller)).status).toBe(200)
})

test.each([
  ['lif-01 by a path', { op: 'replace', path: 'active', value: false }],
  ['lif-04 by a value without a path', { op: 'replace', value: { active: false } }],
])('%s: a deactivation is refused at once at every process, and everywhere', async (name, operation) => {
  const { id, traveller } = await entered(name.slice(0, 6))
  expect((await verify(second, traveller)).status).toBe(200)
  const { status } = await scene.idp.patch(`/Users/${id}`, patch(operation))
  expect(status).toBeLessThan(300)
  expect((await verify(second, traveller)).status).toBe(401)
  expect((await verify(house, traveller)).status).toBe(401)
  expect((await traveller.step('GET', `${house.url}/`)).headers.location).toBe('/sign-in')
  await scene.idp.patch(`/Users/${id}`, patch({ op: 'replace', path: 'active', value: true }))
  expect((await verify(second, traveller)).status).toBe(401)
})

test('lif-08 who leaves the group is refused at the other process', async () => {
  const { id, traveller } = await entered('mover')
  const removal = { op: 'remove', path: `members[value eq "${id}"]` }
  await scene.idp.patch(`/Groups/${scene.groupId}`, patch(removal))
  expect((await verify(second, traveller)).status).toBe(403)
})
