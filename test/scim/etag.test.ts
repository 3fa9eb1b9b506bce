// Entity tags, and the methods that a path knows. @see RFC 7644 §3.14; RFC 9110 §13.1, §15.5.6
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type House, openHouse, type ProvidedIdp } from '#test/harness.ts'
import { ask, expectRefusal, expectScimError, GROUP, patchOf, USER } from './refusal.ts'

let house: House
let idp: ProvidedIdp

beforeAll(async () => {
  house = await openHouse()
  idp = await house.identityProvider()
})
afterAll(() => house?.close())

const KINDS = {
  '/Users': (name: string) => ({ schemas: [USER], userName: name, displayName: name }),
  '/Groups': (name: string) => ({ schemas: [GROUP], displayName: name }),
} as const

const rename = (value: string) => patchOf({ op: 'replace', path: 'displayName', value })
let names = 0

async function create(endpoint: keyof typeof KINDS) {
  const response = await idp.post(endpoint, KINDS[endpoint](`name-${names++}`))
  return { path: `${endpoint}/${response.json.id}`, etag: response.headers.etag ?? '', json: response.json }
}

describe.each(['/Users', '/Groups'] as const)('%s', (endpoint) => {
  test('carry their version in ETag and in meta, the same on every answer until they change', async () => {
    const { path, etag, json } = await create(endpoint)
    expect(etag).toMatch(/^W\/"[^"]+"$/)
    expect(json.meta.version).toBe(etag)
    const read = await idp.get(path)
    expect([read.headers.etag, read.json.meta.version]).toEqual([etag, etag])
    const listed = (await idp.get(endpoint)).json.Resources.at(-1)
    expect(listed.meta.version).toBe(etag)
    expect((await idp.request('HEAD', path)).headers.etag).toBe(etag)
    await idp.patch(path, rename(`name-${names++}`))
    const after = await idp.get(path)
    expect(after.headers.etag).not.toBe(etag)
    expect(after.json.meta.version).toBe(after.headers.etag)
  })

  test('are not sent again to who has that version', async () => {
    const { path, etag } = await create(endpoint)
    // The version of a group does not tell of members that were deleted, so it answers for the group without them.
    const asked = endpoint === '/Groups' ? `${path}?excludedAttributes=members` : path
    for (const held of [etag, '*', `"other", ${etag}`, etag.slice(2)]) {
      for (const method of ['GET', 'HEAD']) {
        const response = await idp.request(method, asked, undefined, { 'if-none-match': held })
        expect([response.status, response.text, response.headers.etag]).toEqual([304, '', etag])
      }
    }
    expect((await idp.get(asked, { 'if-none-match': 'W/"other"' })).status).toBe(200)
    await idp.patch(path, rename(`name-${names++}`))
    expect((await idp.get(asked, { 'if-none-match': etag })).status).toBe(200)
  })

  test('are changed only from the version that If-Match names', async () => {
    const changes = (path: string, headers: Record<string, string>) => [
      () => idp.patch(path, rename(`name-${names++}`), headers),
      () => idp.put(path, KINDS[endpoint](`name-${names++}`), headers),
      () => idp.delete(path, headers),
    ]
    const { path, etag: first } = await create(endpoint)
    await idp.patch(path, rename(`name-${names++}`))
    const current = (await idp.get(path)).json
    for (const stale of [first, '"other"', `${first}, W/"other"`]) {
      for (const change of changes(path, { 'if-match': stale })) {
        expectScimError(await change(), { status: 412 })
        expect((await idp.get(path)).json).toEqual(current)
      }
    }
    for (const change of changes(path, { 'if-match': '*' })) expect((await change()).status).toBeLessThan(300)
    const { path: next } = await create(endpoint)
    for (const change of [0, 1, 2]) {
      const { etag = '' } = (await idp.get(next)).headers
      const response = await changes(next, { 'if-match': `"other", ${etag}` })[change]?.()
      expect(response?.status).toBeLessThan(300)
    }
    expect((await idp.get(next)).status).toBe(404)
  })

  test('that are not there stay not found, whatever If-Match says', async () => {
    const { path } = await create(endpoint)
    await idp.delete(path)
    for (const headers of [{ 'if-match': '*' }, { 'if-match': 'W/"1"' }]) {
      expectScimError(await idp.patch(path, rename('x'), headers), { status: 404 })
      expectScimError(await idp.put(path, KINDS[endpoint]('x'), headers), { status: 404 })
      expectScimError(await idp.delete(path, headers), { status: 404 })
    }
  })

  test.each(['1', 'W/1', '"a', 'W/"a", b', ''])('refuse the malformed tag %j', async (tag) => {
    const { path } = await create(endpoint)
    for (const method of ['PATCH', 'PUT', 'DELETE']) {
      const body = method === 'PATCH' ? rename('x') : method === 'PUT' ? KINDS[endpoint]('x') : undefined
      await expectRefusal(
        idp,
        { method, path, body, headers: { 'If-Match': tag } },
        { status: 400, scimType: 'invalidVers' },
      )
    }
    const headers = { 'If-None-Match': tag }
    expectScimError(await ask(idp, { path, headers }), { status: 400, scimType: 'invalidVers' })
  })

  test('of two writers who saw the same version one is refused', async () => {
    const { path, etag } = await create(endpoint)
    const writers = Array.from({ length: 8 }, () =>
      idp.patch(path, rename(`name-${names++}`), { 'if-match': etag }),
    )
    const statuses = (await Promise.all(writers)).map(({ status }) => status).toSorted((a, b) => a - b)
    expect(statuses).toEqual([expect.toSatisfy((status: number) => status < 300), ...Array(7).fill(412)])
  })
})

