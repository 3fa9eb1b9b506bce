// The OpenID Connect endpoints: redirect to the provider, callback, and logout (logout.ts). Start here. They speak HTTP only;
// src/sign-in/oidc/ builds the requests and checks the answers.
import type { FastifyReply } from 'fastify'
import { serviceProviderOf } from '#identity-providers/details/service-provider.ts'
import { authorizationUrl, redeemAnswer } from '#sign-in/oidc/sign-in.ts'
import { requireWaitingAttempt } from '#sign-in/provider-answer.ts'
import { continueSignIn, requireAttemptToken, requireProvider } from '../flow/provider-answer.ts'
import type { StartSignIn } from '../flow/sign-in-start.ts'
import { refusalReason } from '../refusal-reason.ts'
import type { ProviderRequest, SignInServices } from '../services.ts'

export const startOidc: StartSignIn = async (services, { provider, token, fresh, hint, reply }) => {
  const { redirectUri = '' } = serviceProviderOf(services.publicUrl(), provider.id, 'oidc')
  const configuration = await services.oidcConfigurations.of(provider)
  const url = await authorizationUrl(configuration, provider, token, { redirectUri, fresh, hint })
  return reply.redirect(url.href, 303)
}

/** Receives the authorization response. @see OpenID Connect Core 1.0 §3.1.2.5 */
export async function receiveCallback(
  services: SignInServices,
  request: ProviderRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { db, oidcConfigurations, publicUrl, clock } = services
  const provider = await requireProvider(services, request.params.idpId, 'oidc')
  request.tenantId = provider.tenantId
  const token = requireAttemptToken(request)
  // Before the provider is asked: an answer to no attempt must cost no request of ours.
  await requireWaitingAttempt(db, provider, token)
  const url = new URL(request.url, publicUrl())
  const configuration = await oidcConfigurations.of(provider)
  const assertion = await redeemAnswer(configuration, url, token, clock()).catch((error) => {
    request.log.warn(
      { ...refusalReason(error), idpId: provider.id },
      'an OpenID provider’s answer was refused',
    )
    throw error
  })
  return continueSignIn(services, provider, token, { assertion }, request, reply)
}
