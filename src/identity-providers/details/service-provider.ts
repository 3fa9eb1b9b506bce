// What an administrator enters at the identity provider: who we are there, and where people come back to.
import type { ProviderType } from '../identity-providers.ts'

export interface ServiceProvider {
  /** saml: our entityID, which is also where our metadata is. */
  readonly entityId?: string
  /** saml: AssertionConsumerService */
  readonly acsUrl?: string
  /** saml: SingleLogoutService */
  readonly logoutUrl?: string
  /** oidc */
  readonly redirectUri?: string
  /** oidc: where a person comes back to after signing out. */
  readonly postLogoutRedirectUri?: string
  /** oidc: where it says that somebody signed out there. */
  readonly backchannelLogoutUri?: string
}

/** @param publicUrl without a slash at its end */
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
