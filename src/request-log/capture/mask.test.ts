import { expect, test } from 'vitest'
import { maskJson } from './mask.ts'
import { maskLiterals, maskQuery, secretsOf, without } from './secrets.ts'

const CANARY = 'canary-5d1'
const secrets = secretsOf(['pin'])
const mask = (json: unknown) => maskJson(typeof json === 'string' ? json : JSON.stringify(json), secrets).text

test('what has no secret is passed through, letter by letter', () => {
  const json = ' {"userName" :"ada","n":1.0,\n"emails":[{"value":"a@b.c","type":"work"}]}'
  expect(mask(json)).toBe(json)
})

test.each([
  ['a password', { userName: 'ada', password: CANARY, active: true }],
  ['in any letter case', { PassWord: CANARY }],
  ['a secret inside an extension', { 'urn:x:User': { apiKey: CANARY, clientSecret: [CANARY] } }],
  ['a whole object', { credentials: { a: CANARY } }],
  ['what the schema never returns', { 'urn:x:User': { PIN: CANARY } }],
  ['PATCH with a path', { Operations: [{ op: 'replace', path: 'password', value: CANARY }] }],
  ['PATCH with the path last', { Operations: [{ op: 'replace', value: CANARY, path: 'urn:x:User:pin' }] }],
  ['PATCH without a path', { Operations: [{ op: 'add', value: { password: CANARY } }] }],
  ['a typed value', { things: [{ type: 'password', value: CANARY }] }],
  ['bulk', { Operations: [{ method: 'POST', data: { password: CANARY } }] }],
  ['a filter', { filter: `password eq "${CANARY}" and active eq true` }],
  ['a path with a filter', { Operations: [{ op: 'remove', path: `x[password eq "${CANARY}"]` }] }],
])('%s is masked, and the rest stays', (_name, body) => {
  const text = mask(body)
  expect(text).not.toContain(CANARY)
  expect(text).toContain('[masked]')
  expect(() => JSON.parse(text)).not.toThrow()
})

test('a name in escaped letters is known too', () => {
  expect(mask(`{"passw\\u006frd":"${CANARY}"}`)).toBe('{"passw\\u006frd":"[masked]"}')
})

test.each([
  `{"userName":"ada","password":"${CANARY}`,
  `{"password":"x\\"${CANARY}","a`,
  `{"Operations":[{"op":"replace","value":"${CANARY}","path":"passw`,
  `{"Operations":[{"op":"replace","value":"${CANARY} password`,
  `{userName: "ada", password: "${CANARY}"}`,
  `password=${CANARY}&userName=ada`,
  `${'['.repeat(20_000)}{"password":"${CANARY}"}`,
  `{"a":1} {"password":"${CANARY}"}`,
])('of what is cut off or no JSON, secrets are masked too: %#', (json) => {
  expect(maskJson(json, secrets, true).text).not.toContain(CANARY)
})

test('of many members the first are kept, and how many there were', () => {
  const members = Array.from({ length: 300 }, (_, i) => ({ value: `m${i}`, display: 'x' }))
  const kept = JSON.parse(mask({ displayName: 'crew', members, externalId: 'z' }))
  expect(kept.members).toHaveLength(51)
  expect(kept.members[50]).toBe('… 250 more members')
  expect(kept.externalId).toBe('z')
})

test('a query is decoded, and what is compared with a secret is masked', () => {
  const query = `filter=userName+eq+%22ada%22%20and%20password%20eq%20%22${CANARY}%22&count=1&access_token=${CANARY}`
  const { text, found } = maskQuery(query, secrets)
  expect(text).toBe('filter=userName eq "ada" and password eq "[masked]"&count=1&access_token=[masked]')
  expect(without(found, `Invalid filter: "${CANARY}"`)).toBe('Invalid filter: "[masked]"')
  expect(maskQuery('filter=%E0%A4%A', secrets).text).toBe('filter=%E0%A4%A')
  expect(maskLiterals('emails[type eq "work"].value', secrets)).toBe('emails[type eq "work"].value')
})

test('what was taken out of a request is taken out of the answer that quotes it', () => {
  const { found } = maskJson(JSON.stringify({ password: `${CANARY}"x` }), secrets)
  expect(without(found, JSON.stringify({ detail: `${CANARY}"x is too short` }))).not.toContain(CANARY)
})
