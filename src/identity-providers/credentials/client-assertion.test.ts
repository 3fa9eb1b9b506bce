import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { Unauthenticated } from '#errors.ts'
import { assertionOf, jwks, macAssertion, newSigningKey, type Wish } from '#test/oauth/assertion.ts'
import { readAssertion, verifyAssertion } from './client-assertion.ts'
import { ALGORITHMS, readJwks } from './jwk.ts'

const NOW = new Date('2026-06-01T12:00:00Z')
const SECONDS = NOW.getTime() / 1_000
const CLIENT = '0190d5c8-0000-7000-8000-000000000001'
const ISSUER = 'https://doors.example'
const AUDIENCES = [ISSUER, `${ISSUER}/oauth/token`]

const signing = new Map(ALGORITHMS.map((alg) => [alg, newSigningKey(alg, `key-${alg}`)]))
const keys = readJwks(jwks(...signing.values()))
const key = newSigningKey('ES256', 'mine')
const registered = [...readJwks(jwks(key)), ...keys]

function verify(text: string, clientId?: string, known = registered) {
  return verifyAssertion(readAssertion(text), known, { now: NOW, audiences: AUDIENCES, clientId })
}

function signed(wish: Wish = {}): string {
  return assertionOf(key, CLIENT, ISSUER, wish, SECONDS)
}

/** Returns the reason that is logged. The client gets the same message for every refusal. */
function refusalOf(text: string, clientId?: string): string {
  try {
    verify(text, clientId)
  } catch (error) {
    if (!(error instanceof Unauthenticated)) throw error
    expect(error.message).toBe('The client assertion is not valid')
    return (error.cause as Error).message
  }
  throw new Error('it was accepted')
}

test.each(ALGORITHMS)('an assertion signed with %s is accepted by the key that signed it', (alg) => {
  const own = signing.get(alg)
  if (!own) throw new Error('no such key')
  const { key: found, usableUntil } = verify(assertionOf(own, CLIENT, ISSUER, {}, SECONDS))
  expect(found.kid).toBe(`key-${alg}`)
  expect(usableUntil).toEqual(new Date((SECONDS + 360) * 1_000))
})

test('without a kid, every key of the client is tried', () => {
  expect(verify(signed({ header: { kid: undefined } })).key.kid).toBe('mine')
})

test('the audience is the issuer or the token endpoint, and nobody else', () => {
  for (const aud of [ISSUER, `${ISSUER}/oauth/token`, [ISSUER], AUDIENCES])
    verify(signed({ claims: { aud } }))
  for (const aud of [
    undefined,
    '',
    [],
    'https://other.example',
    [ISSUER, 'https://other.example'],
    7,
    [[ISSUER]],
  ]) {
    expect(refusalOf(signed({ claims: { aud } })), JSON.stringify(aud)).toMatch(/^aud/)
  }
})

test('clocks may differ by a minute, and no assertion counts for more than ten', () => {
  for (const exp of [SECONDS - 59, SECONDS + 600]) verify(signed({ claims: { iat: undefined, exp } }))
  verify(signed({ claims: { iat: SECONDS + 60, nbf: SECONDS + 60 } }))
})

test.each<[string, Record<string, unknown>, RegExp]>([
  ['of another issuer', { iss: 'other' }, /^iss/],
  ['without an issuer', { iss: undefined }, /^iss/],
  ['without a subject', { sub: undefined }, /^sub/],
  ['whose subject is no text', { sub: [CLIENT] }, /^sub/],
  ['without an end', { exp: undefined }, /^exp/],
  ['whose end is text', { exp: `${SECONDS + 60}` }, /^exp/],
  ['whose end is beyond any date', { exp: 1e300 }, /^exp/],
  ['that has expired', { exp: SECONDS - 60 }, /expired/],
  ['that lives too long', { exp: SECONDS + 661 }, /10 minutes ahead/],
  ['that lived too long', { iat: SECONDS - 700, exp: SECONDS + 10 }, /more than 10 minutes/],
  ['from the future', { iat: SECONDS + 61 }, /^iat/],
  ['not valid yet', { nbf: SECONDS + 61 }, /^nbf/],
  ['whose nbf is text', { nbf: 'now' }, /^nbf/],
  ['without a jti', { jti: undefined }, /^jti/],
  ['with an empty jti', { jti: '' }, /^jti/],
  ['with an endless jti', { jti: 'x'.repeat(256) }, /^jti/],
])('an assertion %s is refused', (_, claims, reason) => {
  expect(refusalOf(signed({ claims }))).toMatch(reason)
})

