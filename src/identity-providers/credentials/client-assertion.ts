// Parses and verifies client assertions (private_key_jwt): a client proves its identity with a signature, so no
// secret is sent. Pure; access-tokens.ts ensures that each assertion is used only once. The client gets the same
// message for every refusal. The reason is the cause of the error, for the log.
import { constants, verify } from 'node:crypto'
import { Unauthenticated } from '#errors.ts'
import { ALGORITHMS, type Algorithm, algorithmsOf, keyObjectOf, type PublicJwk } from './jwk.ts'

/** A parsed assertion that isn't verified yet, so nothing in it can be trusted. */
export interface Assertion {
  readonly algorithm: Algorithm
  readonly kid: string | undefined
  /** The claim `sub`, which names the client. */
  readonly clientId: string
  readonly claims: Readonly<Record<string, unknown>>
  readonly signed: Buffer
  readonly signature: Buffer
}

export interface Demands {
  readonly now: Date
  /** The audiences that name this service: the issuer and the token endpoint. */
  readonly audiences: readonly string[]
  /** The parameter `client_id`, if the client sent it. */
  readonly clientId: string | undefined
}

/** The key that signed the assertion, when the assertion expires, and the `jti` that detects a second use. */
export interface Verified<Key> {
  readonly key: Key
  readonly jti: string
  readonly usableUntil: Date
}

const CHARACTERS = 8_192
const JTI_CHARACTERS = 255
const LIFE_SECONDS = 600
/** Allows for clocks that differ between servers. */
const SKEW_SECONDS = 60
const COMPACT = /^([\w-]+)\.([\w-]+)\.([\w-]+)$/

/** Parses an assertion without verifying it. @throws {Unauthenticated} @see RFC 7515 §3.1, RFC 7519 §7.2 */
export function readAssertion(text: string): Assertion {
  const [, head = '', body = '', signature = ''] = (text.length <= CHARACTERS && COMPACT.exec(text)) || []
  if (!head) throw refused('not a signed JWT in compact form')
  const { alg, kid, crit } = readPart(head)
  const claims = readPart(body)
  // An explicit list rules out "none" and a MAC computed with a public key. @see RFC 8725 §3.1
  const algorithm = ALGORITHMS.find((one) => one === alg)
  if (!algorithm) throw refused(`alg ${JSON.stringify(alg)} is not accepted`)
  if (crit !== undefined) throw refused('crit names extensions, and we know none')
  if (kid !== undefined && typeof kid !== 'string') throw refused('kid is no text')
  if (typeof claims.sub !== 'string') throw refused('sub is missing')
  return {
    algorithm,
    kid,
    clientId: claims.sub,
    claims,
    signed: Buffer.from(`${head}.${body}`),
    signature: Buffer.from(signature, 'base64url'),
  }
}

/**
 * Verifies the signature and the claims of an assertion.
 * @param keys the active keys of the client that the assertion names
 * @returns the key that signed it
 * @throws {Unauthenticated}
 * @see RFC 7523 §3
 */
export function verifyAssertion<Key extends { readonly kid: string; readonly jwk: PublicJwk }>(
  assertion: Assertion,
  keys: readonly Key[],
  demands: Demands,
): Verified<Key> {
  const { jti, expires } = checkClaims(assertion, demands)
  const { kid, algorithm } = assertion
  const key = keys
    .filter((one) => kid === undefined || one.kid === kid)
    .filter(({ jwk }) => algorithmsOf(jwk).includes(algorithm))
    .find(({ jwk }) => isSignedBy(assertion, jwk))
  if (!key) throw refused('no live key of the client has signed it')
  return { key, jti, usableUntil: new Date((expires + SKEW_SECONDS) * 1_000) }
}

export function refused(reason: string): Unauthenticated {
  return new Unauthenticated('The client assertion is not valid', { cause: new Error(reason) })
}

function checkClaims(
  { claims, clientId }: Assertion,
  { now, audiences, clientId: parameter }: Demands,
): { jti: string; expires: number } {
  const seconds = now.getTime() / 1_000
  const { iss, aud, exp, nbf, iat, jti } = claims
  if (iss !== clientId) throw refused('iss and sub must both be the client id')
  if (parameter !== undefined && parameter !== clientId) throw refused('client_id is not sub')
  // Every audience must be this service. Otherwise another recipient could replay the assertion here.
  const named: unknown[] = Array.isArray(aud) ? aud : [aud]
  if (named.length === 0 || !named.every((one) => audiences.some((audience) => audience === one))) {
    throw refused('aud must be the issuer or the token endpoint')
  }
  if (!isTime(exp)) throw refused('exp is missing')
  if (exp <= seconds - SKEW_SECONDS) throw refused('it has expired')
  if (exp > seconds + LIFE_SECONDS + SKEW_SECONDS) throw refused('exp lies more than 10 minutes ahead')
  if (nbf !== undefined && !(isTime(nbf) && nbf <= seconds + SKEW_SECONDS)) throw refused('nbf lies ahead')
  if (iat !== undefined && !(isTime(iat) && iat <= seconds + SKEW_SECONDS)) throw refused('iat lies ahead')
  if (iat !== undefined && exp - iat > LIFE_SECONDS + SKEW_SECONDS)
    throw refused('it lives for more than 10 minutes')
  if (typeof jti !== 'string' || jti === '' || jti.length > JTI_CHARACTERS) {
    throw refused(`jti must have 1 to ${JTI_CHARACTERS} characters`)
  }
  return { jti, expires: exp }
}

/**
 * Options of `verify` for each algorithm. ECDSA signatures are two numbers of fixed length.
 * @see RFC 7518 §3, RFC 8037 §3.1
 */
const VERIFYING = {
  RS256: { hash: 'sha256', padding: constants.RSA_PKCS1_PADDING },
  PS256: {
    hash: 'sha256',
    padding: constants.RSA_PKCS1_PSS_PADDING,
    saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
  },
  ES256: { hash: 'sha256', dsaEncoding: 'ieee-p1363' },
  ES384: { hash: 'sha384', dsaEncoding: 'ieee-p1363' },
  EdDSA: { hash: null },
} as const

function isSignedBy({ algorithm, signed, signature }: Assertion, jwk: PublicJwk): boolean {
  const { hash, ...how } = VERIFYING[algorithm]
  return verify(hash, signed, { key: keyObjectOf(jwk), ...how }, signature)
}

function readPart(part: string): Record<string, unknown> {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(part, 'base64url'))
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value }
  } catch {
    // falls through to the refusal below
  }
  throw refused('header or claims are no JSON object')
}

/** Returns whether a value is a time in seconds since 1970 that fits into a `Date`. @see RFC 7519 §2 */
function isTime(value: unknown): value is number {
  return typeof value === 'number' && value > 0 && value < 1e11
}
