// How fast one identity provider may ask, in this process.
import { tokenBuckets } from '#platform/limits/token-bucket.ts'

/** Seconds of full rate that may come at once. */
const BURST_SECONDS = 5

/**
 * @param perSecond requests a second and identity provider; 0 = unlimited
 * @param now milliseconds, from any fixed point
 * @returns a function that takes one request of an identity provider, or throws `TooManyRequests`
 */
export function rateLimit(perSecond: number, now?: () => number): (idpId: string) => void {
  if (perSecond === 0) return () => {}
  return tokenBuckets({ perSecond, capacity: perSecond * BURST_SECONDS }, now).take
}
