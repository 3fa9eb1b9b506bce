// Public keys of clients as JSON Web Keys: which keys are accepted, and which signature algorithms each can verify.
// Pure.
import { createHash, createPublicKey, type KeyObject } from 'node:crypto'
import { Invalid } from '#errors.ts'
import { isPem, readPublicPem } from './public-pem.ts'

export type Algorithm = 'RS256' | 'PS256' | 'ES256' | 'ES384' | 'EdDSA'
export const ALGORITHMS: readonly Algorithm[] = ['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA']

/** The public members only, in canonical form. @see RFC 7517 §4, RFC 7518 §6, RFC 8037 §2 */
export type PublicJwk = Readonly<Record<string, string>>

export interface ClientJwk {
  /** The kid as given, or the key's thumbprint if none was given. */
  readonly kid: string
  readonly jwk: PublicJwk
  /** SHA-256 of the required members. @see RFC 7638 §3 */
  readonly thumbprint: Buffer
}

interface Kind {
  /** Required members, in the order that the thumbprint uses. */
  readonly members: readonly string[]
  readonly algorithms: readonly Algorithm[]
}

const KINDS: Readonly<Record<string, Kind>> = {
  RSA: { members: ['e', 'kty', 'n'], algorithms: ['RS256', 'PS256'] },
  'P-256': { members: ['crv', 'kty', 'x', 'y'], algorithms: ['ES256'] },
  'P-384': { members: ['crv', 'kty', 'x', 'y'], algorithms: ['ES384'] },
  Ed25519: { members: ['crv', 'kty', 'x'], algorithms: ['EdDSA'] },
}
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k']

const FILE_CHARACTERS = 65_536
const KEYS = 10
const KID_CHARACTERS = 200
/** In bits. Verifying a signature of a larger key would take too long. */
const RSA_BITS = { min: 2_048, max: 8_192 }
/** Smaller exponents allow forgery (with 1, any signature is valid). Larger ones only cost time. */
const RSA_EXPONENT = { min: 65_537n, max: 0xffff_ffffn }

/**
 * Reads the keys of a JSON Web Key Set, a single JSON Web Key, or PEM blocks, which have no kid.
 * @throws {Invalid} names the part, `keys` or `keys[n]`, and what is wrong with it
 * @see RFC 7517 §5
 */
export function readJwks(text: string): ClientJwk[] {
  if (text.length > FILE_CHARACTERS)
    throw new Invalid('keys', `must have at most ${FILE_CHARACTERS} characters`)
  const list = isPem(text) ? readPublicPem(text) : listOf(parse(text))
  if (!Array.isArray(list)) throw new Invalid('keys', 'must be a JSON Web Key Set, such as {"keys": [{…}]}')
  if (list.length === 0 || list.length > KEYS) throw new Invalid('keys', `must hold 1 to ${KEYS} keys`)
  const keys = list.map((key: unknown, i) => readKey(key, `keys[${i}]`))
  for (const name of [kidOf, thumbprintOf]) {
    if (new Set(keys.map(name)).size < keys.length)
      throw new Invalid('keys', 'must differ, and have different kids')
  }
  return keys
}

export function keyObjectOf(jwk: PublicJwk): KeyObject {
  return createPublicKey({ key: { ...jwk }, format: 'jwk' })
}

/** Returns the algorithms a key can verify: the one in its `alg`, or all of its type. */
export function algorithmsOf({ kty, crv, alg }: PublicJwk): readonly Algorithm[] {
  const { algorithms = [] } = KINDS[crv ?? kty ?? ''] ?? {}
  return alg === undefined ? algorithms : algorithms.filter((algorithm) => algorithm === alg)
}

/** Returns the type of a key as shown to administrators: `RSA 2048`, `P-256`. */
export function kindOf(jwk: PublicJwk): string {
  return jwk.crv ?? `RSA ${keyObjectOf(jwk).asymmetricKeyDetails?.modulusLength}`
}

const kidOf = ({ kid }: ClientJwk) => kid
const thumbprintOf = ({ thumbprint }: ClientJwk) => thumbprint.toString('hex')

function readKey(given: unknown, field: string): ClientJwk {
  const refuse = (rule: string) => new Invalid(field, rule)
  if (!isObject(given)) throw refuse('must be a JSON Web Key')
  const { kty, crv, alg, kid, use, key_ops: operations } = given
  // RSA keys have no `crv`. An unexpected one must not make the key pass as another type.
  const kind = Object.hasOwn(KINDS, String(crv ?? kty)) ? KINDS[String(crv ?? kty)] : undefined
  if (kty === 'oct' || !kind || (kty === 'RSA') !== (crv === undefined)) {
    throw refuse('must be of kty RSA, EC (P-256 or P-384) or OKP (Ed25519)')
  }
  if (PRIVATE_MEMBERS.some((member) => member in given)) {
    throw refuse('must not hold the private key; give the public members alone')
  }
  if (use !== undefined && use !== 'sig') throw refuse('must be for signatures (use: sig)')
  if (operations !== undefined && !(Array.isArray(operations) && operations.includes('verify'))) {
    throw refuse('must be for verifying (key_ops: verify)')
  }
  const algorithm = kind.algorithms.find((one) => one === alg)
  if (alg !== undefined && !algorithm) throw refuse(`must have alg ${kind.algorithms.join(' or ')}`)
  if (kid !== undefined && !isKid(kid)) {
    throw refuse(`must have a kid of 1 to ${KID_CHARACTERS} characters without control characters`)
  }
  const members = canonical(given, kind, refuse)
  const thumbprint = createHash('sha256').update(JSON.stringify(members)).digest()
  const jwk = { ...members, ...(algorithm && { alg: algorithm }) }
  return { kid: kid ?? thumbprint.toString('base64url'), jwk, thumbprint }
}

/**
 * Returns the members as OpenSSL writes them, so that one key has one thumbprint. Refuses a point that is not on its
 * curve.
 */
function canonical(
  given: Record<string, unknown>,
  { members }: Kind,
  refuse: (rule: string) => Invalid,
): PublicJwk {
  let key: KeyObject
  try {
    key = createPublicKey({
      key: Object.fromEntries(members.map((name) => [name, given[name]])),
      format: 'jwk',
    })
  } catch {
    throw refuse(`cannot be read: ${members.join(', ')} must hold a key in base64url`)
  }
  const { modulusLength: bits, publicExponent: exponent } = key.asymmetricKeyDetails ?? {}
  if (bits !== undefined && (bits < RSA_BITS.min || bits > RSA_BITS.max)) {
    throw refuse(`must have ${RSA_BITS.min} to ${RSA_BITS.max} bits; it has ${bits}`)
  }
  if (
    exponent !== undefined &&
    (exponent < RSA_EXPONENT.min || exponent > RSA_EXPONENT.max || exponent % 2n === 0n)
  ) {
    throw refuse('must have an odd public exponent from 65537 to 2^32')
  }
  const exported = key.export({ format: 'jwk' }) as Record<string, unknown>
  return Object.fromEntries(members.map((name) => [name, String(exported[name])]))
}

function isKid(kid: unknown): kid is string {
  return typeof kid === 'string' && kid.length > 0 && kid.length <= KID_CHARACTERS && !/\p{C}/u.test(kid)
}

function listOf(given: unknown): unknown {
  if (!isObject(given)) return undefined
  return 'kty' in given ? [given] : given.keys
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new Invalid('keys', 'must be JSON, or PEM')
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
