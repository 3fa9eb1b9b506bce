import { relyingParty } from '#factors/relying-party.ts'
import type { MfaMethod } from '#identity-providers/settings.ts'
import type { CodeMethod } from '#sign-in/factors/codes.ts'
import { parsePhone } from '#sign-in/factors/codes.ts'
import type { SignInUser } from '#sign-in/sessions/sign-in-user.ts'
import type { Texts } from '../../texts/en.ts'
import type { SignInOptions } from '../services.ts'

type MethodOptions = Pick<SignInOptions, 'mailer' | 'sms' | 'publicUrl'>

/** Of the methods that the administrator allows, those that can work here, for this user. */
export function usableMethods(
  { mailer, sms, publicUrl }: MethodOptions,
  { profile }: Pick<SignInUser, 'profile'>,
  methods: readonly MfaMethod[],
): MfaMethod[] {
  const works: Record<MfaMethod, boolean> = {
    totp: true,
    passkey: 'rpId' in relyingParty(publicUrl()),
    email: mailer !== undefined && profile.email !== undefined,
    phone: sms !== undefined,
  }
  return methods.filter((method) => works[method])
}

/**
 * Where a code goes. Mail goes to the address that the identity provider tells now; a text message to the number that was
 * proven, and at enrolment to the one in the profile, or else to the one that the user gives.
 */
export function codeAddress(
  method: CodeMethod,
  { profile, phone }: Pick<SignInUser, 'profile' | 'phone'>,
  given: string,
): string | undefined {
  if (method === 'email') return profile.email
  return phone ?? parsePhone(profile.phoneNumber ?? given)
}

/** Enough to know which one it is, for whoever knows it already. */
export function maskedAddress({ factor }: Texts, method: CodeMethod, address: string): string {
  if (method === 'phone') return factor.numberHint(address.slice(-2))
  const [local = '', host = ''] = address.split(/@(?=[^@]*$)/)
  return `${local.slice(0, 1)}…@${host}`
}
