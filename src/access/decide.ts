// Decides whether a session has access to an application. Pure.

export interface AccessPolicy {
  readonly enabled: boolean
  /** How old the sign-in may be; null: as old as the session. */
  readonly sessionMinutes: number | null
  /** How old the second factor may be; null: none is required. */
  readonly factorMinutes: number | null
}

/** What is known of a live session. */
export interface SessionAccess {
  /** The user, or one of their groups, is granted the application. */
  readonly granted: boolean
  /** Since the user entered their credentials; null: unknown. */
  readonly sessionAgeSeconds: number | null
  /** Since a second factor was proven; null: none was, or the time is unknown. */
  readonly factorAgeSeconds: number | null
}

export type AccessDecision =
  | { readonly allow: true }
  /** Signing in again helps. */
  | { readonly signIn: 'no-session' | 'session-too-old' | 'factor-too-old' }
  | { readonly deny: 'application-disabled' | 'not-granted' }

/** @param session undefined: nobody is signed in */
export function decideAccess(policy: AccessPolicy, visit: SessionAccess | undefined): AccessDecision {
  if (!policy.enabled) return { deny: 'application-disabled' }
  if (!visit) return { signIn: 'no-session' }
  // Checked before the ages: signing in again wouldn't help.
  if (!visit.granted) return { deny: 'not-granted' }
  if (isOlder(visit.sessionAgeSeconds, policy.sessionMinutes)) return { signIn: 'session-too-old' }
  if (isOlder(visit.factorAgeSeconds, policy.factorMinutes)) return { signIn: 'factor-too-old' }
  return { allow: true }
}

/** An unknown age exceeds every limit. */
function isOlder(seconds: number | null, minutes: number | null): boolean {
  return minutes !== null && (seconds === null || seconds > minutes * 60)
}
