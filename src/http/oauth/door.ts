// The OAuth door, `POST /oauth/token`: a client of an identity provider, known by the key and secret of its SCIM
// credentials or by what it signs with a registered key, gets an access token for its SCIM endpoint (client-credentials
// grant, RFC 6749 §4.4). Entra ID's gallery and the IPSIE profile ask for it. It also says what it can do (RFC 8414).

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
  /** Where the service is reached from outside, without a trailing slash; known once it listens. */
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
    return failures.run({ sourceAddress: request.ip, ...claimed }, () => token(request))
  })

  async function token(request: FastifyRequest) {
    const parameters = readParameters(request)
    const client = readClient(request.headers.authorization, parameters)
    const { grant_type: grantType, scope } = parameters
    if (grantType === undefined) throw new OAuthError('invalid_request', 'grant_type is missing')
    if (grantType !== 'client_credentials') {
      throw new OAuthError('unsupported_grant_type', 'grant_type must be client_credentials')
    }
    // Scopes that we do not know are left out, and the answer says what was granted. @see RFC 6749 §3.3
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

/** Who a request says it is from, before any of it is checked. */
function claimedClient(request: FastifyRequest): Pick<CredentialTry, 'target' | 'credentials'> {
  try {
    const client = readClient(request.headers.authorization, readParameters(request))
    if (client.method === 'secret') {
      const presented = readKeyAndSecret(client.key, client.secret)
      return { target: client.key, credentials: presented && memoryKey(presented) }
    }
    const { clientId } = readAssertion(client.assertion)
    // Each assertion is another; whose it is can be known again, at the network that it was right from.
    return { target: clientId, credentials: `${networkOf(request.ip)} ${clientId}` }
  } catch {
    return { target: '', credentials: undefined } // what is wrong with it is said when it is read in earnest
  }
}

/** A parameter is sent once and is text; an empty one counts as left out. @see RFC 6749 §3.2 */
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
