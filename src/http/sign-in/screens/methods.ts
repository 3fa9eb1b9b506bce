import { relyingParty } from '#factors/relying-party.ts'
import type { MfaMethod } from '#identity-providers/settings.ts'
import type { CodeMethod } from '#sign-in/factors/codes.ts'
import { parsePhone } from '#sign-in/factors/codes.ts'
import type { SignInUser } from '#sign-in/sessions/sign-in-user.ts'
import type { Texts } from '../../texts/en.ts'
import type { SignInOptions } from '../services.ts'

type MethodOptions = Pick<SignInOptions, 'mailer' | 'sms' | 'publicUrl'>

/** Returns the allowed methods that can work here for this user. */
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
 * Returns where a code is sent; undefined: nowhere. Mail goes to the current address in the profile. Text messages go to the
 * verified number; at enrollment to the one in the profile, or else to the one that the user gives.
 */
export function codeAddress(
  method: CodeMethod,
  { profile, phone }: Pick<SignInUser, 'profile' | 'phone'>,
  given: string,
): string | undefined {
  if (method === 'email') return profile.email
  return phone ?? parsePhone(profile.phoneNumber ?? given)
}

/** Returns an address or number with most of it hidden, for users who know it. */
export function maskedAddress({ factor }: Texts, method: CodeMethod, address: string): string {
  if (method === 'phone') return factor.numberHint(address.slice(-2))
  const [local = '', host = ''] = address.split(/@(?=[^@]*$)/)
  return `${local.slice(0, 1)}…@${host}`
}