test('a user is another version to who reads its groups when they change, and may be changed all the same', async () => {
  const { path, etag: plain } = await create('/Users')
  const group = await create('/Groups')
  const id = path.split('/').at(-1)
  const tag = async () => (await idp.get(path)).headers.etag ?? ''
  const held = async (etag: string) => (await idp.get(path, { 'if-none-match': etag })).status
  await idp.patch(group.path, patchOf({ op: 'add', path: 'members', value: [{ value: id }] }))
  const member = await tag()
  expect([await held(plain), await held(member)]).toEqual([200, 304])
  expect((await idp.get(path)).json.meta.version).toBe(member)
  await idp.patch(group.path, rename(`name-${names++}`))
  expect(await held(member)).toBe(200)
  expect((await idp.get(`${path}?excludedAttributes=groups`)).headers.etag).toBe(plain)
  const changed = await idp.patch(path, rename('changed'), { 'if-match': member })
  expect([changed.status, changed.headers.etag]).toEqual([200, await tag()])
  expectScimError(await idp.patch(path, rename('again'), { 'if-match': member }), { status: 412 })
  await idp.delete(group.path)
  expect(await held(changed.headers.etag ?? '')).toBe(200)
})

test('a change of members is a new version of the group', async () => {
  const { path, etag } = await create('/Groups')
  const { json: user } = await create('/Users')
  const add = patchOf({ op: 'add', path: 'members', value: [{ value: user.id }] })
  expect((await idp.patch(path, add, { 'if-match': etag })).status).toBe(204)
  expectScimError(await idp.patch(path, add, { 'if-match': etag }), { status: 412 })
  expect((await idp.get(path)).headers.etag).not.toBe(etag)
})

const PATHS: Readonly<Record<string, string>> = {
  '/Users': 'GET, POST, OPTIONS, HEAD',
  '/Users/x': 'GET, PUT, PATCH, DELETE, OPTIONS, HEAD',
  '/Users/.search': 'POST, OPTIONS',
  '/Groups': 'GET, POST, OPTIONS, HEAD',
  '/Groups/x': 'GET, PUT, PATCH, DELETE, OPTIONS, HEAD',
  '/Groups/.search': 'POST, OPTIONS',
  '/.search': 'POST, OPTIONS',
  '/Bulk': 'POST, OPTIONS',
  '/ServiceProviderConfig': 'GET, OPTIONS, HEAD',
  '/ResourceTypes': 'GET, OPTIONS, HEAD',
  '/ResourceTypes/User': 'GET, OPTIONS, HEAD',
  '/Schemas': 'GET, OPTIONS, HEAD',
  [`/Schemas/${USER}`]: 'GET, OPTIONS, HEAD',
  '/Me': 'GET, OPTIONS, HEAD',
}

describe.each(Object.entries(PATHS))('%s', (path, allow) => {
  test(`allows ${allow}, and says so`, async () => {
    const options = await idp.request('OPTIONS', path)
    expect([options.status, options.headers.allow, options.text]).toEqual([204, allow, ''])
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']) {
      if (allow.split(', ').includes(method)) continue
      const response = await ask(idp, { method, path })
      expectScimError(response, { status: 405, says: [new RegExp(method)] })
      expect(response.headers.allow).toBe(allow)
    }
  })

  test('answers HEAD as GET, without a body', async () => {
    if (!allow.includes('GET')) return
    const [get, head] = [await idp.get(path), await idp.request('HEAD', path)]
    expect([head.status, head.text]).toEqual([get.status, ''])
    expect(head.headers['content-type']).toBe(get.headers['content-type'])
  })
})
