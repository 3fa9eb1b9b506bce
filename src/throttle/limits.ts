// How guesses are limited. Each account has a count per network, and a wider one for all networks together, against attackers
// with many networks. The wider one would let strangers lock out the account's owner, so a known browser has its own count
// instead. A passkey can't be guessed and has none.
import { hash } from 'node:crypto'
import { networkOf } from '#platform/network/network-of.ts'

/** A count within a window of time. */
export interface Limit {
  readonly subject: Buffer
  /** The account's secret, whose counts are deleted together; null: the limit is of no account. */
  readonly account: Buffer | null
  readonly most: number
  readonly minutes: number
  /** What a right answer does: it deletes the wrong ones before it, or only takes itself back. */
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
  // A sent code costs money and the recipient's attention.
  code: { most: 5, minutes: 60 },
}
const FROM_ALL_NETWORKS: Record<SecretKind, Rate> = {
  password: { most: 100, minutes: 60 },
  factor: { most: 20, minutes: 60 },
  code: { most: 15, minutes: 60 },
}
/** Guesses from one network at all accounts. */
const AT_ALL_ACCOUNTS: Rate = { most: 60, minutes: 15 }
/** Costly requests from one network that aren't guesses. */
const REQUESTS: Rate = { most: 60, minutes: 15 }
const RESET_REQUESTS: Rate = { most: 3, minutes: 15 }

/** The longest window; older counts have no effect. */
export const LONGEST_MINUTES = 60

/** Where a guess comes from. */
export interface GuessOrigin {
  readonly sourceAddress: string
  /** Digest of a browser that is known for the account. */
  readonly browser?: Buffer | null | undefined
}

/**
 * Returns the limits of a guess, in the order in which they are counted.
 * @param account its id, or a name that may not exist, which is counted alike
 * @param isShared several accounts have this name, so a right answer for one says nothing about the others
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

/** Returns the limit of a guess by a signed-in user, which strangers can't reach. */
export function signedInLimit(secret: SecretKind, account: string): Limit {
  return limit(
    FROM_ONE_NETWORK[secret],
    `${secret} signed in ${account}`,
    accountDigest(secret, account),
    'forget',
  )
}

/** Returns the limit of one network's guesses at any account, or of its other costly requests. */
export function networkLimit(kind: 'guess' | 'request', from: GuessOrigin): Limit {
  return limit(kind === 'guess' ? AT_ALL_ACCOUNTS : REQUESTS, `${kind} ${originKey(from)}`, null, 'take back')
}

/** Returns the limits of requests for a password link. How often mail is sent is limited separately. */
export function resetLimits(account: string, from: GuessOrigin): Limit[] {
  const whose = accountDigest('reset', account)
  const near = limit(RESET_REQUESTS, `reset ${account} ${originKey(from)}`, whose, 'take back')
  return [near, networkLimit('request', from)]
}

/** Returns the value of the column `account` for one secret of an account. */
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
