// The values that an administrator enters at the identity provider: our identifier and the URLs users return to.
import type { ProviderType } from '../provider-type.ts'

export interface ServiceProvider {
  /** saml: our entity ID, which is also the URL of our metadata. */
  readonly entityId?: string
  /** saml: the AssertionConsumerService URL. */
  readonly acsUrl?: string
  /** saml: the SingleLogoutService URL. */
  readonly logoutUrl?: string
  /** oidc */
  readonly redirectUri?: string
  /** oidc: where users return to after signing out. */
  readonly postLogoutRedirectUri?: string
  /** oidc: where the identity provider reports that a user signed out. */
  readonly backchannelLogoutUri?: string
}

/** Returns our values for an identity provider. @param publicUrl without a trailing slash */
export function serviceProviderOf(publicUrl: string, id: string, type: ProviderType): ServiceProvider {
  if (type === 'saml') {
    const base = `${publicUrl}/saml/${id}`
    return { entityId: `${base}/metadata`, acsUrl: `${base}/acs`, logoutUrl: `${base}/logout` }
  }
  if (type === 'oidc') {
    const base = `${publicUrl}/oidc/${id}`
    return {
      redirectUri: `${base}/callback`,
      postLogoutRedirectUri: `${publicUrl}/`,
      backchannelLogoutUri: `${base}/backchannel-logout`,
    }
  }
  return {}
}
