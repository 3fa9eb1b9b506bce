import type { NameId } from '#protocol/saml/assertion.ts'

/** A verified statement of an identity provider about a user. */
export interface Assertion {
  readonly issuer: string
  /** NameID, or `sub`. The identity provider ends sessions by it. */
  readonly subject: string
  /** Claims or SAML attributes, by name. */
  readonly attributes: Readonly<Record<string, readonly string[]>>
  /** When the user entered their credentials at the identity provider; undefined: it doesn't say. */
  readonly authenticatedAt?: Date
  /** The identity provider's name of the session, used in its logout requests. */
  readonly sessionIndex?: string
  /** saml */
  readonly nameId?: NameId
  /** SAML: when the identity provider ends the session. */
  readonly sessionNotOnOrAfter?: Date
  /** oidc */
  readonly amr?: readonly string[]
  /** oidc */
  readonly acr?: string
  /** OIDC: the provider says that the email address isn't verified. @see OpenID Connect Core §5.1 */
  readonly emailUnverified?: true
  /** saml */
  readonly authnContext?: string
}
