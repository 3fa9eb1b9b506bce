import { partyOf } from '#factors/passkey-party.ts'
import type { MfaMethod } from '#identity-providers/settings.ts'
import type { CodeMethod } from '#sign-in/factors/codes.ts'
import { readPhone } from '#sign-in/factors/codes.ts'
import type { Person } from '#sign-in/sessions/standing.ts'
import type { Texts } from '../../texts/en.ts'
import type { SignInOptions } from '../door.ts'

type Means = Pick<SignInOptions, 'mailer' | 'sms' | 'publicUrl'>

/** Of the methods that the administrator allows, those that can work here, for this person. */
export function usableMethods(
  { mailer, sms, publicUrl }: Means,
  { profile }: Pick<Person, 'profile'>,
  methods: readonly MfaMethod[],
): MfaMethod[] {
  const works: Record<MfaMethod, boolean> = {
    totp: true,
    passkey: 'rpId' in partyOf(publicUrl()),
    email: mailer !== undefined && profile.email !== undefined,
    phone: sms !== undefined,
  }
  return methods.filter((method) => works[method])
}

/**
 * Where a code goes. Mail goes to the address that the identity provider tells now; a text message to the number that was
 * proven, and at enrolment to the one in the profile, or else to the one that the person gives.
 */
export function addressFor(
  method: CodeMethod,
  { profile, phone }: Pick<Person, 'profile' | 'phone'>,
  given: string,
): string | undefined {
  if (method === 'email') return profile.email
  return phone ?? readPhone(profile.phoneNumber ?? given)
}

/** Enough to know which one it is, for whoever knows it already. */
export function hintOf({ factor }: Texts, method: CodeMethod, address: string): string {
  if (method === 'phone') return factor.numberHint(address.slice(-2))
  const [local = '', host = ''] = address.split(/@(?=[^@]*$)/)
  return `${local.slice(0, 1)}…@${host}`
}