test('client_id, where it is sent, must be the client of the assertion', () => {
  verify(signed(), CLIENT)
  expect(refusalOf(signed(), 'other')).toMatch(/client_id/)
})

test.each<[string, string]>([
  ['alg none', signed({ header: { alg: 'none' } })],
  [
    'alg None without signature',
    `${signed({ header: { alg: 'None' } })
      .split('.')
      .slice(0, 2)
      .join('.')}.`,
  ],
  ['a MAC over the public key', macAssertion(key, CLIENT, ISSUER)],
  ['alg of another kind of key', signed({ header: { alg: 'RS256' } })],
  ['an algorithm that is not on the list', signed({ header: { alg: 'ES256K' } })],
  ['no alg', signed({ header: { alg: undefined } })],
  ['a list of algs', signed({ header: { alg: ['ES256'] } })],
  ['crit', signed({ header: { crit: ['exp'] } })],
  ['a kid that is no text', signed({ header: { kid: 7 } })],
  ["another key's kid", signed({ header: { kid: 'key-ES256' } })],
  ['an unknown kid', signed({ header: { kid: 'nobody' } })],
  ['a key of its own', assertionOf({ ...newSigningKey('ES256'), kid: 'mine' }, CLIENT, ISSUER, {}, SECONDS)],
  ['a random signature', signed({ signature: randomBytes(64) })],
  ['a signature of zeros', signed({ signature: Buffer.alloc(64) })],
  ['a signature that is too short', signed({ signature: Buffer.alloc(1) })],
  ['two parts', signed().split('.').slice(0, 2).join('.')],
  ['four parts', `${signed()}.x`],
  ['five parts', `${signed()}.x.y`],
  ['nothing', ''],
  ['characters that are not base64url', `${signed()}=`],
  ['a header that is no object', `${Buffer.from('[]').toString('base64url')}.e30.AA`],
  ['a header that is not UTF-8', `${Buffer.from([0x7b, 0xff]).toString('base64url')}.e30.AA`],
  ['too much of it', signed({ claims: { more: 'x'.repeat(9_000) } })],
])('%s is refused', (_, text) => {
  expect(refusalOf(text)).not.toBe('')
})

test('changing one letter of header or claims breaks the signature', () => {
  const [header = '', claims = '', signature = ''] = signed().split('.')
  const other = Buffer.from(JSON.stringify({ alg: 'ES256', kid: 'mine', typ: 'x' })).toString('base64url')
  expect(refusalOf(`${other}.${claims}.${signature}`)).toMatch(/signed/)
  const body = JSON.parse(Buffer.from(claims, 'base64url').toString()) as Record<string, unknown>
  const forged = Buffer.from(JSON.stringify({ ...body, jti: 'again' })).toString('base64url')
  expect(refusalOf(`${header}.${forged}.${signature}`)).toMatch(/signed/)
})

test('a key that names its algorithm verifies no other', () => {
  const own = newSigningKey('RS256', 'rsa')
  const known = readJwks(JSON.stringify({ ...own.jwk, alg: 'RS256' }))
  verify(assertionOf(own, CLIENT, ISSUER, {}, SECONDS), undefined, known)
  const probabilistic = assertionOf({ ...own, alg: 'PS256' }, CLIENT, ISSUER, {}, SECONDS)
  expect(() => verify(probabilistic, undefined, known)).toThrow(Unauthenticated)
  verify(probabilistic, undefined, readJwks(jwks(own)))
})
