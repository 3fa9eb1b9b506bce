import { argon2, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { Invalid } from '#errors.ts'
import { openGate } from '#platform/limits/gate.ts'
import { refuseEasyPassword } from './easy-passwords.ts'

/** The shortest password alone, and together with a second factor. @see NIST SP 800-63B-4 §3.1.1.2 */
const FEWEST_CHARACTERS = 15
const FEWEST_WITH_FACTOR = 8
const MOST_CHARACTERS = 128

// OWASP's recommendation for Argon2id: 19 MiB, two passes, one lane.
const MEMORY_KIBIBYTES = 19_456
const PASSES = 2
const LANES = 1
const HASH_BYTES = 32

/**
 * A hash takes 19 MiB and about 30 ms on one of the process's four worker threads. Two at a time leave the others free, and no
 * more wait than are done within two seconds.
 */
const gate = openGate({ atOnce: 2, waiting: 64 })
const argon2Async = promisify(argon2)

/** @throws {Busy} */
function derive(parameters: Parameters<typeof argon2>[1]): Promise<Buffer> {
  return gate(() => argon2Async('argon2id', parameters))
}

/** Normalizes a password and checks its length. @throws {Invalid} `password` */
export function normalizePassword(text: string, { withFactor = false } = {}): string {
  const password = text.normalize('NFKC')
  const characters = [...password].length
  const fewest = withFactor ? FEWEST_WITH_FACTOR : FEWEST_CHARACTERS
  if (characters < fewest) {
    const or = withFactor ? '' : `, or ${FEWEST_WITH_FACTOR} together with a second factor`
    throw new Invalid('password', `must have at least ${fewest} characters${or}`)
  }
  if (characters > MOST_CHARACTERS)
    throw new Invalid('password', `must have at most ${MOST_CHARACTERS} characters`)
  return password
}

/** The stored form of a password. */
export interface PasswordHash {
  /** Argon2id, in the PHC string format. */
  readonly hash: string
  /** Long enough without a second factor. */
  readonly isLong: boolean
}

export interface PasswordRule {
  readonly withFactor?: boolean
  /** The user's names and addresses, which the password must not be made of. */
  readonly about?: readonly (string | null | undefined)[]
}

/** Checks a new password and hashes it. @throws {Invalid} `password` @throws {Busy} */
export async function hashPassword(text: string, rule: PasswordRule = {}): Promise<PasswordHash> {
  const password = normalizePassword(text, rule)
  await refuseEasyPassword(password, rule.about?.filter((one) => typeof one === 'string') ?? [])
  const nonce = randomBytes(16)
  const hash = await derive({
    message: password,
    nonce,
    parallelism: LANES,
    tagLength: HASH_BYTES,
    memory: MEMORY_KIBIBYTES,
    passes: PASSES,
  })
  return {
    hash: `$argon2id$v=19$m=${MEMORY_KIBIBYTES},t=${PASSES},p=${LANES}$${unpadded(nonce)}$${unpadded(hash)}`,
    isLong: [...password].length >= FEWEST_CHARACTERS,
  }
}

const PHC = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/

/**
 * Returns whether a password matches a hash. Without a hash the same work is done, so that the time doesn't show whether there
 * is an account.
 * @throws {Busy}
 */
export async function verifyPassword(text: string, kept: string | undefined): Promise<boolean> {
  const password = text.normalize('NFKC')
  const [, memory = MEMORY_KIBIBYTES, passes = PASSES, lanes = LANES, salt = '', digest = ''] =
    PHC.exec(kept ?? '') ?? []
  const expected = Buffer.from(digest, 'base64')
  const given = await derive({
    message: [...password].slice(0, MOST_CHARACTERS).join(''), // a longer password is wrong and must not cost more
    nonce: salt === '' ? randomBytes(16) : Buffer.from(salt, 'base64'),
    parallelism: Number(lanes),
    tagLength: expected.length || HASH_BYTES,
    memory: Number(memory),
    passes: Number(passes),
  })
  const isRight = given.length === expected.length && timingSafeEqual(given, expected)
  return isRight && [...password].length <= MOST_CHARACTERS
}

function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '')
}
