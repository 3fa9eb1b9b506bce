import type { NameId } from '#protocol/saml/assertion.ts'

/** What an identity provider said of somebody, verified. */
export interface Assertion {
  readonly issuer: string
  /** NameID, or `sub`: by this name the identity provider ends sessions. */
  readonly subject: string
  /** Claims, or assertion attributes, by their names. */
  readonly attributes: Readonly<Record<string, readonly string[]>>
  /** When the user entered their credentials at the identity provider; undefined: it does not say. */
  readonly authenticatedAt?: Date
  /** How the identity provider knows the session, for its logout requests. */
  readonly sessionIndex?: string
  /** saml */
  readonly nameId?: NameId
  /** saml: when the identity provider ends the session. */
  readonly sessionNotOnOrAfter?: Date
  /** oidc */
  readonly amr?: readonly string[]
  /** oidc */
  readonly acr?: string
  /** oidc: the provider says that the address may be anybody's. @see OpenID Connect Core §5.1 */
  readonly emailUnverified?: true
  /** saml */
  readonly authnContext?: string
}
