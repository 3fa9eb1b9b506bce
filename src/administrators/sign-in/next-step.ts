// Decides what an administrator's sign-in needs next. It is a pure function of what was proven and what the account
// has.

export type Method = 'totp' | 'passkey' | 'recovery-code'

/** What has been proven so far in this sign-in. */
export interface Proven {
  readonly password: boolean
  readonly factor: boolean
  /** A passkey counts as two factors, because the device also checks a fingerprint, a face or a PIN. */
  readonly passkey: boolean
}

/** The factors that the account has. */
export interface AvailableFactors {
  readonly totp: boolean
  /** Passkeys that work at this host. */
  readonly passkeys: number
  /** Passkeys made for another host can't be used here, but the account still needs a second factor. */
  readonly passkeysElsewhere: number
  readonly recoveryCodes: number
}

export type Step =
  | { readonly next: 'password' }
  | { readonly next: 'factor'; readonly methods: readonly Method[] }
  | { readonly next: 'complete' }

/** Returns what the sign-in needs next. */
export function nextStep(proven: Proven, factors: AvailableFactors): Step {
  if (proven.passkey) return { next: 'complete' }
  if (!proven.password) return { next: 'password' }
  const needsFactor = factors.totp || factors.passkeys + factors.passkeysElsewhere > 0
  if (!needsFactor || proven.factor) return { next: 'complete' }
  return { next: 'factor', methods: methodsOf(factors) }
}

/** Returns whether the proof includes the strongest factor that the account has. A weaker one isn't enough. */
export function includesStrongest({ password, factor, passkey }: Proven, hasFactor: boolean): boolean {
  return passkey || (hasFactor ? factor : password)
}

/** Returns whether anybody can sign in to the account, provided that it isn't disabled. */
export function canSignIn(hasPassword: boolean, factors: AvailableFactors): boolean {
  if (factors.passkeys > 0) return true
  if (!hasPassword) return false
  const step = nextStep({ password: true, factor: false, passkey: false }, factors)
  return step.next === 'complete' || (step.next === 'factor' && step.methods.length > 0)
}

/** Returns the second factors to offer, the quickest first. */
export function methodsOf({ totp, passkeys, recoveryCodes }: AvailableFactors): Method[] {
  return [
    ...(passkeys > 0 ? (['passkey'] as const) : []),
    ...(totp ? (['totp'] as const) : []),
    ...(recoveryCodes > 0 ? (['recovery-code'] as const) : []),
  ]
}
