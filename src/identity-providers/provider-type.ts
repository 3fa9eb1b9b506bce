/** How the users of an identity provider sign in: with a password kept here (`local`), by SAML or by OpenID Connect. */
export type ProviderType = 'local' | 'saml' | 'oidc'
