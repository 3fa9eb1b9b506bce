// Limits how often wrong credentials are tried from one network, before anything looks them up. Many clients can share a
// network (an office, an identity provider in the cloud), so one that is set up wrongly must not lock out the others:
// what is tried is counted by what it is for, and credentials that were right lately, or that live, are never limited.
import { hash } from 'node:crypto'
import { Unauthenticated } from '#errors.ts'
import { networkOf } from '../network/network-of.ts'
import { TooManyRequests, tokenBuckets } from './token-bucket.ts'

/** A burst, as a client that is set up wrongly sends it, then one try in three seconds. */
const FOR_ONE_TARGET = { capacity: 100, perSecond: 20 / 60 }
/** All targets together: whoever makes up targets gets no further than that. */
const FOR_ONE_NETWORK = { capacity: 500, perSecond: 100 / 60 }
/** Credentials that are remembered as right, and as wrong. */
const REMEMBERED = 10_000

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
  areRight(target: string, credentials: string): void
}

export interface FailureLimitOptions {
  /** Which errors of a check mean that the credentials are wrong. */
  readonly isWrong?: (error: unknown) => boolean
  /** All credentials that live, for those that come first while their network is limited. */
  readonly live?: () => Promise<Iterable<string>>
  /** Milliseconds, from any fixed point. */
  readonly now?: () => number
}

export function openFailureLimit({
  isWrong = (error) => error instanceof Unauthenticated,
  live = async () => [],
  now = () => performance.now(),
}: FailureLimitOptions = {}): FailureLimit {
  const failures = countFailures(now)
  const [right, wrong] = [latest(), latest()]
  const living = openLiving(live, now)
  const beingChecked = new Map<string, number>()

  /**
   * Counts it as wrong until it is right, so that many at a time cannot slip through.
   * @returns whether it was counted @throws {TooManyRequests}
   */
  function admit(one: CredentialTry): boolean {
    const { sourceAddress, target, credentials } = one
    if (credentials !== undefined && right.has(nameOf(one))) return false
    // The first requests of a client come side by side, with one credential: they are one try.
    const isCounted = credentials === undefined || !beingChecked.has(credentials)
    failures[isCounted ? 'add' : 'demand'](sourceAddress, target)
    return isCounted
  }

  /** Of credentials that nobody limits for what others of their network do. */
  async function isLiving(one: CredentialTry): Promise<boolean> {
    const { credentials } = one
    return credentials !== undefined && !wrong.has(nameOf(one)) && living.has(credentials)
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

  function remember(one: Pick<CredentialTry, 'target' | 'credentials'>, isRight: boolean): void {
    if (one.credentials === undefined) return
    const [to, from] = isRight ? [right, wrong] : [wrong, right]
    to.add(nameOf(one))
    from.delete(nameOf(one))
  }

  return {
    areRight: (target, credentials) => remember({ target, credentials }, true),
    async run(one, check) {
      const { sourceAddress, target, credentials } = one
      let isCounted = false
      try {
        isCounted = admit(one) // before anything is waited for: others may come side by side
      } catch (error) {
        if (!(await isLiving(one))) throw error
      }
      try {
        const result = await (credentials === undefined ? check() : checked(credentials, check))
        if (isCounted) failures.takeBack(sourceAddress, target)
        remember(one, true)
        return result
      } catch (error) {
        if (isWrong(error)) {
          remember(one, false)
          if (!isCounted) failures.addIfPossible(sourceAddress, target)
        } else if (isCounted) failures.takeBack(sourceAddress, target)
        throw error
      }
    },
  }
}

function nameOf({ target, credentials }: Pick<CredentialTry, 'target' | 'credentials'>): string {
  return `${target} ${credentials}`
}

function countFailures(now: () => number) {
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

/** A set that keeps what was added last. */
function latest() {
  const names = new Set<string>()
  return {
    has: (name: string) => names.has(name),
    delete: (name: string) => void names.delete(name),
    add(name: string): void {
      names.delete(name)
      names.add(name) // a set keeps the order of insertion
      if (names.size > REMEMBERED) names.delete(names.keys().next().value ?? '')
    },
  }
}

const LIVING_MILLISECONDS = 2_000

/** Which credentials live: read as a whole and seldom, so that a flood costs one statement in two seconds. */
function openLiving(load: () => Promise<Iterable<string>>, now: () => number) {
  let living: ReadonlySet<string> = new Set()
  let loadedAt = Number.NEGATIVE_INFINITY
  let loading: Promise<void> | undefined

  async function reload(): Promise<void> {
    loadedAt = now()
    try {
      living = new Set(await load())
    } catch {
      // The database is away; whoever is limited stays so.
    } finally {
      loading = undefined
    }
  }

  return {
    async has(credentials: string): Promise<boolean> {
      if (loading === undefined && now() - loadedAt >= LIVING_MILLISECONDS) loading = reload()
      await loading
      return living.has(credentials)
    },
  }
}
