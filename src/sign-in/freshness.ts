// Checks whether a user who was asked to sign in again did so. An identity provider may ignore the request and answer from an
// older session, so its answer must say when the user entered their credentials. Pure. @see OpenID Connect Core 1.0 §3.1.2.1
// (max_age), §2 (auth_time); SAML 2.0 Core §2.7.2 (AuthnInstant), §3.4.1 (ForceAuthn)

/**
 * What the user has to prove again. `sign-in`: everything, at the identity provider and here. `factor`: only our own second
 * factor; the identity provider may answer from its session.
 */
export type Freshness = 'sign-in' | 'factor'

export type StaleReason = 'sign-in-time-missing' | 'sign-in-too-old'

/** How far the identity provider's clock may differ from ours. */
const SKEW_SECONDS = 60

export function readFreshness(text: unknown): Freshness | undefined {
  if (text === 'yes') return 'sign-in'
  return text === 'factor' ? text : undefined
}

/** Returns the identity provider's time; undefined: there is none, or it is in the future. */
export function pastTime(milliseconds: number | undefined, now: Date): Date | undefined {
  const isPast =
    milliseconds !== undefined && milliseconds >= 0 && milliseconds <= now.getTime() + SKEW_SECONDS * 1_000
  return isPast ? new Date(Math.min(milliseconds, now.getTime())) : undefined
}

/** @returns why the answer isn't fresh enough; undefined: it is */
export function staleReason(
  fresh: Freshness | undefined,
  begunAt: Date,
  authenticatedAt: Date | undefined,
): StaleReason | undefined {
  if (fresh !== 'sign-in') return undefined
  if (authenticatedAt === undefined) return 'sign-in-time-missing'
  const isNew = authenticatedAt.getTime() >= begunAt.getTime() - SKEW_SECONDS * 1_000
  return isNew ? undefined : 'sign-in-too-old'
}
