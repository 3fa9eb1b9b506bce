// What a user's sign-in needs next. Pure: what was proven, what the identity provider's administrator demands, and how
// the user stands go in; one step comes out. Every screen comes back here, and none sends the browser to another.
import { isDeepStrictEqual } from 'node:util'
import type { Activation, Mfa, MfaDemand, MfaMethod } from '#identity-providers/settings.ts'
import type { Freshness } from './freshness.ts'

/** What this sign-in has shown so far. */
export interface SignInEvidence {
  /** Who it is; undefined until the identity provider has said so and a user was found or made. */
  readonly userId?: string | undefined
  /** What was demanded of the identity provider's own second factor when it met that. */
  readonly metDemand?: MfaDemand
  /** The password is too short to be good without a second factor. */
  readonly shortPassword?: boolean
  /** The second factor of ours that was proven. */
  readonly factor?: FactorProof
  /** What has to be proven anew; either way no remembered device counts. */
  readonly fresh?: Freshness
  /** The browser was remembered after a factor, and that is still good. */
  readonly rememberedDevice?: boolean
}

export interface FactorProof {
  readonly method: MfaMethod | 'recovery'
  /** When, as an ISO 8601 text. */
  readonly at: string
}

/** What the administrator set for the identity provider. */
export interface SignInPolicy {
  readonly enabled: boolean
  readonly mfa: Mfa
  readonly mfaMethods: readonly MfaMethod[]
  /** Of external MFA. */
  readonly mfaDemand: MfaDemand
  readonly askPersonalDesktop: boolean
  readonly activation: Activation
}

/** How the user stands. */
export interface AccountState {
  readonly active: boolean
  readonly disabled: boolean
  readonly deleted: boolean
  readonly activated: boolean
  readonly personalDesktop: string | null
  /** Second factors that they have, also of methods that are no longer allowed. */
  readonly factors: readonly MfaMethod[]
}

export type Step =
  | { readonly next: 'identify' }
  | { readonly next: 'enrol-factor'; readonly methods: readonly MfaMethod[] }
  | {
      readonly next: 'challenge'
      readonly methods: readonly MfaMethod[]
      /** None of them is allowed any more; the user proves one so that another one can take its place. */
      readonly replaces: boolean
    }
  | { readonly next: 'personal-desktop' }
  /** Enrolled, and waits for an administrator. */
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
  return factorStep(proven, policy, standing) ?? enrolmentStep(policy, standing) ?? { next: 'complete' }
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
  // A factor was asked for when the password was entered, and no longer is.
  if (mfa === 'none') return proven.shortPassword && !proven.factor ? { next: 'identify' } : undefined
  if (mfa === 'external')
    // The demand may have changed since the identity provider's answer came.
    return isDeepStrictEqual(proven.metDemand, mfaDemand) ? undefined : deny('external-factor-missing')
  const allowed = factors.filter((method) => mfaMethods.includes(method))
  const method = proven.factor?.method
  if (method === 'recovery' ? allowed.length > 0 : method && mfaMethods.includes(method)) return undefined
  if (allowed.length > 0) {
    const isRemembered = proven.rememberedDevice && !proven.fresh
    return isRemembered ? undefined : { next: 'challenge', methods: allowed, replaces: false }
  }
  // The word of the identity provider alone sets up a first factor, but never one in place of another.
  return factors.length > 0 && method === undefined
    ? { next: 'challenge', methods: factors, replaces: true }
    : { next: 'enrol-factor', methods: mfaMethods }
}

function enrolmentStep(policy: SignInPolicy, standing: AccountState): Step | undefined {
  if (policy.askPersonalDesktop && standing.personalDesktop === null) return { next: 'personal-desktop' }
  // Automatic activation comes with completing; also for those who waited when it was not yet automatic.
  return standing.activated || policy.activation === 'automatic' ? undefined : { next: 'await-activation' }
}

function deny(reason: Denial): Step {
  return { next: 'deny', reason }
}
