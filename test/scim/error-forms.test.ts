// Errors that no client can cause, or that say "not here": they have the form of all others. @see RFC 7644 §3.11, §3.12
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { type House, openHouse, type ProvidedIdp } from '#test/harness.ts'
import { ask, expectScimError, patchOf, USER } from './refusal.ts'

let house: House
let idp: ProvidedIdp
let path: string

beforeAll(async () => {
  house = await openHouse()
  idp = await house.identityProvider()
  path = `/Users/${(await idp.post('/Users', { schemas: [USER], userName: 'ada' })).json.id}`
})
afterAll(() => house?.close())
afterEach(() => vi.restoreAllMocks())

test.each([
  ['GET', undefined],
  ['PATCH', patchOf({ op: 'replace', path: 'title', value: 'x' })],
  ['POST', { schemas: [USER], userName: 'eve' }],
])('a fault of ours is 500, and tells nothing of itself: %s', async (method, body) => {
  for (const way of ['run', 'read'] as const)
    vi.spyOn(house.db, way).mockRejectedValue(new TypeError('a secret of the inside'))
  const response = await ask(idp, { method, path: method === 'POST' ? '/Users' : path, body })
  expectScimError(response, { status: 500, says: [/^Internal error$/] })
  expect(response.text).not.toContain('secret')
  vi.restoreAllMocks()
  expect((await idp.get(path)).status).toBe(200)
})

test('/Me is 501, and takes no change', async () => {
  expectScimError(await ask(idp, { path: '/Me' }), { status: 501, says: [/\/Me/] })
  expect((await idp.request('HEAD', '/Me')).status).toBe(501)
  const refused = await ask(idp, {
    method: 'PATCH',
    path: '/Me',
    body: patchOf({ op: 'remove', path: 'title' }),
  })
  expectScimError(refused, { status: 405 })
})

test.each([
  'application/scim+json',
  'application/json;charset=utf-8',
  '*/*',
  'text/html;q=0.9, application/*;q=0.8, */*;q=0.1',
  'application/scim+json, application/json; q=0.5',
  // RFC 9110 §12.4.1 lets a server answer what it has instead of 406: better than to fail a careless client.
  'text/html',
  'application/xml, application/json;q=0',
  'nonsense',
  '',
])('the answer is SCIM JSON in UTF-8 for Accept: %s', async (accept) => {
  for (const at of [path, '/Users', '/ServiceProviderConfig']) {
    const { status, headers } = await idp.get(at, { accept })
    expect([status, headers['content-type']]).toEqual([200, 'application/scim+json; charset=utf-8'])
  }
  expectScimError(await ask(idp, { path: '/Users/nobody', headers: { Accept: accept } }), { status: 404 })
})
