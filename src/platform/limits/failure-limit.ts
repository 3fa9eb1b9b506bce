// Limits how often wrong credentials are tried from one network, before they are looked up. Many clients can share a network (an
// office, an identity provider in the cloud), so a misconfigured one must not lock out the others. For that reason, attempts are
// counted by target, and credentials that were valid recently, or are valid now, are never limited.
import { hash } from 'node:crypto'
import { Unauthenticated } from '#errors.ts'
import { networkOf } from '../network/network-of.ts'
import { TooManyRequests, tokenBuckets } from './token-bucket.ts'

/** A burst, as a misconfigured client sends it, then one attempt in three seconds. */
const FOR_ONE_TARGET = { capacity: 100, perSecond: 20 / 60 }
/** For all targets together, so that invented targets don't help an attacker. */
const FOR_ONE_NETWORK = { capacity: 500, perSecond: 100 / 60 }
/** Number of valid and of wrong credentials that are remembered. */
const REMEMBERED = 10_000

export interface CredentialTry {
  /** As the socket reports it. */
  readonly sourceAddress: string
  /** What the credentials are for, as the request names it: an identity provider, a client, a tenant. */
  readonly target: string
  /** Identifies these credentials; undefined if they aren't even well formed. */
  readonly credentials: string | undefined
}

export interface FailureLimit {
  /**
   * Looks up credentials with `check`, unless too many from this network were wrong.
   * @throws {TooManyRequests} and whatever `check` throws
   */
  run<Result>(one: CredentialTry, check: () => Promise<Result>): Promise<Result>
  /** Remembers credentials that were just created as valid. */
  areRight(target: string, credentials: string): void
}

export interface FailureLimitOptions {
  /** Returns whether an error of a check means that the credentials are wrong. */
  readonly isWrong?: (error: unknown) => boolean
  /** Returns the digests of all valid credentials, for credentials that are new while their network is limited. */
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
   * Counts an attempt as wrong until it turns out to be right, so that parallel attempts can't slip through.
   * @returns whether it was counted @throws {TooManyRequests}
   */
  function admit(one: CredentialTry): boolean {
    const { sourceAddress, target, credentials } = one
    if (credentials !== undefined && right.has(nameOf(one))) return false
    // The first requests of a client arrive in parallel with one credential. They are one attempt.
    const isCounted = credentials === undefined || !beingChecked.has(credentials)
    failures[isCounted ? 'add' : 'demand'](sourceAddress, target)
    return isCounted
  }

  /** Digests of credentials that aren't limited because of others in their network. */
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
        isCounted = admit(one) // before the first await, because others may arrive in parallel
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

/** A bounded set that keeps the newest entries. */
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

/** Digests of valid credentials. They are read all at once and rarely, so that a flood costs one statement in two seconds. */
function openLiving(load: () => Promise<Iterable<string>>, now: () => number) {
  let living: ReadonlySet<string> = new Set()
  let loadedAt = Number.NEGATIVE_INFINITY
  let loading: Promise<void> | undefined

  async function reload(): Promise<void> {
    loadedAt = now()
    try {
      living = new Set(await load())
    } catch {
      // While the database is unavailable, limits stay as they are.
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
