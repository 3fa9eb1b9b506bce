import { Unauthenticated } from '#errors.ts'
import { because } from '#protocol/scim/refusals/refusals.ts'
import { digestOf, isToken } from './tokens.ts'

/** Well-formed credentials of a request, not looked up yet. Secrets appear only as digests. */
export type Presented =
  | { readonly kind: 'token'; readonly digest: Buffer }
  | { readonly kind: 'accessToken'; readonly digest: Buffer }
  | { readonly kind: 'key'; readonly key: string; readonly secretDigest: Buffer }

const HEADER = /^(bearer|basic) +([\x21-\x7e]{1,400})$/i
const BASE64 = /^[A-Za-z0-9+/_-]+={0,2}$/

/**
 * Parses `Authorization: Bearer <token>` or `Authorization: Basic <key:secret>`.
 * @returns undefined for text that can't be one of our credentials, so no look-up is needed
 * @see RFC 6750 §2.1, RFC 7617 §2
 */
export function readAuthorization(header: string | undefined): Presented | undefined {
  const [, scheme = '', value = ''] = HEADER.exec(header?.trim() ?? '') ?? []
  return scheme.toLowerCase() === 'basic' ? readBasic(value) : readBearer(value)
}

export function missingCredentials(): Unauthenticated {
  return new Unauthenticated(because('credentials-missing'))
}

/** Returns the same error for all invalid credentials, so that a caller can't tell which part was wrong. */
export function invalidCredentials(): Unauthenticated {
  return new Unauthenticated(because('credentials-invalid'))
}

function readBearer(token: string): Presented | undefined {
  if (isToken('token', token)) return { kind: 'token', digest: digestOf(token) }
  if (isToken('accessToken', token)) return { kind: 'accessToken', digest: digestOf(token) }
  return undefined
}

/** Decodes the key and secret of HTTP Basic. @see RFC 7617 §2 */
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

/** Returns the cache key of a look-up. It contains no secret. */
export function memoryKey(presented: Presented): string {
  if (presented.kind !== 'key') return presented.digest.toString('base64')
  return `${presented.key}:${presented.secretDigest.toString('base64')}`
}
