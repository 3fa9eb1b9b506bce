import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { Unavailable } from '#errors.ts'
import { serviceProviderOf } from '#identity-providers/details/service-provider.ts'
import type { IdentityProvider } from '#identity-providers/identity-providers.ts'
import { TooManyRequests, tokenBuckets } from '#platform/limits/token-bucket.ts'
import { networkOf } from '#platform/network/network-of.ts'
import { endSessionUrl, receiveLogoutToken } from '#sign-in/oidc/logout.ts'
import { recordSignOuts } from '../activity.ts'
import { RETRY_SECONDS } from '../errors.ts'
import { requireProvider } from '../flow/provider-answer.ts'
import { formField } from '../form.ts'
import { refusalReason } from '../refusal-reason.ts'
import type { OidcOptions } from './sign-in.ts'

type LogoutRequest = FastifyRequest<{ Params: { idpId: string } }>

const BODY_BYTES = 16_384
/** Tokens of one network that were refused: some at once, because of a wrong configuration; then few. */
const FAILURES = { capacity: 100, perSecond: 20 / 60 }

/** An OpenID provider says, without a browser, that somebody signed out there. @see OpenID Connect Back-Channel Logout 1.0 §2.5 */
export const oidcLogoutRoutes: FastifyPluginAsync<OidcOptions> = async (door, options) => {
  const { db, configurations, clock } = options
  const failures = tokenBuckets(FAILURES)

  door.post(
    '/oidc/:idpId/backchannel-logout',
    { bodyLimit: BODY_BYTES, errorHandler: sendLogoutError },
    async (request: LogoutRequest, reply) => {
      const provider = await requireProvider(options, request.params.idpId, 'oidc')
      // By identity provider too: one that is set up wrongly must not keep the sessions of another alive.
      const bucket = `${provider.id} ${networkOf(request.ip)}`
      failures.take(bucket)
      const token = formField(request, 'logout_token')
      const users = await receiveLogoutToken(db, configurations, provider, token, clock())
      failures.giveBack(bucket)
      recordSignOuts(options, provider, users, request)
      return reply.removeHeader('content-type').send()
    },
  )
}

/**
 * This door's "no" to an OpenID provider, which may try again after 429 and 503. @see §2.8
 */
function sendLogoutError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  reply.type('application/json').serializer(JSON.stringify)
  if (error instanceof TooManyRequests) {
    reply.header('retry-after', error.retrySeconds)
    return reply.code(429).send({ error: 'temporarily_unavailable', error_description: error.message })
  }
  if (error instanceof Unavailable) {
    request.log.warn(refusalReason(error), 'a logout token could not be looked at')
    const description = 'The logout token cannot be looked at now; try again'
    reply.header('retry-after', RETRY_SECONDS)
    return reply.code(503).send({ error: 'temporarily_unavailable', error_description: description })
  }
  // Whatever is wrong with it, the sender hears the same; the operator reads why.
  request.log.warn(refusalReason(error), 'a logout token was refused')
  const description = 'The request or its logout_token was not accepted'
  return reply.code(400).send({ error: 'invalid_request', error_description: description })
}

/** Where signing out goes on at an OpenID provider; undefined where it has no such place, or does not answer. */
export async function oidcLogoutUrl(
  { configurations, publicUrl }: OidcOptions,
  provider: IdentityProvider,
): Promise<string | undefined> {
  if (provider.type !== 'oidc') return undefined
  const { postLogoutRedirectUri = '' } = serviceProviderOf(publicUrl(), provider.id, 'oidc')
  // The user is signed out here already; an identity provider that is away must not turn that into an error.
  const configuration = await configurations.of(provider).catch(() => undefined)
  return configuration && endSessionUrl(configuration, postLogoutRedirectUri)?.href
}
