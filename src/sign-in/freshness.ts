// Whether a user who was asked to sign in again did so. Asking is not enough: an identity provider may ignore it and answer
// from a session of this morning, so its answer has to say when the user entered their credentials. Pure.
// @see OpenID Connect Core 1.0 §3.1.2.1 (max_age), §2 (auth_time); SAML 2.0 Core §2.7.2 (AuthnInstant), §3.4.1 (ForceAuthn)

/**
 * What is asked for anew. `sign-in`: everything, at the identity provider and here. `factor`: only the second factor that
 * we ask for ourselves; the identity provider may answer from its session.
 */
export type Freshness = 'sign-in' | 'factor'

export type StaleReason = 'sign-in-time-missing' | 'sign-in-too-old'

/** How far the clocks of an identity provider and ours may be apart. */
const SKEW_SECONDS = 60

export function readFreshness(text: unknown): Freshness | undefined {
  if (text === 'yes') return 'sign-in'
  return text === 'factor' ? text : undefined
}

/** The time that an identity provider gives, where it can be one; undefined: it gives none, or one in the future. */
export function pastTime(milliseconds: number | undefined, now: Date): Date | undefined {
  const isPast =
    milliseconds !== undefined && milliseconds >= 0 && milliseconds <= now.getTime() + SKEW_SECONDS * 1_000
  return isPast ? new Date(Math.min(milliseconds, now.getTime())) : undefined
}

/** @returns why the answer does not show what was asked for; undefined: it does */
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
