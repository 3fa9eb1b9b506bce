import { Unauthenticated } from '#errors.ts'
import { because } from '#protocol/scim/refusals/refusals.ts'
import { digestOf, isToken } from './tokens.ts'

/** Credentials as a request presents them, well formed but not yet looked up. Secrets are here as digests only. */
export type Presented =
  | { readonly kind: 'token'; readonly digest: Buffer }
  | { readonly kind: 'accessToken'; readonly digest: Buffer }
  | { readonly kind: 'key'; readonly key: string; readonly secretDigest: Buffer }

const HEADER = /^(bearer|basic) +([\x21-\x7e]{1,400})$/i
const BASE64 = /^[A-Za-z0-9+/_-]+={0,2}$/

/**
 * Reads `Authorization: Bearer <token>` or `Authorization: Basic <key:secret>`.
 * @returns undefined for text that can be no credential of ours: nothing needs to be looked up
 * @see RFC 6750 §2.1, RFC 7617 §2
 */
export function readAuthorization(header: string | undefined): Presented | undefined {
  const [, scheme = '', value = ''] = HEADER.exec(header?.trim() ?? '') ?? []
  return scheme.toLowerCase() === 'basic' ? readBasic(value) : readBearer(value)
}

export function missingCredentials(): Unauthenticated {
  return new Unauthenticated(because('credentials-missing'))
}

/** The one answer for everything that is not a credential we know. */
export function invalidCredentials(): Unauthenticated {
  return new Unauthenticated(because('credentials-invalid'))
}

function readBearer(token: string): Presented | undefined {
  if (isToken('token', token)) return { kind: 'token', digest: digestOf(token) }
  if (isToken('accessToken', token)) return { kind: 'accessToken', digest: digestOf(token) }
  return undefined
}

/** Key and secret as HTTP Basic carries them. @see RFC 7617 §2 */
export function decodeBasic(encoded: string): { readonly key: string; readonly secret: string } | undefined {
  if (!BASE64.test(encoded)) return undefined
  const pair = Buffer.from(encoded, 'base64').toString('utf8')
  const colon = pair.indexOf(':')
  return colon < 0 ? undefined : { key: pair.slice(0, colon), secret: pair.slice(colon + 1) }
}

function readBasic(encoded: string): Presented | undefined {
  const pair = decodeBasic(encoded)
  return pair && readKeyAndSecret(pair.key, pair.secret)
}

export function readKeyAndSecret(key: string, secret: string): Presented | undefined {
  if (!isToken('key', key) || !isToken('secret', secret)) return undefined
  return { kind: 'key', key, secretDigest: digestOf(secret) }
}

/** Under what a look-up is remembered; holds no secret. */
export function memoryKey(presented: Presented): string {
  if (presented.kind !== 'key') return presented.digest.toString('base64')
  return `${presented.key}:${presented.secretDigest.toString('base64')}`
}
