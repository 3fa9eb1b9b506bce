// Whether somebody may reach an application. Pure: what the policy says and how the user stands go in.

export interface AccessPolicy {
  readonly enabled: boolean
  /** How old the sign-in may be; null: as old as the session. */
  readonly sessionMinutes: number | null
  /** How old the second factor may be; null: none is asked for. */
  readonly factorMinutes: number | null
}

/** Of a session that is good. */
export interface SessionAccess {
  /** The user, or a group that they are in, is granted the application. */
  readonly granted: boolean
  /** Since the user entered their credentials; null: nobody knows when that was. */
  readonly sessionAgeSeconds: number | null
  /** Since the second factor was proven; null: none was, or nobody knows when. */
  readonly factorAgeSeconds: number | null
}

export type AccessDecision =
  | { readonly allow: true }
  /** Signing in again helps. */
  | { readonly signIn: 'no-session' | 'session-too-old' | 'factor-too-old' }
  | { readonly deny: 'application-disabled' | 'not-granted' }

/** @param visit undefined: nobody is signed in */
export function decideAccess(policy: AccessPolicy, visit: SessionAccess | undefined): AccessDecision {
  if (!policy.enabled) return { deny: 'application-disabled' }
  if (!visit) return { signIn: 'no-session' }
  // Who may not enter is told so at once, and not sent to sign in for nothing.
  if (!visit.granted) return { deny: 'not-granted' }
  if (isOlder(visit.sessionAgeSeconds, policy.sessionMinutes)) return { signIn: 'session-too-old' }
  if (isOlder(visit.factorAgeSeconds, policy.factorMinutes)) return { signIn: 'factor-too-old' }
  return { allow: true }
}

/** An age that nobody knows is too old for every limit. */
function isOlder(seconds: number | null, minutes: number | null): boolean {
  return minutes !== null && (seconds === null || seconds > minutes * 60)
}
