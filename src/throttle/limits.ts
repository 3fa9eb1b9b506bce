// How often one may guess a secret of an account, and how the guesses are counted. Each account has a count for every
// network that guesses, and a wide one for all networks together, which bounds whoever has many networks. The wide one
// would let strangers lock out the owner of an account. So a browser in which that account was signed in before has a
// count of its own instead, and a passkey, which cannot be guessed, has none.
import { hash } from 'node:crypto'
import { networkOf } from '#platform/network/network-of.ts'

/** One count in one window of time. */
export interface Limit {
  readonly subject: Buffer
  /** One secret of one account, whose counts are forgotten together; null: of no account. */
  readonly account: Buffer | null
  readonly most: number
  readonly minutes: number
  /** What a right answer does: it forgets the wrong ones before it, or only takes itself back. */
  readonly onSuccess: 'forget' | 'take back'
}

export type SecretKind = 'password' | 'factor' | 'code'

interface Rate {
  readonly most: number
  readonly minutes: number
}

const FROM_ONE_NETWORK: Record<SecretKind, Rate> = {
  password: { most: 10, minutes: 15 },
  factor: { most: 5, minutes: 15 },
  // A code that is sent costs money, and somebody's attention.
  code: { most: 5, minutes: 60 },
}
const FROM_ALL_NETWORKS: Record<SecretKind, Rate> = {
  password: { most: 100, minutes: 60 },
  factor: { most: 20, minutes: 60 },
  code: { most: 15, minutes: 60 },
}
/** Guesses from one network at all accounts. */
const AT_ALL_ACCOUNTS: Rate = { most: 60, minutes: 15 }
/** Requests that cost something and prove nothing, from one network. */
const REQUESTS: Rate = { most: 60, minutes: 15 }
const RESET_REQUESTS: Rate = { most: 3, minutes: 15 }

/** The longest window of all; older counts mean nothing. */
export const LONGEST_MINUTES = 60

/** Who guesses. */
export interface GuessOrigin {
  readonly sourceAddress: string
  /** Digest of a browser in which the account was signed in before. */
  readonly browser?: Buffer | null | undefined
}

/**
 * The limits of a guess, in the order in which they are counted.
 * @param account its id; or a name that nobody may have, which is counted alike
 * @param isShared several accounts are guessed at under this name: a right answer for one says nothing about the others
 */
export function guessLimits(
  secret: SecretKind,
  account: string,
  from: GuessOrigin,
  isShared = false,
): Limit[] {
  const whose = accountDigest(secret, account)
  const whenRight = isShared ? 'take back' : 'forget'
  const near = limit(FROM_ONE_NETWORK[secret], `${secret} ${account} ${originKey(from)}`, whose, whenRight)
  if (from.browser) return [near]
  const wide = limit(FROM_ALL_NETWORKS[secret], `${secret} ${account}`, whose, 'take back')
  return secret === 'password' ? [near, networkLimit('guess', from), wide] : [near, wide]
}

/** The limit of a guess by whoever is signed in to the account: no stranger gets there. */
export function signedInLimit(secret: SecretKind, account: string): Limit {
  return limit(
    FROM_ONE_NETWORK[secret],
    `${secret} signed in ${account}`,
    accountDigest(secret, account),
    'forget',
  )
}

/** The limit of one network, whatever account it guesses at; or of its requests that prove nothing. */
export function networkLimit(kind: 'guess' | 'request', from: GuessOrigin): Limit {
  return limit(kind === 'guess' ? AT_ALL_ACCOUNTS : REQUESTS, `${kind} ${originKey(from)}`, null, 'take back')
}

/** The limits of asking for a new password by mail. How often a mail is sent does not depend on them. */
export function resetLimits(account: string, from: GuessOrigin): Limit[] {
  const whose = accountDigest('reset', account)
  const near = limit(RESET_REQUESTS, `reset ${account} ${originKey(from)}`, whose, 'take back')
  return [near, networkLimit('request', from)]
}

/** One secret of one account, as the column `account` keeps it. */
export function accountDigest(secret: SecretKind | 'reset', account: string): Buffer {
  return hash('sha256', `account ${secret} ${account}`, 'buffer')
}

function originKey({ sourceAddress, browser }: GuessOrigin): string {
  return browser ? `browser ${browser.toString('hex')}` : networkOf(sourceAddress)
}

function limit(
  { most, minutes }: Rate,
  subject: string,
  account: Buffer | null,
  whenRight: Limit['onSuccess'],
): Limit {
  return { subject: hash('sha256', subject, 'buffer'), account, most, minutes, onSuccess: whenRight }
}
