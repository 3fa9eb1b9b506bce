// The OAuth door: `POST /oauth/token` issues access tokens for a SCIM endpoint (client credentials grant, RFC 6749 §4.4).
// A client authenticates with the key and secret of its SCIM credentials, or with an assertion that it signed with a
// registered key. Entra ID's gallery and the IPSIE profile require it. The door also serves the metadata of RFC 8414.
// `#identity-providers/credentials` decides; this folder parses requests and formats responses. Start with `issueToken`.

import formBody from '@fastify/formbody'
import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import type { AccessToken } from '#identity-providers/credentials/access-tokens.ts'
import type { Authenticator } from '#identity-providers/credentials/authenticate.ts'
import { memoryKey, readKeyAndSecret } from '#identity-providers/credentials/authorization-header.ts'
import { readAssertion } from '#identity-providers/credentials/client-assertion.ts'
import { type CredentialTry, openFailureLimit } from '#platform/limits/failure-limit.ts'
import { networkOf } from '#platform/network/network-of.ts'
import { setDataHeaders } from '../data-headers.ts'
import { refuseUnstorableText } from '../storable-text.ts'
import { type Client, readClient } from './client.ts'
import { OAuthError, sendOAuthError, toOAuthError } from './errors.ts'
import { authorizationServerMetadata, SCOPE, TOKEN_PATH } from './metadata.ts'

export interface OAuthDoorOptions {
  readonly authenticator: Authenticator
  /** Returns the public URL without a trailing slash; known once the service listens. */
  readonly publicUrl: () => string
}

const BODY_BYTES = 16_384

export const oauthDoor: FastifyPluginAsync<OAuthDoorOptions> = async (door, { authenticator, publicUrl }) => {
  const failures = openFailureLimit({
    isWrong: (error) => toOAuthError(error).code === 'invalid_client',
    live: authenticator.liveCredentials,
  })
  door.removeContentTypeParser('text/plain')
  await door.register(formBody, { bodyLimit: BODY_BYTES })
  door.setErrorHandler((error, request, reply) => sendOAuthError(error, request, reply))
  door.addHook('onRequest', async (_request, reply) => {
    setDataHeaders(reply).header('pragma', 'no-cache')
  })

  refuseUnstorableText(door)

  door.get('/.well-known/oauth-authorization-server', async () => authorizationServerMetadata(publicUrl()))

  door.post(TOKEN_PATH, { bodyLimit: BODY_BYTES }, async (request) => {
    const claimed = claimedClient(request)
    return failures.run({ sourceAddress: request.ip, ...claimed }, () => issueToken(request))
  })

  async function issueToken(request: FastifyRequest) {
    const parameters = readParameters(request)
    const client = readClient(request.headers.authorization, parameters)
    const { grant_type: grantType, scope } = parameters
    if (grantType === undefined) throw new OAuthError('invalid_request', 'grant_type is missing')
    if (grantType !== 'client_credentials') {
      throw new OAuthError('unsupported_grant_type', 'grant_type must be client_credentials')
    }
    // Unknown scopes are ignored, and the response names the granted one. @see RFC 6749 §3.3
    if (scope !== undefined && !scope.split(' ').includes(SCOPE)) {
      throw new OAuthError('invalid_scope', `scope must be ${SCOPE}`)
    }
    const { token, expiresInSeconds } = await accessTokenFor(client)
    return { access_token: token, token_type: 'Bearer', expires_in: expiresInSeconds, scope: SCOPE }
  }

  function accessTokenFor(client: Client): Promise<AccessToken> {
    if (client.method === 'secret') return authenticator.accessToken(client.key, client.secret)
    const issuer = publicUrl()
    const { assertion, clientId } = client
    return authenticator.assertedAccessToken(assertion, {
      audiences: [issuer, issuer + TOKEN_PATH],
      clientId,
    })
  }

  door.route({
    method: ['GET', 'PUT', 'PATCH', 'DELETE'],
    url: TOKEN_PATH,
    bodyLimit: BODY_BYTES,
    handler: async (_request, reply) => {
      reply.header('allow', 'POST')
      throw new OAuthError('invalid_request', 'Use POST', 405)
    },
  })
}

/** Returns the client that a request claims to be from, unverified, for the limit on failed requests. */
function claimedClient(request: FastifyRequest): Pick<CredentialTry, 'target' | 'credentials'> {
  try {
    const client = readClient(request.headers.authorization, readParameters(request))
    if (client.method === 'secret') {
      const presented = readKeyAndSecret(client.key, client.secret)
      return { target: client.key, credentials: presented && memoryKey(presented) }
    }
    const { clientId } = readAssertion(client.assertion)
    // Every assertion is different, so a client that succeeded before is recognized by its id and network instead.
    return { target: clientId, credentials: `${networkOf(request.ip)} ${clientId}` }
  } catch {
    return { target: '', credentials: undefined } // issueToken reads the request again and reports the error
  }
}

/** Reads the parameters: each is sent once and is text; an empty one counts as absent. @see RFC 6749 §3.2 */
function readParameters({ body }: FastifyRequest): Record<string, string | undefined> {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new OAuthError(
      'invalid_request',
      'The body must hold the parameters of the grant, as a form or a JSON object',
    )
  }
  const entries = Object.entries(body).map(([name, value]: [string, unknown]) => {
    if (typeof value !== 'string')
      throw new OAuthError('invalid_request', `${name} must be sent once, as text`)
    return [name, value === '' ? undefined : value] as const
  })
  return Object.fromEntries(entries)
}
