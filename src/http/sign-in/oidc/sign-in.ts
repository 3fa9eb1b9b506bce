import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import { serviceProviderOf } from '#identity-providers/details/service-provider.ts'
import type { OidcConfigurations } from '#sign-in/oidc/configurations.ts'
import { authorizationUrl, redeemAnswer } from '#sign-in/oidc/sign-in.ts'
import { requireWaitingAttempt } from '#sign-in/provider-answer.ts'
import type { SignInOptions } from '../door.ts'
import { continueSignIn, requireAttemptToken, requireProvider } from '../flow/provider-answer.ts'
import type { StartSignIn } from '../flow/start.ts'
import { refusalReason } from '../refusal-reason.ts'

export interface OidcOptions extends SignInOptions {
  readonly configurations: OidcConfigurations
}

type CallbackRequest = FastifyRequest<{ Params: { idpId: string } }>

export function startOidc(configurations: OidcConfigurations): StartSignIn {
  return async ({ provider, token, publicUrl, fresh, hint, reply }) => {
    const { redirectUri = '' } = serviceProviderOf(publicUrl, provider.id, 'oidc')
    const configuration = await configurations.of(provider)
    const url = await authorizationUrl(configuration, provider, token, { redirectUri, fresh, hint })
    return reply.redirect(url.href, 303)
  }
}

/** Coming back from an OpenID provider. */
export const oidcRoutes: FastifyPluginAsync<OidcOptions> = async (door, options) => {
  const { configurations, publicUrl, clock } = options

  door.get('/oidc/:idpId/callback', async (request: CallbackRequest, reply) => {
    const provider = await requireProvider(options, request.params.idpId, 'oidc')
    request.tenantId = provider.tenantId
    const token = requireAttemptToken(request)
    await requireWaitingAttempt(options.db, provider, token) // whoever began nothing makes us ask nobody
    const url = new URL(request.url, publicUrl())
    const configuration = await configurations.of(provider)
    const assertion = await redeemAnswer(configuration, url, token, clock()).catch((error) => {
      const line = { ...refusalReason(error), idpId: provider.id }
      request.log.warn(line, 'an answer of an OpenID provider was refused')
      throw error
    })
    return continueSignIn(options, provider, token, { assertion }, request, reply)
  })
}
