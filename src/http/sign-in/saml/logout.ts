import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { serviceProviderOf } from '#identity-providers/details/service-provider.ts'
import type { IdentityProvider } from '#identity-providers/identity-providers.ts'
import {
  type LogoutMessage,
  type LogoutParty,
  logoutRequestUrl,
  logoutResponseUrl,
  receiveLogoutRequest,
} from '#sign-in/saml/logout.ts'
import { samlParties } from '#sign-in/saml/sign-in.ts'
import type { SessionAtIdp } from '#sign-in/sessions/sessions.ts'
import { recordSignOuts } from '../activity.ts'
import type { SignInOptions } from '../door.ts'
import { requireProvider } from '../flow/provider-answer.ts'
import { signedOutPage } from '../signed-out-page.ts'
import { logRefusal, signingKey } from './sign-in.ts'

type Fields = Readonly<Record<string, unknown>> | undefined
type LogoutRequest = FastifyRequest<{ Params: { idpId: string }; Querystring: Fields; Body: Fields }>

/** Which comes back in the answer; SAML 2.0 Bindings §3.4.3 allows 80 bytes, and some take more. */
const RELAY_STATE_CHARACTERS = 1_000

/** Single logout: what the identity provider asks of us, and its answers to what we asked. */
export const samlLogoutRoutes: FastifyPluginAsync<SignInOptions> = async (door, options) => {
  const { db, publicUrl, clock } = options

  async function answer(request: LogoutRequest, reply: FastifyReply, fields: Fields, brought: LogoutMessage) {
    const provider = await requireProvider(options, request.params.idpId, 'saml')
    // An answer to our own request: the session ended before that was sent, so nothing hangs on it, and it is not read.
    if (fields?.SAMLRequest === undefined && fields?.SAMLResponse !== undefined)
      return signedOutPage(request.texts, provider.id)
    const parties = samlParties(publicUrl(), provider)
    const { requestId, users } = await receiveLogoutRequest(db, provider, parties, brought, clock()).catch(
      (error: unknown) => {
        throw logRefusal(request, provider, error)
      },
    )
    recordSignOuts(options, provider, users, request)
    const answering = await logoutParty(options, provider)
    if (!answering) return signedOutPage(request.texts, provider.id)
    return reply.redirect(logoutResponseUrl(answering, requestId, readRelayState(fields)), 303)
  }

  door.get('/saml/:idpId/logout', (request: LogoutRequest, reply) => {
    const [, query = ''] = /\?(.*)$/s.exec(request.url) ?? []
    return answer(request, reply, request.query, { query })
  })

  door.post('/saml/:idpId/logout', (request: LogoutRequest, reply) =>
    answer(request, reply, request.body, { field: request.body?.SAMLRequest }),
  )
}

/** Where signing out goes on, for a session that has ended here; undefined: nowhere. */
export async function samlLogoutUrl(
  options: SignInOptions,
  provider: IdentityProvider,
  ended: SessionAtIdp,
): Promise<string | undefined> {
  const answering = provider.type === 'saml' ? await logoutParty(options, provider) : undefined
  return answering && logoutRequestUrl(answering, ended)
}

async function logoutParty(
  options: SignInOptions,
  provider: IdentityProvider,
): Promise<LogoutParty | undefined> {
  const { sloUrl } = provider.details
  if (sloUrl === undefined) return undefined
  const key = await signingKey(options, provider)
  const { entityId = '' } = serviceProviderOf(options.publicUrl(), provider.id, 'saml')
  return { sloUrl, entityId, now: options.clock(), privateKey: key?.privateKey }
}

function readRelayState(fields: Fields): string | undefined {
  const relayState = fields?.RelayState
  return typeof relayState === 'string' && relayState.length <= RELAY_STATE_CHARACTERS
    ? relayState
    : undefined
}
