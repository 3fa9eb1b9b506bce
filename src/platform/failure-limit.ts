// Limits how often wrong credentials are tried from one network, before anything looks them up. Many clients can share a
// network (an office, an identity provider in the cloud), so one that is set up wrongly must not lock out the others:
// what is tried is counted by what it is for, and credentials that were right lately are looked up without a limit.
import { hash } from 'node:crypto'
import { Unauthenticated } from '#errors.ts'
import { networkOf } from './network-of.ts'
import { TooManyRequests, tokenBuckets } from './token-bucket.ts'

/** A burst, as a client that is set up wrongly sends it, then one try in three seconds. */
const FOR_ONE_TARGET = { capacity: 100, perSecond: 20 / 60 }
/** All targets together: whoever makes up targets gets no further than that. */
const FOR_ONE_NETWORK = { capacity: 500, perSecond: 100 / 60 }
const RIGHT_LATELY = 10_000

export interface CredentialTry {
  /** As a socket tells it. */
  readonly sourceAddress: string
  /** What the credentials are for, as the request names it: an identity provider, a client, a tenant. */
  readonly target: string
  /** What tells these credentials from others; undefined: they are not even well formed. */
  readonly credentials: string | undefined
}

export interface FailureLimit {
  /**
   * Looks credentials up with `check`, unless too many from there were wrong.
   * @throws {TooManyRequests} and whatever `check` throws
   */
  run<Result>(one: CredentialTry, check: () => Promise<Result>): Promise<Result>
  /** These credentials were made just now. */
  areRight(credentials: string): void
}

/** @param isWrong which errors of `check` mean that the credentials are wrong */
export function openFailureLimit(
  isWrong: (error: unknown) => boolean = (error) => error instanceof Unauthenticated,
  now?: () => number,
): FailureLimit {
  const failures = countFailures(now)
  const right = rightLately()
  const beingChecked = new Map<string, number>()

  /** Counts it as wrong until it is right, so that many at a time cannot slip through. @returns whether it was counted */
  function admit({ sourceAddress, target, credentials }: CredentialTry): boolean {
    if (credentials !== undefined && right.has(credentials)) return false
    // The first requests of a client come side by side, with one credential: they are one try.
    if (credentials !== undefined && beingChecked.has(credentials)) {
      failures.demand(sourceAddress, target)
      return false
    }
    failures.add(sourceAddress, target)
    return true
  }

  async function checked<Result>(credentials: string, check: () => Promise<Result>): Promise<Result> {
    beingChecked.set(credentials, (beingChecked.get(credentials) ?? 0) + 1)
    try {
      return await check()
    } finally {
      const left = (beingChecked.get(credentials) ?? 1) - 1
      if (left > 0) beingChecked.set(credentials, left)
      else beingChecked.delete(credentials)
    }
  }

  return {
    areRight: right.add,
    async run(one, check) {
      const { sourceAddress, target, credentials } = one
      const isCounted = admit(one)
      try {
        const result = await (credentials === undefined ? check() : checked(credentials, check))
        if (isCounted) failures.takeBack(sourceAddress, target)
        if (credentials !== undefined) right.add(credentials)
        return result
      } catch (error) {
        const wrong = isWrong(error)
        if (wrong && credentials !== undefined) right.delete(credentials)
        if (wrong && !isCounted) failures.addIfPossible(sourceAddress, target)
        if (!wrong && isCounted) failures.takeBack(sourceAddress, target)
        throw error
      }
    },
  }
}

function countFailures(now?: () => number) {
  const targets = tokenBuckets(FOR_ONE_TARGET, now)
  const networks = tokenBuckets(FOR_ONE_NETWORK, now)
  const keysOf = (sourceAddress: string, target: string) => {
    const network = networkOf(sourceAddress)
    return { network, both: `${network} ${hash('sha256', target, 'base64')}` }
  }
  /** @throws {TooManyRequests} */
  function add(sourceAddress: string, target: string): void {
    const { network, both } = keysOf(sourceAddress, target)
    networks.demand(network)
    targets.take(both)
    networks.take(network)
  }
  return {
    add,
    addIfPossible(sourceAddress: string, target: string): void {
      try {
        add(sourceAddress, target)
      } catch (error) {
        if (!(error instanceof TooManyRequests)) throw error
      }
    },
    /** @throws {TooManyRequests} */
    demand(sourceAddress: string, target: string): void {
      const { network, both } = keysOf(sourceAddress, target)
      networks.demand(network)
      targets.demand(both)
    },
    takeBack(sourceAddress: string, target: string): void {
      const { network, both } = keysOf(sourceAddress, target)
      targets.giveBack(both)
      networks.giveBack(network)
    },
  }
}

/** Credentials that were right when they were last looked up; those not used for longest are forgotten first. */
function rightLately() {
  const right = new Set<string>()
  return {
    has: (credentials: string) => right.has(credentials),
    delete: (credentials: string) => void right.delete(credentials),
    add(credentials: string): void {
      right.delete(credentials)
      right.add(credentials) // a set keeps the order of insertion
      if (right.size > RIGHT_LATELY) right.delete(right.keys().next().value ?? '')
    },
  }
}
