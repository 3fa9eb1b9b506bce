// Rate limit per identity provider, within one process.
import { tokenBuckets } from '#platform/limits/token-bucket.ts'

/** Size of a burst, in seconds at the full rate. */
const BURST_SECONDS = 5

/**
 * Creates the rate limit.
 * @param perSecond requests per second for each identity provider; 0 = unlimited
 * @param now clock in milliseconds, from any fixed point
 * @returns a function that counts one request of an identity provider, or throws `TooManyRequests`
 */
export function rateLimit(perSecond: number, now?: () => number): (idpId: string) => void {
  if (perSecond === 0) return () => {}
  return tokenBuckets({ perSecond, capacity: perSecond * BURST_SECONDS }, now).take
}
