import type { FastifyReply, FastifyRequest } from 'fastify'
import { findApplicationAt } from '#access/applications.ts'
import { type AccessDecision, decideAccess } from '#access/decide.ts'
import { findGatewaySession, type GatewaySession } from '#access/gateway-session.ts'
import { Refused } from '#errors.ts'
import { touchSession } from '#sign-in/sessions/touch-session.ts'
import { messagePage } from '../sign-in/errors.ts'
import { localized } from '../sign-in/form.ts'
import { readApplicationCookie } from './application-cookie.ts'
import { requireTenant, tenantSlugOf } from './gateway-tenant.ts'
import { identityHeaders, tokenClaims } from './identity-headers.ts'
import type { GatewayServices } from './services.ts'
import type { OriginalRequest } from './trusted-proxies.ts'

type VerifyRequest = FastifyRequest<{
  Params: { tenant?: string }
  Querystring: { redirect?: string; told?: string }
}>

export const NO_APPLICATION = 'No application is registered at this address.'

const REFUSALS = {
  'application-disabled': 'This application is disabled.',
  'not-granted': 'You are signed in, but you do not have access to this application.',
} as const

/**
 * Answers whether a request to an application is allowed. `?redirect=no` is for nginx, whose auth_request understands only 401
 * and 403. `?told=yes` is sent when the proxy asks again for the page that explains a refusal, which isn't recorded twice.
 */
export async function verifyRequest(
  services: GatewayServices,
  request: VerifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  try {
    return await verify(services, request, reply)
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    return refuse(reply, 403, error.message)
  }
}

async function verify(
  services: GatewayServices,
  request: VerifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { db, keys, proxies, publicUrl, clock } = services
  const original = proxies.originalRequest(request)
  if (!original)
    return refuse(reply, 401, 'The request does not come from a trusted proxy, or lacks X-Forwarded headers.')
  const { origin } = original
  const slug = await tenantSlugOf(db, request)
  const cookie = readApplicationCookie(request, { slug, origin }, 'session')
  const session = await findGatewaySession(db, slug, origin, cookie)
  if (!session) return answerWithoutSession(services, slug, original, request, reply)
  const decision = decideAccess(session, session)
  if (!('allow' in decision)) return answerRefused(services, decision, session, original, request, reply)
  if (session.needsTouch) touchSession(db, session)
  recordAccess(services, session, request, 'success')
  const claims = tokenClaims(session, `${publicUrl()}/gateway/${slug}`, origin, clock())
  const token = await keys.sign(session.tenantId, session.signingKeyId, claims)
  reply.headers({ ...identityHeaders(session), 'remote-token': token })
  return reply.code(200).send('')
}

async function answerWithoutSession(
  { db }: GatewayServices,
  slug: string,
  original: OriginalRequest,
  request: VerifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const tenant = await requireTenant(db, slug)
  const application = await findApplicationAt(db, tenant.id, original.origin)
  if (!application) return refuse(reply, 403, NO_APPLICATION)
  if (!application.enabled) return refuse(reply, 403, REFUSALS['application-disabled'])
  return redirectToSignIn(original, request, reply)
}

function answerRefused(
  services: GatewayServices,
  decision: Exclude<AccessDecision, { allow: true }>,
  session: GatewaySession,
  original: OriginalRequest,
  request: VerifyRequest,
  reply: FastifyReply,
): FastifyReply {
  if ('signIn' in decision) return redirectToSignIn(original, request, reply)
  if (request.query.told !== 'yes') recordAccess(services, session, request, 'failure', decision.deny)
  return refuse(reply, 403, REFUSALS[decision.deny])
}

function recordAccess(
  { activity }: GatewayServices,
  session: GatewaySession,
  request: FastifyRequest,
  result: 'success' | 'failure',
  reason?: string,
): void {
  activity.record({
    tenantId: session.tenantId,
    actor: { type: 'user', id: session.userId, name: session.userName },
    kind: 'access',
    application: { id: session.applicationId, name: session.applicationName },
    result,
    reason,
    requestId: request.id,
    sourceAddress: request.ip,
  })
}

/** Sends a browser that expects a page to the sign-in; anything else gets 401. */
function redirectToSignIn(
  original: OriginalRequest,
  request: VerifyRequest,
  reply: FastifyReply,
): FastifyReply {
  if (request.query.redirect === 'no' || !acceptsPage(original, request))
    return refuse(reply, 401, 'Sign in first.')
  // An absolute address: Traefik resolves a relative one against ours, and would send the browser here.
  const start = `${original.origin}/.doorlist/start?${new URLSearchParams({ to: original.uri })}`
  return reply.redirect(start, 302)
}

export function acceptsPage({ method }: OriginalRequest, { headers }: FastifyRequest): boolean {
  return method === 'GET' && /text\/html|\*\/\*/.test(headers.accept ?? '*/*')
}

/** Sends the page of a refusal. @param sentence in English, as the catalog of texts has it */
export function refuse(reply: FastifyReply, status: 401 | 403, sentence: string): FastifyReply {
  const { texts } = reply.request
  const { messages } = texts
  return reply
    .code(status)
    .send(
      messagePage(status === 401 ? messages.pleaseSignIn : messages.cannotEnter, localized(texts, sentence)),
    )
}
