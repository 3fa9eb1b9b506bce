import { requireThat, SamlError } from './elements.ts'

/** How far two clocks may differ. */
export const SKEW_SECONDS = 60
/** How long a message may be valid from now. */
const LIFETIME_SECONDS = 3_600

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/

/** @throws {SamlError} it is missing, or not a time with a time zone. @see SAML 2.0 Core §1.3.3 */
export function parseInstant(text: string | undefined, name: string): Date {
  const milliseconds = text !== undefined && INSTANT.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isNaN(milliseconds)) throw new SamlError(`${name} is missing or not a time`)
  return new Date(milliseconds)
}

export function secondsBetween(from: Date, to: Date): number {
  return (to.getTime() - from.getTime()) / 1_000
}

/** @throws {SamlError} */
export function requireNotExpired(notOnOrAfter: Date, now: Date, name: string): void {
  requireThat(secondsBetween(now, notOnOrAfter) > -SKEW_SECONDS, `${name} has passed`)
}

/** @throws {SamlError} */
export function requireNotFuture(notBefore: Date, now: Date, name: string): void {
  requireThat(secondsBetween(now, notBefore) <= SKEW_SECONDS, `${name} lies in the future`)
}

/** @throws {SamlError} */
export function requireNearExpiry(notOnOrAfter: Date, now: Date, name: string): void {
  requireThat(
    secondsBetween(now, notOnOrAfter) <= LIFETIME_SECONDS + SKEW_SECONDS,
    `${name} is more than an hour away`,
  )
}
