import type { FastifyReply, FastifyRequest } from 'fastify'
import { Unavailable } from '#errors.ts'
import { serviceProviderOf } from '#identity-providers/details/service-provider.ts'
import type { IdentityProvider } from '#identity-providers/identity-providers.ts'
import { TooManyRequests } from '#platform/limits/token-bucket.ts'
import { networkOf } from '#platform/network/network-of.ts'
import { endSessionUrl, receiveLogoutToken } from '#sign-in/oidc/logout.ts'
import { recordSignOuts } from '../activity.ts'
import { RETRY_SECONDS } from '../errors.ts'
import { requireProvider } from '../flow/provider-answer.ts'
import { formField } from '../form.ts'
import { refusalReason } from '../refusal-reason.ts'
import type { ProviderRequest, SignInServices } from '../services.ts'

/**
 * Ends the sessions that an OpenID provider's logout token names. The provider sends it directly, without a browser.
 * @see OpenID Connect Back-Channel Logout 1.0 §2.5
 */
export async function receiveBackchannelLogout(
  services: SignInServices,
  request: ProviderRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { db, oidcConfigurations, clock, refusedLogouts } = services
  const provider = await requireProvider(services, request.params.idpId, 'oidc')
  // By identity provider, too: a misconfigured one must not keep another one's sessions alive.
  const bucket = `${provider.id} ${networkOf(request.ip)}`
  refusedLogouts.take(bucket)
  const token = formField(request, 'logout_token')
  const users = await receiveLogoutToken(db, oidcConfigurations, provider, token, clock())
  refusedLogouts.giveBack(bucket)
  recordSignOuts(services, provider, users, request)
  return reply.removeHeader('content-type').send()
}

/** Answers an OpenID provider in JSON; it may try again after 429 and 503. @see §2.8 */
export function sendLogoutError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  reply.type('application/json').serializer(JSON.stringify)
  if (error instanceof TooManyRequests) {
    reply.header('retry-after', error.retrySeconds)
    return reply.code(429).send({ error: 'temporarily_unavailable', error_description: error.message })
  }
  if (error instanceof Unavailable) {
    request.log.warn(refusalReason(error), 'a logout token could not be checked')
    const description = 'The logout token cannot be checked now; try again'
    reply.header('retry-after', RETRY_SECONDS)
    return reply.code(503).send({ error: 'temporarily_unavailable', error_description: description })
  }
  // The sender gets the same answer whatever is wrong; the log has the reason.
  request.log.warn(refusalReason(error), 'a logout token was refused')
  const description = 'The request or its logout_token was not accepted'
  return reply.code(400).send({ error: 'invalid_request', error_description: description })
}

/** Returns where the browser ends its session at an OpenID provider; undefined: it has no such address, or doesn't answer. */
export async function oidcLogoutUrl(
  { oidcConfigurations, publicUrl }: Pick<SignInServices, 'oidcConfigurations' | 'publicUrl'>,
  provider: IdentityProvider,
): Promise<string | undefined> {
  if (provider.type !== 'oidc') return undefined
  const { postLogoutRedirectUri = '' } = serviceProviderOf(publicUrl(), provider.id, 'oidc')
  // The session here has ended already, so an unavailable provider must not turn the sign-out into an error.
  const configuration = await oidcConfigurations.of(provider).catch(() => undefined)
  return configuration && endSessionUrl(configuration, postLogoutRedirectUri)?.href
}
