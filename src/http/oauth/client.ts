import { decodeBasic } from '#identity-providers/credentials/authorization-header.ts'
import { OAuthError } from './errors.ts'

/**
 * What a client authenticates with: `client_id` is the key and `client_secret` the secret of SCIM credentials, or an
 * assertion that the client signed.
 */
export type Client =
  | { readonly method: 'secret'; readonly key: string; readonly secret: string }
  | { readonly method: 'assertion'; readonly assertion: string; readonly clientId: string | undefined }

type Parameters = Readonly<Record<string, string | undefined>>

const JWT_BEARER = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/**
 * Reads client_secret_basic, client_secret_post or private_key_jwt; a request must use exactly one. Keys and secrets have no
 * characters that form encoding changes, so HTTP Basic needs no decoding beyond base64.
 * @throws {OAuthError} invalid_request | invalid_client @see RFC 6749 §2.3.1, RFC 7523 §2.2
 */
export function readClient(authorization: string | undefined, parameters: Parameters): Client {
  const { client_id, client_secret, client_assertion, client_assertion_type } = parameters
  const methods = [authorization, client_secret, client_assertion ?? client_assertion_type]
  if (methods.filter((method) => method !== undefined).length > 1) {
    throw new OAuthError(
      'invalid_request',
      'Authenticate in one way: the Authorization header, a secret in the body, or a client assertion',
    )
  }
  if (authorization !== undefined) return readBasic(authorization, client_id)
  if (client_assertion !== undefined || client_assertion_type !== undefined) {
    return readAssertion(parameters)
  }
  if (client_id === undefined) throw new OAuthError('invalid_client', 'client_id is missing')
  if (client_secret === undefined) throw new OAuthError('invalid_client', 'client_secret is missing')
  return { method: 'secret', key: client_id, secret: client_secret }
}

function readBasic(authorization: string, clientId: string | undefined): Client {
  const [, encoded] = /^basic +(\S{1,400})$/i.exec(authorization.trim()) ?? []
  const pair = encoded === undefined ? undefined : decodeBasic(encoded)
  if (!pair)
    throw new OAuthError('invalid_client', 'The Authorization header must be HTTP Basic with key and secret')
  if (clientId !== undefined && clientId !== pair.key) {
    throw new OAuthError('invalid_request', 'client_id is not the one in the Authorization header')
  }
  return { method: 'secret', ...pair }
}

/** @see RFC 7521 §4.2 */
function readAssertion({ client_id, client_assertion, client_assertion_type }: Parameters): Client {
  if (client_assertion === undefined) throw new OAuthError('invalid_request', 'client_assertion is missing')
  if (client_assertion_type !== JWT_BEARER) {
    throw new OAuthError('invalid_client', `client_assertion_type must be ${JWT_BEARER}`)
  }
  return { method: 'assertion', assertion: client_assertion, clientId: client_id }
}
