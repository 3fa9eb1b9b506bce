import { generateKeyPairSync } from 'node:crypto'
import { expect, test } from 'vitest'
import { Invalid } from '#errors.ts'
import { algorithmsOf, kindOf, type PublicJwk, readJwks } from './jwk.ts'

const publicJwk = (pair: { publicKey: { export(options: { format: 'jwk' }): object } }) =>
  pair.publicKey.export({ format: 'jwk' }) as PublicJwk

const rsa = publicJwk(generateKeyPairSync('rsa', { modulusLength: 2048 }))
const p256 = publicJwk(generateKeyPairSync('ec', { namedCurve: 'P-256' }))
const p384 = publicJwk(generateKeyPairSync('ec', { namedCurve: 'P-384' }))
const ed25519 = publicJwk(generateKeyPairSync('ed25519'))

const read = (...keys: object[]) => readJwks(JSON.stringify({ keys }))

test('each kind of key verifies the algorithms of its kind alone', () => {
  const keys = read(rsa, p256, p384, ed25519).map(({ jwk }) => [kindOf(jwk), ...algorithmsOf(jwk)])
  expect(keys).toEqual([
    ['RSA 2048', 'RS256', 'PS256'],
    ['P-256', 'ES256'],
    ['P-384', 'ES384'],
    ['Ed25519', 'EdDSA'],
  ])
  expect(read({ ...rsa, alg: 'PS256' }).flatMap(({ jwk }) => algorithmsOf(jwk))).toEqual(['PS256'])
})

test('a single key is taken too; without a kid it is called by its thumbprint', () => {
  // This is the example of RFC 7638 §3.1.
  const example = {
    kty: 'RSA',
    n: '0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw',
    e: 'AQAB',
    alg: 'RS256',
  }
  const [key] = readJwks(JSON.stringify(example))
  expect(key?.kid).toBe('NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs')
})

test('keys in PEM are the same keys, called by their thumbprints', () => {
  const pairs = [
    generateKeyPairSync('rsa', { modulusLength: 2048 }),
    generateKeyPairSync('ec', { namedCurve: 'P-256' }),
    generateKeyPairSync('ed25519'),
  ]
  const pem = pairs.map(({ publicKey }) => publicKey.export({ format: 'pem', type: 'spki' })).join('\n')
  expect(readJwks(`# mine\r\n${pem}`)).toEqual(readJwks(JSON.stringify({ keys: pairs.map(publicJwk) })))
})

test.each([
  [
    'a private key',
    generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }),
    /private/,
  ],
  ['half a key', '-----BEGIN PUBLIC KEY-----\nMII', /whole PEM blocks/],
  ['what is no key', '-----BEGIN PUBLIC KEY-----\nTUlJ\n-----END PUBLIC KEY-----', /cannot be read/],
  ['something else', '-----BEGIN X509 CRL-----\nTUlJ\n-----END X509 CRL-----', /not a X509 CRL/],
])('in PEM, %s is refused', (_what, pem, rule) => {
  expect(() => readJwks(String(pem))).toThrow(rule)
})

test('what a key says beside itself is not kept', () => {
  const [key] = read({ ...p256, kid: 'k', x5c: ['MII'], use: 'sig', key_ops: ['verify'], custom: 1 })
  expect(Object.keys(key?.jwk ?? {}).sort()).toEqual(['crv', 'kty', 'x', 'y'])
})

test('one key has one thumbprint, however it is written', () => {
  const [key] = read(rsa)
  const padded = Buffer.concat([Buffer.from([0]), Buffer.from(rsa.n ?? '', 'base64url')]).toString(
    'base64url',
  )
  expect(read({ ...rsa, n: padded })[0]?.thumbprint).toEqual(key?.thumbprint)
})

const short = publicJwk(generateKeyPairSync('rsa', { modulusLength: 1024 }))
const cubed = publicJwk(generateKeyPairSync('rsa', { modulusLength: 2048, publicExponent: 3 }))
const secp = publicJwk(generateKeyPairSync('ec', { namedCurve: 'secp256k1' }))

test.each<[string, object, RegExp]>([
  ['a shared secret', { kty: 'oct', k: 'c2VjcmV0' }, /kty RSA, EC/],
  ['a private key', generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }), /private key/],
  ['a short RSA key', short, /2048 to 8192 bits; it has 1024/],
  ['a small exponent', cubed, /exponent/],
  ['an exponent of one', { ...rsa, e: 'AQ' }, /exponent/],
  ['another curve', secp, /kty RSA, EC/],
  ['a point off the curve', { ...p256, y: p256.x }, /cannot be read/],
  ['no members', { kty: 'RSA' }, /cannot be read/],
  ['an RSA key that says it is a curve', { ...rsa, crv: 'P-256' }, /kty RSA, EC/],
  ['a curve of the wrong family', { ...ed25519, crv: 'P-256' }, /cannot be read/],
  ['a key for encryption', { ...rsa, use: 'enc' }, /use/],
  ['a key for signing only', { ...rsa, key_ops: ['sign'] }, /key_ops/],
  ['an algorithm of another kind', { ...rsa, alg: 'ES256' }, /alg RS256 or PS256/],
  ['a MAC', { ...rsa, alg: 'HS256' }, /alg/],
  ['an empty kid', { ...rsa, kid: '' }, /kid/],
  ['a kid with control characters', { ...rsa, kid: 'a\u0000b' }, /kid/],
  ['a kid that is no text', { ...rsa, kid: 7 }, /kid/],
  ['a name of every object', { kty: 'constructor' }, /kty RSA, EC/],
])('%s is refused', (_, key, rule) => {
  expect(() => read(key)).toThrow(Invalid)
  expect(() => read(key)).toThrow(rule)
})

test.each<[string, string]>([
  ['no JSON', 'x'],
  ['text', '"x"'],
  ['null', 'null'],
  ['a list', '[]'],
  ['no keys', '{"keys":[]}'],
  ['keys that are none', '{"keys":[null]}'],
  ['too many keys', JSON.stringify({ keys: Array.from({ length: 11 }, () => rsa) })],
  ['a key twice', JSON.stringify({ keys: [rsa, { ...rsa, kid: 'b' }] })],
  [
    'a kid twice',
    JSON.stringify({
      keys: [
        { ...rsa, kid: 'a' },
        { ...p256, kid: 'a' },
      ],
    }),
  ],
  ['too much text', JSON.stringify({ keys: [rsa], more: 'x'.repeat(70_000) })],
])('a set of %s is refused', (_, text) => {
  expect(() => readJwks(text)).toThrow(Invalid)
})
