import { ALGORITHMS } from '#identity-providers/credentials/jwk.ts'

/** The only scope: provisioning at the SCIM endpoint of the client's identity provider. */
export const SCOPE = 'scim'
export const TOKEN_PATH = '/oauth/token'

/**
 * Returns the metadata of the authorization server. @see RFC 8414 §2
 * @param issuer the public URL without a trailing slash
 */
export function authorizationServerMetadata(issuer: string) {
  return {
    issuer,
    token_endpoint: issuer + TOKEN_PATH,
    // Required by the RFC, although without an authorization endpoint there are no response types.
    response_types_supported: [],
    grant_types_supported: ['client_credentials'],
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'private_key_jwt'],
    token_endpoint_auth_signing_alg_values_supported: ALGORITHMS,
    scopes_supported: [SCOPE],
  }
}
