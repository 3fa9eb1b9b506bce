// The OAuth door, `POST /oauth/token`: a client that holds the key and secret of an identity provider's SCIM credentials
// gets an access token for its SCIM endpoint (client-credentials grant, RFC 6749 §4.4). Entra ID's gallery asks for it.
import formBody from '@fastify/formbody'
import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import type { Authenticator } from '#identity-providers/authenticate.ts'
import { readClient } from './client.ts'
import { OAuthError, sendOAuthError } from './errors.ts'

export interface OAuthDoorOptions {
  readonly authenticator: Authenticator
}

const BODY_BYTES = 16_384

export const oauthDoor: FastifyPluginAsync<OAuthDoorOptions> = async (door, { authenticator }) => {
  door.removeContentTypeParser('text/plain')
  await door.register(formBody, { bodyLimit: BODY_BYTES })
  door.setErrorHandler((error, request, reply) => sendOAuthError(error, request, reply))
  door.addHook('onRequest', async (_request, reply) => {
    reply
      .header('cache-control', 'no-store')
      .header('pragma', 'no-cache')
      .header('x-content-type-options', 'nosniff')
  })

  door.post('/oauth/token', { bodyLimit: BODY_BYTES }, async (request) => {
    const parameters = readParameters(request)
    const client = readClient(request.headers.authorization, parameters)
    if (parameters.grant_type === undefined) throw new OAuthError('invalid_request', 'grant_type is missing')
    if (parameters.grant_type !== 'client_credentials') {
      throw new OAuthError('unsupported_grant_type', 'grant_type must be client_credentials')
    }
    const { token, expiresInSeconds } = await authenticator.accessToken(client.key, client.secret)
    return { access_token: token, token_type: 'Bearer', expires_in: expiresInSeconds }
  })

  door.route({
    method: ['GET', 'PUT', 'PATCH', 'DELETE'],
    url: '/oauth/token',
    bodyLimit: BODY_BYTES,
    handler: async (_request, reply) => {
      reply.header('allow', 'POST')
      throw new OAuthError('invalid_request', 'Use POST', 405)
    },
  })
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
