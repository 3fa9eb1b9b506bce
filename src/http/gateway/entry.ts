import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import { type ApplicationAt, findApplicationAt } from '#access/applications.ts'
import { decide } from '#access/decide.ts'
import { issueTicket, leaveApplication, newBrowserSecret, redeemTicket } from '#access/entries.ts'
import { NotFound, Refused, Unauthenticated } from '#errors.ts'
import type { Mfa } from '#identity-providers/settings.ts'
import { inTenant } from '#platform/database.ts'
import type { Freshness } from '#sign-in/freshness.ts'
import { findSession, type UserSession } from '#sign-in/sessions.ts'
import { findPolicy } from '#sign-in/standing.ts'
import { findTenant } from '#tenancy/tenants.ts'
import { readCookie } from '../sign-in/cookies.ts'
import { readReturnTo } from '../sign-in/return-to.ts'
import {
  clearApplicationCookie,
  readApplicationCookie,
  writeApplicationCookie,
} from './application-cookie.ts'
import type { Original } from './peers.ts'
import { isForPage, refuse, type VerifyOptions } from './verify.ts'

type Request<Query> = FastifyRequest<{ Querystring: { [Name in keyof Query]?: string } }>

const ENTERING_SECONDS = 900

/**
 * The way of a browser into an application: `/.doorlist/start` there, `/sign-in/application` here, `/.doorlist/enter` there.
 * Every path below /.doorlist on an application's host is passed to us by its proxy.
 */
export const entryRoutes: FastifyPluginAsync<VerifyOptions> = async (door, options) => {
  const { db, keys, peers, publicUrl, clock } = options

  door.get('/.doorlist/start', async (request: Request<{ to: 1 }>, reply) => {
    const original = originalOf(request)
    const { origin } = original
    // nginx cannot encode an address into another, so it hands the request over as it came.
    const isHandedOver = request.query.to === undefined
    if (isHandedOver && !isForPage(original, request)) return refuse(reply, 401, 'Sign in first.')
    const { secret, digest } = newBrowserSecret()
    writeApplicationCookie(reply, origin, 'entering', secret, ENTERING_SECONDS)
    const to = isHandedOver ? whereOf(original) : readReturnTo(request.query.to)
    return reply.redirect(
      `${publicUrl()}/sign-in/application?${new URLSearchParams({ origin, to, browser: digest })}`,
      302,
    )
  })

  door.get('/sign-in/application', async (request: Request<{ origin: 1; to: 1; browser: 1 }>, reply) => {
    const { origin = '', browser = '' } = request.query
    const application = typeof origin === 'string' ? await findApplicationAt(db, origin) : undefined
    if (!application) throw new NotFound('There is no application of this address.')
    if (typeof browser !== 'string' || !/^[A-Za-z0-9_-]{43}$/.test(browser))
      throw new Unauthenticated('Open the application again')
    const to = readReturnTo(request.query.to)
    const session = await findSession(db, readCookie(request, 'session'))
    const back = `/sign-in/application?${new URLSearchParams({ origin, to, browser })}`
    if (session?.tenantId !== application.tenantId) {
      const query = new URLSearchParams({ tenant: application.tenantSlug, return_to: back })
      return reply.redirect(`/sign-in?${query}`, 303)
    }
    const { tenantId, id: sessionId, idpId } = session
    const policy = await findPolicy(inTenant(db, tenantId), tenantId, idpId)
    const proof = missingProof(application, session, policy?.mfa, clock())
    if (proof !== undefined) {
      const again = new URLSearchParams({ fresh: proof === 'sign-in' ? 'yes' : proof, return_to: back })
      return reply.redirect(`/sign-in/with/${idpId}?${again}`, 303)
    }
    const ticket = await issueTicket(db, { tenantId, applicationId: application.id, sessionId, browser })
    return reply.redirect(`${origin}/.doorlist/enter?${new URLSearchParams({ ticket, to })}`, 303)
  })

  door.get('/.doorlist/enter', async (request: Request<{ ticket: 1; to: 1 }>, reply) => {
    const origin = originOf(request)
    const secret = readApplicationCookie(request, origin, 'entering') ?? ''
    const { ticket } = request.query
    const token = await redeemTicket(db, origin, typeof ticket === 'string' ? ticket : '', secret)
    clearApplicationCookie(reply, origin, 'entering')
    writeApplicationCookie(reply, origin, 'session', token)
    return reply.redirect(readReturnTo(request.query.to), 303)
  })

  door.get('/.doorlist/leave', async (request, reply) => {
    const origin = originOf(request)
    await leaveApplication(db, readApplicationCookie(request, origin, 'session') ?? '')
    clearApplicationCookie(reply, origin, 'session')
    return reply.redirect(`${publicUrl()}/`, 303)
  })

  door.get(
    '/gateway/:tenant/jwks.json',
    async (request: FastifyRequest<{ Params: { tenant: string } }>, reply) => {
      const { id } = await findTenant(db, request.params.tenant)
      reply.type('application/jwk-set+json').header('cache-control', 'public, max-age=300')
      return JSON.stringify({ keys: await keys.publicKeys(id) })
    },
  )

  function originalOf(request: FastifyRequest): Original {
    const original = peers.originalOf(request)
    if (!original) throw new Refused('This address is for the proxy of an application.')
    return original
  }

  function originOf(request: FastifyRequest): string {
    return originalOf(request).origin
  }
}

/** Never back to where this way begins, which would have no end. */
function whereOf({ uri }: Original): string {
  return uri.startsWith('/.doorlist/') ? '/' : readReturnTo(uri)
}

/**
 * What the user has to prove anew for this application; undefined: nothing.
 * @throws {Refused} it asks for a second factor, and the identity provider is set to ask for none
 */
function missingProof(
  application: ApplicationAt,
  { authenticatedAt, factorAt }: UserSession,
  mfa: Mfa | undefined,
  now: Date,
): Freshness | undefined {
  const ageOf = (at: Date | null) => at && Math.max(0, Math.round((now.getTime() - at.getTime()) / 1_000))
  const visit = {
    granted: true,
    sessionAgeSeconds: ageOf(authenticatedAt),
    factorAgeSeconds: ageOf(factorAt),
  }
  const decision = decide(application, visit)
  if (!('signIn' in decision)) return undefined
  if (decision.signIn !== 'factor-too-old') return 'sign-in'
  if (mfa === 'none')
    throw new Refused(
      'This application asks for a second factor, and your identity provider is set to ask for none.',
    )
  // The identity provider's own factor is proven by signing in there again; one of ours is asked for here.
  return mfa === 'mandatory' ? 'factor' : 'sign-in'
}
