// A token bucket for each identity provider, in this process: one that floods is slowed down, the others notice nothing.

/** Too many requests in a short time; `retrySeconds` later there is room again. */
export class TooManyRequests extends Error {
  readonly retrySeconds: number
  constructor(retrySeconds: number) {
    super(`Too many requests; try again in ${retrySeconds} s`)
    this.retrySeconds = retrySeconds
  }
}

interface Bucket {
  tokens: number
  at: number
}

/** Seconds of full rate that may come at once. */
const BURST_SECONDS = 5
const BUCKETS = 10_000

/**
 * @param perSecond requests a second and identity provider; 0 = unlimited
 * @param now milliseconds, from any fixed point
 * @returns a function that takes one token, or throws `TooManyRequests`
 */
export function rateLimit(
  perSecond: number,
  now: () => number = () => performance.now(),
): (idpId: string) => void {
  if (perSecond === 0) return () => {}
  const capacity = perSecond * BURST_SECONDS
  const buckets = new Map<string, Bucket>()
  return (idpId) => {
    const time = now()
    const bucket = buckets.get(idpId) ?? { tokens: capacity, at: time }
    bucket.tokens = Math.min(capacity, bucket.tokens + ((time - bucket.at) / 1_000) * perSecond)
    bucket.at = time
    // Map keeps the order of insertion, so the first entry is the one that was quiet longest.
    buckets.delete(idpId)
    buckets.set(idpId, bucket)
    if (buckets.size > BUCKETS) buckets.delete(buckets.keys().next().value ?? '')
    if (bucket.tokens < 1) throw new TooManyRequests(Math.ceil((1 - bucket.tokens) / perSecond))
    bucket.tokens -= 1
  }
}
