import { ALGORITHMS } from '#identity-providers/credentials/jwk.ts'

/** The one scope: provisioning at the SCIM endpoint of the client's identity provider. */
export const SCOPE = 'scim'
export const TOKEN_PATH = '/oauth/token'

/**
 * What a client needs to know of us as an authorization server.
 * @param issuer our public URL, without a trailing slash @see RFC 8414 §2
 */
export function authorizationServerMetadata(issuer: string) {
  return {
    issuer,
    token_endpoint: issuer + TOKEN_PATH,
    // Required, although no response type is left without an authorization endpoint.
    response_types_supported: [],
    grant_types_supported: ['client_credentials'],
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'private_key_jwt'],
    token_endpoint_auth_signing_alg_values_supported: ALGORITHMS,
    scopes_supported: [SCOPE],
  }
}
