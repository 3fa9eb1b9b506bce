import { decodeBasic } from '#identity-providers/authorization-header.ts'
import { OAuthError } from './errors.ts'

/** The client as it presents itself: client_id is the key, client_secret the secret of SCIM credentials. */
export interface Client {
  readonly key: string
  readonly secret: string
}

/**
 * Reads client_secret_basic or client_secret_post. Keys and secrets hold no letter that a form encodes, so Basic needs
 * no decoding beyond base64.
 * @throws {OAuthError} invalid_request | invalid_client @see RFC 6749 §2.3.1
 */
export function readClient(
  authorization: string | undefined,
  { client_id, client_secret }: Readonly<Record<string, string | undefined>>,
): Client {
  if (authorization === undefined) {
    if (client_id === undefined) throw new OAuthError('invalid_client', 'client_id is missing')
    if (client_secret === undefined) throw new OAuthError('invalid_client', 'client_secret is missing')
    return { key: client_id, secret: client_secret }
  }
  if (client_secret !== undefined) {
    throw new OAuthError(
      'invalid_request',
      'Send the secret in the Authorization header or in the body, not in both',
    )
  }
  const [, encoded] = /^basic +(\S{1,400})$/i.exec(authorization.trim()) ?? []
  const client = encoded === undefined ? undefined : decodeBasic(encoded)
  if (!client)
    throw new OAuthError('invalid_client', 'The Authorization header must be HTTP Basic with key and secret')
  if (client_id !== undefined && client_id !== client.key) {
    throw new OAuthError('invalid_request', 'client_id is not the one in the Authorization header')
  }
  return client
}
