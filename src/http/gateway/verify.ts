import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { findApplicationAt } from '#access/applications.ts'
import { type AccessDecision, decideAccess } from '#access/decide.ts'
import type { GatewayKeys } from '#access/gateway-keys.ts'
import { findGatewaySession, type GatewaySession } from '#access/gateway-session.ts'
import { Refused } from '#errors.ts'
import { touchSession } from '#sign-in/sessions/touch-session.ts'
import { messagePage } from '../sign-in/errors.ts'
import { localized } from '../sign-in/form.ts'
import { readApplicationCookie } from './application-cookie.ts'
import type { GatewayOptions } from './door.ts'
import { requireTenant, tenantSlugOf } from './gateway-tenant.ts'
import { identityHeaders, tokenClaims } from './identity-headers.ts'
import type { OriginalRequest, TrustedProxies } from './trusted-proxies.ts'

export interface VerifyOptions extends GatewayOptions {
  readonly keys: GatewayKeys
  readonly peers: TrustedProxies
}

type VerifyRequest = FastifyRequest<{
  Params: { tenant?: string }
  Querystring: { redirect?: string; told?: string }
}>

export const NO_APPLICATION = 'No application is registered at this address.'

const REFUSALS = {
  'application-disabled': 'This application is switched off at the moment.',
  'not-granted': 'You are signed in, but none of your groups may reach this application.',
} as const

/**
 * What a proxy asks. `?redirect=no` for nginx, whose auth_request knows 401 and 403 alone; `?told=yes` when it asks again, for
 * the page that says why.
 */
export const verifyRoutes: FastifyPluginAsync<VerifyOptions> = async (door, options) => {
  const { db, keys, peers, publicUrl, clock } = options

  for (const url of ['/gateway/:tenant/verify', '/gateway/verify'])
    door.get(url, async (request: VerifyRequest, reply) => {
      try {
        return await verify(request, reply)
      } catch (error) {
        if (!(error instanceof Refused)) throw error
        return refuse(reply, 403, error.message)
      }
    })

  async function verify(request: VerifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const original = peers.originalRequest(request)
    if (!original)
      return refuse(
        reply,
        401,
        'Whoever asks is no proxy that was named, or does not say what it asks about.',
      )
    const { origin } = original
    const slug = await tenantSlugOf(db, request)
    const session = readApplicationCookie(request, { slug, origin }, 'session')
    const visitor = await findGatewaySession(db, slug, origin, session)
    if (!visitor) return strangerAt(slug, original, request, reply)
    const decision = decideAccess(visitor, visitor)
    if (!('allow' in decision)) return turnAway(decision, visitor, original, request, reply)
    if (visitor.needsTouch) touchSession(db, visitor)
    tell(visitor, request, 'success')
    const claims = tokenClaims(visitor, `${publicUrl()}/gateway/${slug}`, origin, clock())
    const token = await keys.sign(visitor.tenantId, visitor.signingKeyId, claims)
    reply.headers({ ...identityHeaders(visitor), 'remote-token': token })
    return reply.code(200).send('')
  }

  async function strangerAt(
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

  function turnAway(
    decision: Exclude<AccessDecision, { allow: true }>,
    visitor: GatewaySession,
    original: OriginalRequest,
    request: VerifyRequest,
    reply: FastifyReply,
  ): FastifyReply {
    if ('signIn' in decision) return redirectToSignIn(original, request, reply)
    if (request.query.told !== 'yes') tell(visitor, request, 'failure', decision.deny)
    return refuse(reply, 403, REFUSALS[decision.deny])
  }

  function tell(
    visitor: GatewaySession,
    request: FastifyRequest,
    result: 'success' | 'failure',
    reason?: string,
  ): void {
    options.activity.record({
      tenantId: visitor.tenantId,
      actor: { type: 'user', id: visitor.userId, name: visitor.userName },
      kind: 'access',
      application: { id: visitor.applicationId, name: visitor.applicationName },
      result,
      reason,
      requestId: request.id,
      sourceAddress: request.ip,
    })
  }
}

/** A browser that shows pages is sent to sign in; whatever else asks is told that it must. */
function redirectToSignIn(
  original: OriginalRequest,
  request: VerifyRequest,
  reply: FastifyReply,
): FastifyReply {
  if (request.query.redirect === 'no' || !acceptsPage(original, request))
    return refuse(reply, 401, 'Sign in first.')
  // Written out: Traefik takes an address without a host for one of ours, and would send the browser here.
  const start = `${original.origin}/.doorlist/start?${new URLSearchParams({ to: original.uri })}`
  return reply.redirect(start, 302)
}

export function acceptsPage({ method }: OriginalRequest, { headers }: FastifyRequest): boolean {
  return method === 'GET' && /text\/html|\*\/\*/.test(headers.accept ?? '*/*')
}

/** @param sentence in English, as the catalogue knows it */
export function refuse(reply: FastifyReply, status: 401 | 403, sentence: string): FastifyReply {
  const { texts } = reply.request
  const { messages } = texts
  return reply
    .code(status)
    .send(
      messagePage(status === 401 ? messages.pleaseSignIn : messages.cannotEnter, localized(texts, sentence)),
    )
}
