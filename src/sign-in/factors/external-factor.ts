import type { MfaDemand } from '#identity-providers/settings.ts'
import type { Assertion } from '../identity/assertion.ts'

/**
 * Returns whether a sign-in meets the administrator's demand for the identity provider's own second factor: of each list that
 * is set, one value must be in the assertion. With no demand, the identity provider is trusted. Pure.
 * @see RFC 8176 for amr; OpenID Connect Core §2 for acr; SAML 2.0 Core §2.7.2.2 for AuthnContext
 */
export function meetsMfaDemand({ amr, acr, authnContext }: MfaDemand, said: Assertion): boolean {
  return (
    includesAny(amr, said.amr ?? []) &&
    includesAny(acr, said.acr === undefined ? [] : [said.acr]) &&
    includesAny(authnContext, said.authnContext === undefined ? [] : [said.authnContext])
  )
}

function includesAny(wanted: readonly string[] | undefined, said: readonly string[]): boolean {
  return !wanted || wanted.length === 0 || wanted.some((value) => said.includes(value))
}
