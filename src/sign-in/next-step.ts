// Decides what a sign-in needs next. Pure: the evidence so far, the identity provider's policy and the account's state go in,
// one step comes out. Every screen returns here. Start here to understand sign-in; decision.ts loads the input,
// provider-answer.ts and complete.ts are the steps around it. This folder owns attempts, sessions, enrollments and links to
// identities; factors themselves are in src/factors, users in src/directory. The sign-in door, the portal and the gateway call
// it.
import { isDeepStrictEqual } from 'node:util'
import type { Activation, Mfa, MfaDemand, MfaMethod } from '#identity-providers/settings.ts'
import type { Freshness } from './freshness.ts'

/** What this sign-in has proven so far. */
export interface SignInEvidence {
  /** The user; undefined until the identity provider's answer was accepted. */
  readonly userId?: string | undefined
  /** The demand for an external factor that the sign-in met. */
  readonly metDemand?: MfaDemand
  /** The password is too short without a second factor. */
  readonly shortPassword?: boolean
  /** The second factor that was proven here. */
  readonly factor?: FactorProof
  /** What the user has to prove again; if set, remembered browsers don't count. */
  readonly fresh?: Freshness
  /** The browser is remembered. */
  readonly rememberedDevice?: boolean
}

export interface FactorProof {
  readonly method: MfaMethod | 'recovery'
  /** ISO 8601. */
  readonly at: string
}

/** An identity provider's sign-in settings. */
export interface SignInPolicy {
  readonly enabled: boolean
  readonly mfa: Mfa
  readonly mfaMethods: readonly MfaMethod[]
  /** For external MFA. */
  readonly mfaDemand: MfaDemand
  readonly askPersonalDesktop: boolean
  readonly activation: Activation
}

/** The state of the user's account. */
export interface AccountState {
  readonly active: boolean
  readonly disabled: boolean
  readonly deleted: boolean
  readonly activated: boolean
  readonly personalDesktop: string | null
  /** The user's second factors, including methods that are no longer allowed. */
  readonly factors: readonly MfaMethod[]
}

export type Step =
  | { readonly next: 'identify' }
  | { readonly next: 'enroll-factor'; readonly methods: readonly MfaMethod[] }
  | {
      readonly next: 'challenge'
      readonly methods: readonly MfaMethod[]
      /** None of these methods is allowed any more; proving one allows the user to replace it. */
      readonly replaces: boolean
    }
  | { readonly next: 'personal-desktop' }
  /** The user needs an administrator's activation. */
  | { readonly next: 'await-activation' }
  | { readonly next: 'complete' }
  | { readonly next: 'deny'; readonly reason: Denial }

export type Denial = 'idp-disabled' | 'inactive' | 'disabled' | 'deleted' | 'external-factor-missing'

export function nextStep(
  proven: SignInEvidence,
  policy: SignInPolicy,
  standing: AccountState | undefined,
): Step {
  if (!policy.enabled) return deny('idp-disabled')
  if (proven.userId === undefined || !standing) return { next: 'identify' }
  const denial = accountDenial(standing)
  if (denial) return deny(denial)
  return factorStep(proven, policy, standing) ?? enrollmentStep(policy, standing) ?? { next: 'complete' }
}

function accountDenial({ deleted, disabled, active }: AccountState): Denial | undefined {
  if (deleted) return 'deleted'
  if (disabled) return 'disabled'
  return active ? undefined : 'inactive'
}

function factorStep(
  proven: SignInEvidence,
  { mfa, mfaMethods, mfaDemand }: SignInPolicy,
  { factors }: AccountState,
): Step | undefined {
  // The short password was accepted when a factor was required, which it no longer is.
  if (mfa === 'none') return proven.shortPassword && !proven.factor ? { next: 'identify' } : undefined
  if (mfa === 'external')
    // The demand may have changed since the identity provider's answer.
    return isDeepStrictEqual(proven.metDemand, mfaDemand) ? undefined : deny('external-factor-missing')
  const allowed = factors.filter((method) => mfaMethods.includes(method))
  const method = proven.factor?.method
  if (method === 'recovery' ? allowed.length > 0 : method && mfaMethods.includes(method)) return undefined
  if (allowed.length > 0) {
    const isRemembered = proven.rememberedDevice && !proven.fresh
    return isRemembered ? undefined : { next: 'challenge', methods: allowed, replaces: false }
  }
  // A first factor needs no other proof, but replacing one does.
  return factors.length > 0 && method === undefined
    ? { next: 'challenge', methods: factors, replaces: true }
    : { next: 'enroll-factor', methods: mfaMethods }
}

function enrollmentStep(policy: SignInPolicy, standing: AccountState): Step | undefined {
  if (policy.askPersonalDesktop && standing.personalDesktop === null) return { next: 'personal-desktop' }
  // Automatic activation happens at completion, also for users who enrolled while it was manual.
  return standing.activated || policy.activation === 'automatic' ? undefined : { next: 'await-activation' }
}

function deny(reason: Denial): Step {
  return { next: 'deny', reason }
}
