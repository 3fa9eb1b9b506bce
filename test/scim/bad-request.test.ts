// Requests that are wrong before their message is read: addresses, methods, media types, sizes, framing.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type House, openHouse } from '#test/harness.ts'
import { rawBytes } from '#test/raw-http.ts'
import {
  ask,
  everything,
  expectRefusal,
  expectScimError,
  patchOf,
  type Speaker,
  succeed,
  USER,
} from './refusal.ts'

let house: House
let idp: Speaker
let ada: string

beforeAll(async () => {
  house = await openHouse()
  idp = await house.identityProvider({})
  ada = (await succeed<{ id: string }>(idp, { path: '/Users', body: { schemas: [USER], userName: 'ada' } }))
    .id
})

afterAll(() => house?.close())

describe('an address that leads nowhere', () => {
  test.each([
    ['an unknown collection', '/Nobodies', 404],
    ['the base alone', '', 404],
    ['below a user', `/Users/${crypto.randomUUID()}/more`, 404],
    ['an id that is no id', '/Users/nobody', 404],
    ['a random id', `/Users/${crypto.randomUUID()}`, 404],
    ['a random id in braces', `/Users/%7B${crypto.randomUUID()}%7D`, 404],
    ['an id with a slash', '/Users/a%2Fb', 404],
    ['an id of spaces', '/Users/%20%20', 404],
    ['NUL as an id', '/Users/%00', [400, 404]],
    ['a bad percent escape', '/Users/%ZZ', [400, 404]],
    ['half a percent escape', '/Users/%', [400, 404]],
    ['an id that is no UTF-8', '/Users/%FF', [400, 404]],
    ['a surrogate as an id', '/Users/%ED%A0%80', [400, 404]],
    ['an id of 300 characters', `/Users/${'a'.repeat(300)}`, [404, 414]],
    ['an id of 501 characters', `/Users/${'a'.repeat(501)}`, [404, 414]],
    ['an id of 10,000 characters', `/Users/${'a'.repeat(10_000)}`, [404, 414]],
    ['an id of 40,000 characters', `/Users/${'a'.repeat(40_000)}`, [404, 414, 431]],
    ['two dots', '/Users/../Nobodies', 404],
    ['two encoded dots', '/Users/%2e%2e/Nobodies', 404],
    ['a semicolon', '/Users;x=1', 404],
    ['an unknown schema', '/Schemas/urn:nobody', 404],
    ['an unknown resource type', '/ResourceTypes/Nobody', 404],
  ])('%s', async (_title, path, status) => {
    expectScimError(await ask(idp, { path }), { status })
  })

  test.each([
    '!/scim/v2',
    '!/scim/v2/',
    '!/scim/v2//Users',
    '!/scim/v2///',
    '!/scim/v2/%20/Users',
    '!/scim/v2/%00/Users',
  ])('no identity provider in %s', async (path) => {
    expectScimError(await ask(idp, { path }), { status: [400, 401, 404] })
  })

  test.each(['//Users', '/Users/', '//Users//', '/Users//?count=1'])(
    'doubled and trailing slashes are tolerated: %s',
    async (path) => {
      const response = await ask(idp, { path })
      expect(response.status).toBe(200)
      expect(JSON.parse(response.text)).toMatchObject({ totalResults: 1 })
    },
  )
})

const DISCOVERY = [
  '/ServiceProviderConfig',
  '/ResourceTypes',
  '/Schemas',
  `/Schemas/${USER}`,
  '/ResourceTypes/User',
]

describe('a method that is not for this address', () => {
  const collections = ['PUT', 'PATCH', 'DELETE'].flatMap((method) => [
    `${method} /Users`,
    `${method} /Groups`,
  ])
  const discovery = DISCOVERY.flatMap((path) =>
    ['POST', 'PUT', 'PATCH', 'DELETE'].map((method) => `${method} ${path}`),
  )
  test.each([...collections, ...discovery])('%s gets 405 and what is allowed', async (line) => {
    const [method = '', path = ''] = line.split(' ')
    const response = await expectRefusal(idp, { method, path }, { status: 405, says: [new RegExp(method)] })
    expect(response.headers.allow).toContain('GET')
    expect(response.headers.allow).not.toContain(method)
  })

  test('POST to a user gets 405, with a body or without', async () => {
    for (const body of [undefined, { schemas: [USER], userName: 'eve' }]) {
      const response = await expectRefusal(
        idp,
        { method: 'POST', path: `/Users/${ada}`, body },
        { status: 405 },
      )
      expect(response.headers.allow).toMatch(/GET.*PUT.*PATCH.*DELETE/)
    }
  })

  test('OPTIONS says what is allowed', async () => {
    const response = await ask(idp, { method: 'OPTIONS', path: '/Users' })
    expect(response.status).toBe(204)
    expect(response.headers.allow).toMatch(/GET.*POST/)
  })

  test('HEAD answers as GET does, without a body', async () => {
    for (const path of ['/Users', `/Users/${ada}`, '/ServiceProviderConfig']) {
      const [head, get] = [await ask(idp, { method: 'HEAD', path }), await ask(idp, { path })]
      expect([head.status, head.text]).toEqual([200, ''])
      expect(head.headers['content-type']).toBe(get.headers['content-type'])
      expect(head.headers.etag).toBe(get.headers.etag)
    }
    const nobody = await ask(idp, { method: 'HEAD', path: '/Users/nobody' })
    expect([nobody.status, nobody.text]).toEqual([404, ''])
  })

  test.each(['TRACE', 'PROPFIND', 'SEARCH'])('%s is refused', async (method) => {
    expectScimError(await ask(idp, { method, path: '/Users' }), { status: [404, 405] })
  })
})

