// Every refusal is in the format of the door that the address belongs to, however malformed the request is: a client that
// knows only the errors of SCIM, of OAuth or of the API understands each answer that it gets.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type House, openHouse } from '../harness.ts'
import { rawBytes } from '../raw-http.ts'
import { DOORS, type DoorFormat, formatFaults } from './door-format.ts'

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house?.close())

const IDP = '01890000-0000-7000-8000-000000000000'

/** Some paths of each door, also such as nobody would write on purpose. */
const PATHS: Record<DoorFormat, readonly string[]> = {
  scim: [
    '/scim',
    '/scim/v2',
    '/scim/v3/x',
    `/scim//v2/${IDP}/Nothing`,
    `/SCIM/V2/${IDP}/Users`,
    `//scim/v2/${IDP}`,
    `/%73cim/v2/${IDP}/Nothing`,
    `/scim/v2/${IDP}/Users/${'x'.repeat(600)}`,
    `/scim/v2/${IDP}/Users/%zz`,
    `/Scim/v2/${IDP}/%ff`,
  ],
  problem: [
    '/api',
    '/api/',
    '/API/v1/users',
    '/api/v2/users',
    '/api//v1/nothing',
    '/api/v1/users/%zz',
    `/api/v1/users/${'x'.repeat(600)}`,
    '/%61pi/v1/nothing',
  ],
  oauth: [
    '/oauth',
    '/oauth/authorize',
    '/OAuth/token',
    '/oauth/%zz',
    '/.well-known/nothing',
    '/.well-known/%ff',
    '/.WELL-KNOWN/oauth-authorization-server',
  ],
  operator: ['/healthz/more', '/readyz/%zz', '/metrics', '/HEALTHZ'],
  page: [
    '/nothing',
    '/admin.php',
    '/sign-in/nothing',
    '/sign-in/with/%zz',
    `/sign-in/with/${'x'.repeat(600)}`,
    '/gateway/nothing/else/at/all',
    '/gateway/%ff/jwks.json',
    '/.doorlist/nothing',
    '/saml/a/b/c/d',
    '/%',
    '/constructor',
    '/__proto__/x',
    '/toString/../x',
  ],
}

describe.each(DOORS)('%s', (door) => {
  test.each(PATHS[door])('%s is refused in the format of its door', async (path) => {
    for (const method of ['GET', 'POST', 'PUT', 'PROPFIND', 'TRACE']) {
      const answer = await house.raw({ method, path })
      expect([method, formatFaults(answer, door)]).toEqual([method, []])
      expect(answer.status).toBeGreaterThanOrEqual(400)
      expect(answer.status).toBeLessThan(500)
      expect(answer.headers['x-content-type-options']).toBe('nosniff')
    }
  })
})

const POSTS: Record<DoorFormat, string> = {
  scim: `/scim/v2/${IDP}/Users`,
  problem: '/api/v1/session',
  oauth: '/oauth/token',
  operator: '/healthz',
  page: '/sign-in/local',
}

describe.each(DOORS)('what is posted to %s', (door) => {
  test.each([
    ['a media type that nobody reads', { 'content-type': 'text/x-unknown' }, 'x'],
    ['a media type that is none', { 'content-type': ';;;' }, 'x'],
    ['malformed JSON', { 'content-type': 'application/json' }, '{"a":'],
    ['JSON with a member __proto__', { 'content-type': 'application/json' }, '{"__proto__":{"a":1}}'],
    ['nothing, although JSON is announced', { 'content-type': 'application/json' }, ''],
    [
      'a body that is too large',
      { 'content-type': 'application/json' },
      JSON.stringify('x'.repeat(2_000_000)),
    ],
    [
      'a form that is too large',
      { 'content-type': 'application/x-www-form-urlencoded' },
      `a=${'x'.repeat(2_000_000)}`,
    ],
    ['an encoding that nobody reads', { 'content-type': 'application/json', 'content-encoding': 'br' }, '{}'],
  ])('%s is refused in its format', async (_name, headers, body) => {
    const answer = await house.raw({ method: 'POST', path: POSTS[door], headers, body })
    expect(formatFaults(answer, door)).toEqual([])
    expect(answer.status).toBeGreaterThanOrEqual(400)
    expect(answer.status).toBeLessThan(500)
  })

  test.each([
    ['no HTTP version', (path: string) => `POST ${path} HTTP/9.9\r\nHost: a\r\n\r\n`],
    ['no method of HTTP', (path: string) => `FROBNICATE ${path} HTTP/1.1\r\nHost: a\r\n\r\n`],
    ['a NUL in a header', (path: string) => `POST ${path} HTTP/1.1\r\nHost: a\r\nX-A: a\0b\r\n\r\n`],
    [
      'an address of 100 kB',
      (path: string) => `GET ${path}?${'x'.repeat(100_000)} HTTP/1.1\r\nHost: a\r\n\r\n`,
    ],
    ['no host', (path: string) => `POST ${path} HTTP/1.1\r\nConnection: close\r\n\r\n`],
    [
      'an expectation that nobody knows',
      (path: string) => `TRACE ${path}/x HTTP/1.1\r\nHost: a\r\nExpect: more\r\nConnection: close\r\n\r\n`,
    ],
    [
      'two lengths',
      (path: string) =>
        `POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab`,
    ],
  ])('%s is refused in its format', async (_name, request) => {
    const text = await rawBytes(house.url, request(POSTS[door]))
    const [head = '', body = ''] = text.split('\r\n\r\n')
    const status = Number(/^HTTP\/1\.1 (\d+)/.exec(head)?.[1])
    const type = /^content-type: (.*)$/im.exec(head)?.[1] ?? ''
    expect(formatFaults({ status, text: body, headers: { 'content-type': type } }, door)).toEqual([])
    expect(status).toBeGreaterThanOrEqual(400)
    expect(status).toBeLessThan(500)
  })
})
