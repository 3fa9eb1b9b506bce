// What a sign-in of an administrator needs next. Pure: what was proven and what the account has go in, one step comes out.

export type Method = 'totp' | 'passkey' | 'recovery-code'

/** What somebody has proven so far. */
export interface Proven {
  readonly password: boolean
  readonly factor: boolean
  /** By its own finger, face or PIN a passkey is two factors at once. */
  readonly passkey: boolean
}

/** What the account can be proven by. */
export interface Means {
  readonly totp: boolean
  /** Those that work at this host. */
  readonly passkeys: number
  /** Those made for another host need a factor all the same. */
  readonly passkeysElsewhere: number
  readonly recoveryCodes: number
}

export type Step =
  | { readonly next: 'password' }
  | { readonly next: 'factor'; readonly methods: readonly Method[] }
  | { readonly next: 'complete' }

export function nextStep(proven: Proven, means: Means): Step {
  if (proven.passkey) return { next: 'complete' }
  if (!proven.password) return { next: 'password' }
  const needsFactor = means.totp || means.passkeys + means.passkeysElsewhere > 0
  if (!needsFactor || proven.factor) return { next: 'complete' }
  return { next: 'factor', methods: methodsOf(means) }
}

/** Whether what was shown includes the strongest that the account has: without that it proves nothing. */
export function includesStrongest({ password, factor, passkey }: Proven, hasFactor: boolean): boolean {
  return passkey || (hasFactor ? factor : password)
}

/** Whether an account that is not disabled can be signed in to at all. */
export function canSignIn(hasPassword: boolean, means: Means): boolean {
  if (means.passkeys > 0) return true
  if (!hasPassword) return false
  const step = nextStep({ password: true, factor: false, passkey: false }, means)
  return step.next === 'complete' || (step.next === 'factor' && step.methods.length > 0)
}

/** The quickest first. */
export function methodsOf({ totp, passkeys, recoveryCodes }: Means): Method[] {
  return [
    ...(passkeys > 0 ? (['passkey'] as const) : []),
    ...(totp ? (['totp'] as const) : []),
    ...(recoveryCodes > 0 ? (['recovery-code'] as const) : []),
  ]
}
