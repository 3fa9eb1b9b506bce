import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import type { RawResponse } from '../raw-http.ts'
import { casesOf, SCIM_AREAS } from './case.ts'
import { complaints } from './checks.ts'
import type { Evidence } from './evidence.ts'
import { expand, expandBody } from './macros.ts'
import { attack, written } from './run.ts'
import type { Scene } from './scene.ts'

const variables = new Map<string, string | readonly string[]>([
  ['token', 'abcdef'],
  ['p.me', '/me'],
  ['list', ['x', 'y']],
])
const say = (text: string, repetition = 0) => expand(text, { variables, repetition })

test.each([
  ['{{token}}', 'abcdef'],
  ['{{p.me}}', '/me'],
  ['a{{rep:%28:3}}b', 'a%28%28%28b'],
  ['{{rep: :4}}', '    '],
  ['{{rep:[:2}}{{rep:]:2}}}', '[[]]}'],
  ['[{{rep:{"op":"add"},:2}}{"op":"add"}]', '[{"op":"add"},{"op":"add"},{"op":"add"}]'],
  ['{{half:token}}', 'abc'],
  ['{{upper:token}}', 'ABCDEF'],
  ['{{fullwidth:token}}', '\uff41\uff42\uff43\uff44\uff45\uff46'],
  ['{{upper:{{half:token}}}}', 'ABC'],
  ['Basic {{b64:x:{{token}}}}', `Basic ${Buffer.from('x:abcdef').toString('base64')}`],
  ['{{rep:{{half:token}}-:2}}', 'abc-abc-'],
])('%s is written out', (text, result) => {
  expect(say(text)).toBe(result)
})

test('item takes one for each repetition, from a list, a range or a variable', () => {
  expect([0, 1, 2].map((at) => say('{{item:list}}', at))).toEqual(['x', 'y', 'x'])
  expect([0, 1].map((at) => say('{{item:[p,{{token}}]}}', at))).toEqual(['p', 'abcdef'])
  expect([0, 29].map((at) => say('{{item:000000..000029}}', at))).toEqual(['000000', '000029'])
})

test('uuid is new each time, now is seconds', () => {
  const [first, second] = say('{{uuid}} {{uuid}}').split(' ')
  expect(first).toMatch(/^[\da-f-]{36}$/)
  expect(first).not.toBe(second)
  expect(Number(say('{{now+60}}'))).toBeGreaterThan(Date.now() / 1_000 + 58)
})

test('gzip makes bytes of a whole body', () => {
  const packed = expandBody('{{gzip:{{rep:a:9}}}}', { variables, repetition: 0 })
  expect(gunzipSync(packed).toString()).toBe('aaaaaaaaa')
})

test.each(['{{nobody}}', '{{rep:x}}', '{{rep:x:many}}', '{{item:token}}', '{{shout:token}}'])(
  '%s is an error, not an empty text',
  (text) => {
    expect(() => say(text)).toThrow('{{')
  },
)

test('a JSON body is expanded inside its strings, a raw one as text', () => {
  const request = { method: 'POST', path: '{{p.me}}', headers: { 'X-A': '{{token}}' } }
  const at = { variables, repetition: 0 }
  const quoted = { ...request, body: { a: ['{{token}}'] } }
  expect(written(quoted, at)).toEqual({
    ...request,
    path: '/me',
    headers: { 'X-A': 'abcdef' },
    body: '{"a":["abcdef"]}',
  })
  expect(written({ ...request, body: '{"a":{{rep:1:3}}}' }, at).body).toBe('{"a":111}')
  expect(written({ ...request, body: null }, at).body).toBeUndefined()
})

const ERROR = {
  schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
  status: '400',
  scimType: 'invalidFilter',
}

function evidence(...responses: Partial<RawResponse>[]): Evidence {
  const scene: Scene = {
    origin: 'http://127.0.0.1:9',
    variables,
    text: () => '',
    list: () => [],
    outOfBandHits: () => 1,
    mailsTo: () => 0,
  }
  const headers = { 'content-type': 'application/scim+json' }
  const given = { status: 400, headers, text: JSON.stringify(ERROR), milliseconds: 5 }
  return { scene, responses: responses.map((response) => ({ ...given, ...response })) }
}

