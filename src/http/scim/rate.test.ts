import { expect, test } from 'vitest'
import { TooManyRequests } from '#platform/limits/token-bucket.ts'
import { rateLimit } from './rate.ts'

/** The lowest rate that can be configured. */
const LEAST = 25

test('the least limit lets 25 requests through in every second, on and on, for each identity provider', () => {
  let now = 0
  const take = rateLimit(LEAST, () => now)
  // Use up the burst first, so that only the rate itself counts from here on.
  for (const idp of ['entra', 'okta'])
    expect(() => Array.from({ length: 1_000 }, () => take(idp))).toThrow(TooManyRequests)
  now += 1_000 / LEAST
  for (let second = 0; second < 60; second++) {
    for (let request = 0; request < LEAST; request++) {
      for (const idp of ['entra', 'okta']) expect(() => take(idp)).not.toThrow()
      now += 1_000 / LEAST
    }
  }
})