describe('a media type that is not SCIM’s', () => {
  const body = JSON.stringify({ schemas: [USER], userName: 'eve' })
  test.each([
    ...[
      'text/plain',
      'text/html',
      'application/xml',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
    ],
    ...[
      'application/jsonx',
      'application/scim+jsonx',
      'application/scim',
      'json',
      '',
      ',',
      'application/json, text/plain',
    ],
  ])('"%s"', async (type) => {
    const refusal = { status: 415, says: [/application\/scim\+json/] }
    await expectRefusal(idp, { path: '/Users', body, headers: { 'Content-Type': type } }, refusal)
  })

  test('a compressed body', async () => {
    const headers = { 'Content-Encoding': 'gzip' }
    await expectRefusal(idp, { path: '/Users', body, headers }, { status: 415, says: [/Content-Encoding/] })
  })

  test.each(['Application/JSON', 'application/scim+json; charset=utf-8', 'application/json;charset=UTF-8'])(
    'but %s is',
    async (type) => {
      const update = JSON.stringify(patchOf({ op: 'replace', path: 'displayName', value: type }))
      const headers = { 'Content-Type': type }
      const response = await ask(idp, { method: 'PATCH', path: `/Users/${ada}`, body: update, headers })
      expect(response.status).toBe(200)
      expect(response.text).toContain(type)
    },
  )
})

describe('a body over the limit', () => {
  const padded = (bytes: number, start: string) => `${start}${' '.repeat(bytes - start.length)}`
  test.each([
    { what: 'a user of 1 MiB and a byte', path: '/Users', bytes: 1_048_577, chunked: false },
    { what: 'a user of 2 MiB in chunks', path: '/Users', bytes: 2_097_152, chunked: true },
    { what: 'a group of 16 MiB and a byte', path: '/Groups', bytes: 16_777_217, chunked: false },
  ])('$what', async ({ path, bytes, chunked }) => {
    await expectRefusal(
      idp,
      { path, body: padded(bytes, '{'), chunked },
      { status: 413, says: [/body/i, /large|limit/i] },
    )
  })

  test('a user of 1 MiB is still read', async () => {
    const body = padded(
      1_048_576,
      JSON.stringify(patchOf({ op: 'replace', path: 'title', value: 'Countess' })),
    )
    expect((await ask(idp, { method: 'PATCH', path: `/Users/${ada}`, body })).status).toBe(200)
  })
})

describe('preconditions that cannot be read', () => {
  test.each(['\'"; DROP', 'W/unquoted', '"open', '"a" "b"', ','])('If-Match: %s', async (condition) => {
    const body = patchOf({ op: 'replace', path: 'title', value: 'never' })
    const attempt = { method: 'PATCH', path: `/Users/${ada}`, body, headers: { 'If-Match': condition } }
    await expectRefusal(idp, attempt, { status: [400, 412] })
  })
})

describe('broken HTTP', () => {
  const LENGTH = 'Content-Length: 2'
  const CHUNKS = 'Transfer-Encoding: chunked'
  const bytesOf = (method: string, path: string, headers: string[], body: string) => {
    const { pathname } = new URL(idp.endpoint)
    const always = [
      'Host: doorlist',
      `Authorization: Bearer ${idp.token}`,
      'Content-Type: application/scim+json',
    ]
    return [`${method} ${pathname}${path} HTTP/1.1`, ...always, ...headers, '', body].join('\r\n')
  }
  const send = (bytes: string, silence?: number) => rawBytes(new URL(idp.endpoint).origin, bytes, silence)

  test.each([
    ['an invented method', 'FLY', '/Users', [], ''],
    ['a space in the path', 'GET', '/Us ers', [], ''],
    ['two lengths', 'POST', '/Users', [LENGTH, 'Content-Length: 3'], '{}'],
    ['length and chunks', 'POST', '/Users', [LENGTH, CHUNKS], '{}'],
    ['a length that is no number', 'POST', '/Users', ['Content-Length: two'], '{}'],
    ['a chunk size that is no number', 'POST', '/Users', [CHUNKS], 'zz\r\n{}\r\n'],
    ['NUL in a header', 'GET', '/Users', ['X-A: a\0b'], ''],
  ])('%s is answered by 4xx, and changes nothing', async (_title, method, path, headers, body) => {
    const before = await everything(idp)
    expect(await send(bytesOf(method, path, headers, body))).toMatch(/^HTTP\/1\.1 4\d\d /)
    expect(await everything(idp)).toBe(before)
  })

  test('what is no HTTP at all is answered by 4xx', async () => {
    expect(await send('hello\r\n\r\n')).toMatch(/^HTTP\/1\.1 4\d\d /)
  })

  test('a body that stops half-way writes nothing', async () => {
    const before = await everything(idp)
    const half = `{"schemas":["${USER}"],"userName":"half"`
    await send(bytesOf('POST', '/Users', ['Content-Length: 1000'], half), 300)
    expect(await everything(idp)).toBe(before)
  })
})
