// Text that PostgreSQL cannot hold (NUL, half of a surrogate pair) is refused by each door, in its own format, with the
// field and the rule. The sweep (test/sweep) sends such text into every input; here stands what the refusals say.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type House, openHouse, type ProvidedIdp } from '../harness.ts'
import { type ApiClient, PASSWORD } from '../portal-client.ts'
import { type DoorFormat, formatFaults } from './door-format.ts'

let house: House
let idp: ProvidedIdp
let owner: ApiClient
beforeAll(async () => {
  house = await openHouse()
  idp = await house.identityProvider()
  owner = await house.administrator(idp.tenantId)
})
afterAll(() => house?.close())

const RULE = /NUL or half of a surrogate pair/

test.each([
  ['POST', '/session', { email: 'a\0b', password: PASSWORD }, 'email'],
  ['POST', '/session', { email: 'a@b.example', password: '\ud800' }, 'password'],
  ['POST', '/password/forgotten', { email: '\udc00' }, 'email'],
  ['POST', '/groups', { displayName: 'a\0' }, 'displayName'],
  [
    'POST',
    '/applications',
    { name: 'a', origin: 'https://a.example', grants: [{ type: '\0' }] },
    'grants.0.type',
  ],
  ['POST', '/users/bulk', { action: 'disable', filter: { q: '\0' } }, 'filter.q'],
  ['POST', '/links/x', { 'na\0me': 'x' }, 'body'],
  ['GET', '/users?q=a%00b', undefined, 'q'],
  ['GET', '/users?%00=1', undefined, 'query'],
  ['GET', '/groups?q=%00', undefined, 'q'],
  ['GET', '/audit-events?actor=%00', undefined, 'actor'],
  ['GET', '/audit-events/export?text=%00', undefined, 'text'],
  ['GET', '/activity-events?action=a&action=%00', undefined, 'action.1'],
  ['GET', '/links/%00', undefined, 'token'],
] as const)('the API refuses it: %s %s %j', async (method, path, body, field) => {
  const answer = await owner.request(method, path, body)
  expect([answer.status, formatFaults(answer, 'problem')]).toEqual([400, []])
  expect(answer.json).toMatchObject({ code: 'malformed', errors: [{ field }] })
  expect(answer.json.errors[0].message).toMatch(RULE)
})

const FORM = { 'content-type': 'application/x-www-form-urlencoded' }

test.each([
  ['GET', '/sign-in?tenant=%00', undefined, {}, 'tenant'],
  ['GET', '/gateway/%00/jwks.json', undefined, {}, 'tenant'],
  ['GET', '/saml/%00/metadata', undefined, {}, 'idpId'],
  ['GET', '/sign-in/password?token=%00', undefined, {}, 'token'],
  ['POST', '/sign-in/local', 'name=a%00b', FORM, 'name'],
  ['POST', '/sign-in/challenge', 'co%00de=1', FORM, 'body'],
] as const)('a page says so: %s %s %s', async (method, path, body, headers, field) => {
  const answer = await house.raw({ method, path, body, headers })
  expect([answer.status, formatFaults(answer, 'page')]).toEqual([400, []])
  expect(answer.text).toContain(field)
  expect(answer.text).toMatch(RULE)
})

test.each(['doorlist', 'doorlist-attempt', 'doorlist-device', 'doorlist-admin', 'doorlist-sign-in'])(
  'a cookie %s with it is one that nobody was given',
  async (name) => {
    for (const path of ['/', '/sign-in/next', '/sign-in/local', '/security', '/api/v1/me']) {
      const ask = (value: string) =>
        house.raw({ method: 'GET', path, headers: { cookie: `__Host-${name}=${value}` } })
      const answer = await ask('a%00')
      expect([path, answer.status]).toEqual([path, (await ask('a')).status])
      expect(answer.status).toBeLessThan(500)
    }
  },
)

test('a page says so in Japanese', async () => {
  const answer = await house.raw({
    method: 'GET',
    path: '/sign-in?tenant=%00',
    headers: { 'accept-language': 'ja' },
  })
  expect(answer.text).toContain('<html lang="ja">')
  expect(answer.text).toMatch(/tenant.*保存できない文字/)
})

test.each([
  ['grant_type=client_credentials&client_id=%00&client_secret=x', 'client_id'],
  ['grant_type=%00', 'grant_type'],
  ['grant_type=client_credentials&scope=%00', 'scope'],
] as const)('the token endpoint refuses %s', async (body, field) => {
  const answer = await house.raw({ method: 'POST', path: '/oauth/token', body, headers: FORM })
  expect([answer.status, formatFaults(answer, 'oauth')]).toEqual([400, []])
  expect(JSON.parse(answer.text)).toMatchObject({ error: 'invalid_request' })
  expect(JSON.parse(answer.text).error_description).toMatch(new RegExp(`^${field} .*NUL`))
})

test.each([
  ['/Users?filter=userName%20eq%20%22%00%22', 'invalidFilter', 'filter'],
  ['/Users?sortBy=%00', 'invalidValue', 'sortBy'],
  ['/Users?count=%00', 'invalidValue', 'count'],
  ['/Users?cursor=%00', 'invalidValue', 'cursor'],
  ['/Users?attributes=a%00', 'invalidValue', 'attributes'],
  ['/Users/%00', 'invalidValue', 'id'],
  ['/Schemas/%00', 'invalidValue', 'id'],
] as const)('SCIM refuses %s', async (path, scimType, field) => {
  const answer = await idp.get(path)
  expect([answer.status, formatFaults(answer, 'scim')]).toEqual([400, []])
  expect(answer.json.scimType).toBe(scimType)
  expect(answer.json.detail).toMatch(new RegExp(`^${field} .*NUL`))
})

const INSIDE: [DoorFormat, string][] = [
  ['problem', '/api/v1/session'],
  ['page', '/sign-in/local'],
]

test.each(INSIDE)(
  '%s: what is nested deeper than any request is refused before it is looked at',
  async (door, path) => {
    const deep = `{"a":${'['.repeat(10_000)}${']'.repeat(10_000)}}`
    const headers = { 'content-type': 'application/json' }
    const answer = await house.raw({ method: 'POST', path, body: deep, headers })
    expect([answer.status >= 400 && answer.status < 500, formatFaults(answer, door)]).toEqual([true, []])
  },
)
