// A client that signs its assertions: keys of every kind, and whatever header, claims and signature a test wants.
import { constants, createHmac, generateKeyPairSync, type KeyObject, randomUUID, sign } from 'node:crypto'
import type { Algorithm, PublicJwk } from '#identity-providers/credentials/jwk.ts'

export interface SigningKey {
  readonly alg: Algorithm
  readonly kid: string
  readonly privateKey: KeyObject
  /** As the client publishes it. */
  readonly jwk: PublicJwk
}

export function newSigningKey(alg: Algorithm, kid: string = randomUUID()): SigningKey {
  const { privateKey, publicKey } = pairFor(alg)
  return {
    alg,
    kid,
    privateKey,
    jwk: { ...(publicKey.export({ format: 'jwk' }) as PublicJwk), kid, use: 'sig' },
  }
}

function pairFor(alg: Algorithm) {
  if (alg === 'EdDSA') return generateKeyPairSync('ed25519')
  if (alg === 'ES256') return generateKeyPairSync('ec', { namedCurve: 'P-256' })
  if (alg === 'ES384') return generateKeyPairSync('ec', { namedCurve: 'P-384' })
  return generateKeyPairSync('rsa', { modulusLength: 2048 })
}

export function jwks(...keys: SigningKey[]): string {
  return JSON.stringify({ keys: keys.map(({ jwk }) => jwk) })
}

export interface Wish {
  readonly header?: Readonly<Record<string, unknown>>
  /** `undefined` leaves a claim out. */
  readonly claims?: Readonly<Record<string, unknown>>
  readonly signature?: Buffer
}

/** An assertion that is in order, but for what the test wishes. @param nowSeconds since 1970 */
export function assertionOf(
  key: SigningKey,
  clientId: string,
  audience: string,
  wish: Wish = {},
  nowSeconds: number = Math.floor(Date.now() / 1_000),
): string {
  const header = { alg: key.alg, kid: key.kid, typ: 'JWT', ...wish.header }
  const claims = {
    iss: clientId,
    sub: clientId,
    aud: audience,
    iat: nowSeconds,
    exp: nowSeconds + 300,
    jti: randomUUID(),
    ...wish.claims,
  }
  const signed = `${encode(header)}.${encode(claims)}`
  return `${signed}.${(wish.signature ?? signatureOf(key, signed)).toString('base64url')}`
}

function signatureOf({ alg, privateKey }: SigningKey, signed: string): Buffer {
  const data = Buffer.from(signed)
  switch (alg) {
    case 'EdDSA':
      return sign(null, data, privateKey)
    case 'ES256':
      return sign('sha256', data, { key: privateKey, dsaEncoding: 'ieee-p1363' })
    case 'ES384':
      return sign('sha384', data, { key: privateKey, dsaEncoding: 'ieee-p1363' })
    case 'PS256':
      return sign('sha256', data, {
        key: privateKey,
        padding: constants.RSA_PKCS1_PSS_PADDING,
        saltLength: 32,
      })
    case 'RS256':
      return sign('sha256', data, privateKey)
  }
}

/** The old trick: the public key, which everybody knows, as the secret of a MAC. */
export function macAssertion({ kid, jwk }: SigningKey, clientId: string, audience: string): string {
  const seconds = Math.floor(Date.now() / 1_000)
  const claims = { iss: clientId, sub: clientId, aud: audience, exp: seconds + 300, jti: randomUUID() }
  const signed = `${encode({ alg: 'HS256', kid })}.${encode(claims)}`
  return `${signed}.${createHmac('sha256', JSON.stringify(jwk)).update(signed).digest('base64url')}`
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
