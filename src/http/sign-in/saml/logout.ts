import type { FastifyReply, FastifyRequest } from 'fastify'
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
import type { Page } from '../../page.ts'
import { recordSignOuts } from '../activity.ts'
import { requireProvider } from '../flow/provider-answer.ts'
import type { SignInOptions, SignInServices } from '../services.ts'
import { signedOutPage } from '../signed-out-page.ts'
import { logRefusal } from './log-refusal.ts'
import { signingKey } from './signing-key.ts'

type Fields = Readonly<Record<string, unknown>> | undefined
type LogoutRequest = FastifyRequest<{ Params: { idpId: string }; Querystring: Fields; Body: Fields }>

/** RelayState is returned in the answer. SAML 2.0 Bindings §3.4.3 allows 80 bytes, and some identity providers send more. */
const RELAY_STATE_CHARACTERS = 1_000

/** Receives a logout message by redirect. @see SAML 2.0 Profiles §4.4 */
export function receiveRedirectedLogout(
  services: SignInServices,
  request: LogoutRequest,
  reply: FastifyReply,
) {
  const [, query = ''] = /\?(.*)$/s.exec(request.url) ?? []
  return receiveLogout(services, request, reply, request.query, { query })
}

/** Receives a logout message by form. @see SAML 2.0 Profiles §4.4 */
export function receivePostedLogout(services: SignInServices, request: LogoutRequest, reply: FastifyReply) {
  return receiveLogout(services, request, reply, request.body, { field: request.body?.SAMLRequest })
}

async function receiveLogout(
  services: SignInServices,
  request: LogoutRequest,
  reply: FastifyReply,
  fields: Fields,
  message: LogoutMessage,
): Promise<Page | FastifyReply> {
  const { db, publicUrl, clock } = services
  const provider = await requireProvider(services, request.params.idpId, 'saml')
  // The session ended before we sent our own LogoutRequest, so nothing depends on the answer and it isn't read.
  if (fields?.SAMLRequest === undefined && fields?.SAMLResponse !== undefined)
    return signedOutPage(request.texts, provider.id)
  const parties = samlParties(publicUrl(), provider)
  const { requestId, users } = await receiveLogoutRequest(db, provider, parties, message, clock()).catch(
    (error: unknown) => {
      throw logRefusal(request, provider, error)
    },
  )
  recordSignOuts(services, provider, users, request)
  const party = await logoutParty(services, provider)
  if (!party) return signedOutPage(request.texts, provider.id)
  return reply.redirect(logoutResponseUrl(party, requestId, readRelayState(fields)), 303)
}

/** Returns where the browser ends its session at a SAML identity provider; undefined: it has no such address. */
export async function samlLogoutUrl(
  options: Pick<SignInOptions, 'db' | 'seal' | 'publicUrl' | 'clock'>,
  provider: IdentityProvider,
  ended: SessionAtIdp,
): Promise<string | undefined> {
  const party = provider.type === 'saml' ? await logoutParty(options, provider) : undefined
  return party && logoutRequestUrl(party, ended)
}

async function logoutParty(
  options: Pick<SignInOptions, 'db' | 'seal' | 'publicUrl' | 'clock'>,
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
