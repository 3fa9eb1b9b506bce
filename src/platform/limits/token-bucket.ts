// Limits in the memory of this process: token buckets, failed credentials, and a gate for expensive work. This file has the
// buckets, one for each key: a key that takes more than its share is refused, and the others notice nothing. Limits that are shared
// by all processes are in src/throttle. Start with this file.

/** Too many requests in a short time. After `retrySeconds` there is room again. */
export class TooManyRequests extends Error {
  readonly retrySeconds: number
  constructor(retrySeconds: number) {
    super(`Too many requests; try again in ${retrySeconds} s`)
    this.retrySeconds = retrySeconds
  }
}

export interface TokenBuckets {
  /** Takes one token. @throws {TooManyRequests} when the bucket of this key is empty */
  take(key: string): void
  /** Takes no token. @throws {TooManyRequests} when the bucket of this key is empty */
  demand(key: string): void
  /** Gives one token back. */
  giveBack(key: string): void
}

interface Bucket {
  tokens: number
  at: number
}

const BUCKETS = 10_000

/**
 * @param rates.perSecond tokens that come back each second
 * @param rates.capacity tokens that can be taken at once
 * @param now milliseconds, from any fixed point
 */
export function tokenBuckets(
  { perSecond, capacity }: { readonly perSecond: number; readonly capacity: number },
  now: () => number = () => performance.now(),
): TokenBuckets {
  const buckets = new Map<string, Bucket>()

  function bucketOf(key: string): Bucket {
    const time = now()
    const bucket = buckets.get(key) ?? { tokens: capacity, at: time }
    bucket.tokens = Math.min(capacity, bucket.tokens + ((time - bucket.at) / 1_000) * perSecond)
    bucket.at = time
    // A Map keeps the order of insertion, so its first entry hasn't been used for the longest time.
    buckets.delete(key)
    buckets.set(key, bucket)
    if (buckets.size > BUCKETS) buckets.delete(buckets.keys().next().value ?? '')
    if (bucket.tokens < 1) throw new TooManyRequests(Math.ceil((1 - bucket.tokens) / perSecond))
    return bucket
  }

  return {
    take(key) {
      bucketOf(key).tokens -= 1
    },
    demand: (key) => void bucketOf(key),
    giveBack(key) {
      const bucket = buckets.get(key)
      if (bucket) bucket.tokens = Math.min(capacity, bucket.tokens + 1)
    },
  }
}