test.each([
  ['status', [400], [200]],
  ['status', ['4xx'], ['5xx']],
  ['statusCounts', { 400: 1 }, { 400: 2 }],
  ['scimType', ['invalidPath', 'invalidFilter'], ['tooMany']],
  ['headers', { 'Content-Type': 'SCIM\\+json' }, { 'www-authenticate': 'Bearer' }],
  ['bodyRegex', ['invalidfilter'], ['invalidFilter', '{{token}}']],
  ['json', { '/status': '400' }, { '/status': 400 }],
  ['json', { '/scimType': { minLength: 3 } }, { '/schemas': { lte: 3 } }],
  ['maxMs', 5, 4],
  ['oobHits', 1, 0],
  ['mailTo', { 'a@x': 0 }, { 'a@x': 1 }],
])('must %s holds for %j and not for %j', async (name, right, wrong) => {
  expect(await complaints({ [name]: right }, {}, evidence({}))).toEqual([])
  expect(await complaints({ [name]: wrong }, {}, evidence({}))).not.toEqual([])
})

test.each([
  ['status', ['5xx'], ['4xx']],
  ['bodyRegex', ['stack'], ['ERROR']],
  ['json', { '/status': '500', '/none': 1 }, { '/status': '400' }],
])('must not %s holds for %j and not for %j', async (name, right, wrong) => {
  expect(await complaints({}, { [name]: right }, evidence({}))).toEqual([])
  expect(await complaints({}, { [name]: wrong }, evidence({}))).not.toEqual([])
})

test('a SCIM error has its media type, its schema and its status as text', async () => {
  const demand = { scimError: true }
  expect(await complaints(demand, {}, evidence({}))).toEqual([])
  expect(
    await complaints(demand, {}, evidence({ headers: { 'content-type': 'application/json' } })),
  ).toHaveLength(1)
  expect(await complaints(demand, {}, evidence({ status: 404 }))).toHaveLength(1)
  expect(await complaints(demand, {}, evidence({ text: '{}' }))).toHaveLength(1)
  expect(await complaints({ scimErrorIf4xx: true }, {}, evidence({ status: 201, text: '{}' }))).toEqual([])
})

test('all of a list must be in the body', async () => {
  const rule = { containsAll: '{{list}}' }
  expect(await complaints(rule, {}, evidence({ text: 'y and x' }))).toEqual([])
  expect(await complaints(rule, {}, evidence({ text: 'x alone' }))).toHaveLength(1)
})

test('one bad answer among many is found', async () => {
  expect(await complaints({ status: [400] }, {}, evidence({}, {}, { status: 500 }))).toHaveLength(1)
})

test('the words of an oracle are checked as such', async () => {
  const rule = { text: ['operation status 204'] }
  const body = (status: string) => ({ status: 200, text: JSON.stringify({ Operations: [{ status }] }) })
  expect(await complaints({}, rule, evidence(body('404')))).toEqual([])
  expect(await complaints({}, rule, evidence(body('204')))).toHaveLength(1)
})

test('an unknown rule, oracle or key makes a case fail', async () => {
  await expect(complaints({ politeness: true }, {}, evidence({}))).rejects.toThrow('politeness')
  await expect(complaints({}, { toString: true }, evidence({}))).rejects.toThrow('toString')
  await expect(complaints({}, { text: ['somebody is sad'] }, evidence({}))).rejects.toThrow('sad')
  const [first] = casesOf('scim-authn')
  await expect(attack({ ...first, saml: {} } as never, evidence().scene)).rejects.toThrow('saml')
})

test('every case of the SCIM areas uses rules and macros that are known', async () => {
  const known = new Map([...variables, ...namesIn(SCIM_AREAS.flatMap(casesOf))])
  for (const attackCase of SCIM_AREAS.flatMap(casesOf)) {
    for (const { request } of [attackCase, ...(attackCase.then ?? [])]) {
      expect(() => written(request, { variables: known, repetition: 0 })).not.toThrow()
    }
  }
})

/** Every plain `{{name}}` that the cases mention; what they stand for is the scene's matter. */
function namesIn(cases: unknown): [string, string | readonly string[]][] {
  const names = [...JSON.stringify(cases).matchAll(/\{\{([\w.]+)\}\}/g)].map(([, name = '']) => name)
  return [...new Set(names)].map((name) => [name, name === 'usersA20' ? ['x'] : 'x'])
}
