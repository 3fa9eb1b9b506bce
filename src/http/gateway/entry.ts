import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { type ApplicationPolicy, findApplicationAt } from '#access/applications.ts'
import { decideAccess } from '#access/decide.ts'
import { KEYS_CACHE_SECONDS } from '#access/signing-keys.ts'
import {
  type ApplicationHost,
  endApplicationSession,
  issueTicket,
  newBrowserSecret,
  redeemTicket,
} from '#access/tickets.ts'
import { NotFound, Refused, Unauthenticated } from '#errors.ts'
import type { Mfa } from '#identity-providers/settings.ts'
import { inTenant } from '#platform/database/database.ts'
import type { Freshness } from '#sign-in/freshness.ts'
import { findSession, type UserSession } from '#sign-in/sessions/sessions.ts'
import { findProviderPolicy } from '#sign-in/sessions/sign-in-user.ts'
import { findTenant } from '#tenancy/tenants.ts'
import { readCookie } from '../sign-in/cookies.ts'
import { readReturnTo } from '../sign-in/flow/return-to.ts'
import {
  clearApplicationCookie,
  readApplicationCookie,
  writeApplicationCookie,
} from './application-cookie.ts'
import { tenantSlugOf } from './gateway-tenant.ts'
import type { OriginalRequest } from './trusted-proxies.ts'
import { acceptsPage, NO_APPLICATION, refuse, type VerifyOptions } from './verify.ts'

type Query<Names> = { [Name in keyof Names]?: string }
type HostRequest<Names = unknown> = FastifyRequest<{
  Params: { tenant?: string }
  Querystring: Query<Names>
}>

const ENTERING_SECONDS = 900

/**
 * The way of a browser into an application: `/.doorlist/start` on the application's host, `/sign-in/application` on ours,
 * `/.doorlist/enter` on the application's. Its proxy passes every path below /.doorlist to us, behind /gateway/{tenant}.
 */
export const entryRoutes: FastifyPluginAsync<VerifyOptions> = async (door, options) => {
  const { db, keys, publicUrl } = options

  for (const prefix of ['/gateway/:tenant/.doorlist', '/.doorlist']) {
    door.get(`${prefix}/start`, startEntry)
    door.get(`${prefix}/enter`, enterApplication)
    door.get(`${prefix}/leave`, leave)
  }

  async function startEntry(request: HostRequest<{ to: 1 }>, reply: FastifyReply) {
    const original = originalOf(request)
    // nginx cannot encode an address into another, so it hands the request over as it came.
    const isHandedOver = request.query.to === undefined
    if (isHandedOver && !acceptsPage(original, request)) return refuse(reply, 401, 'Sign in first.')
    const place = await placeOf(request)
    const { secret, digest } = newBrowserSecret()
    writeApplicationCookie(reply, place, 'entering', secret, ENTERING_SECONDS)
    const to = isHandedOver ? whereOf(original) : readReturnTo(request.query.to)
    const query = entryParameters(place, to, digest)
    return reply.redirect(`${publicUrl()}/sign-in/application?${query}`, 302)
  }

  async function enterApplication(request: HostRequest<{ ticket: 1; to: 1 }>, reply: FastifyReply) {
    const place = await placeOf(request)
    const secret = readApplicationCookie(request, place, 'entering') ?? ''
    const { ticket } = request.query
    const token = await redeemTicket(db, place, typeof ticket === 'string' ? ticket : '', secret)
    clearApplicationCookie(reply, place, 'entering')
    writeApplicationCookie(reply, place, 'session', token)
    return reply.redirect(readReturnTo(request.query.to), 303)
  }

  async function leave(request: HostRequest, reply: FastifyReply) {
    const place = await placeOf(request)
    await endApplicationSession(db, readApplicationCookie(request, place, 'session') ?? '')
    clearApplicationCookie(reply, place, 'session')
    return reply.redirect(`${publicUrl()}/`, 303)
  }

  type EntryRequest = FastifyRequest<{ Querystring: Query<{ tenant: 1; origin: 1; to: 1; browser: 1 }> }>
  door.get('/sign-in/application', async (request: EntryRequest, reply) => {
    const { tenant: slug = '', origin = '', browser = '' } = request.query
    const application = await findApplication(slug, origin)
    if (typeof browser !== 'string' || !/^[A-Za-z0-9_-]{43}$/.test(browser))
      throw new Unauthenticated('Open the application again')
    const to = readReturnTo(request.query.to)
    const session = await findSession(db, readCookie(request, 'session'))
    const back = `/sign-in/application?${entryParameters({ slug, origin }, to, browser)}`
    if (session?.tenantId !== application.tenantId) {
      const query = new URLSearchParams({ tenant: slug, return_to: back })
      return reply.redirect(`/sign-in?${query}`, 303)
    }
    const { tenantId, id: sessionId, idpId } = session
    const policy = await findProviderPolicy(inTenant(db, tenantId), tenantId, idpId)
    const proof = requiredProof(application, session, policy?.mfa)
    if (proof !== undefined) {
      const again = new URLSearchParams({ fresh: proof === 'sign-in' ? 'yes' : proof, return_to: back })
      return reply.redirect(`/sign-in/with/${idpId}?${again}`, 303)
    }
    const ticket = await issueTicket(db, { tenantId, applicationId: application.id, sessionId, browser })
    return reply.redirect(`${origin}/.doorlist/enter?${new URLSearchParams({ ticket, to })}`, 303)
  })

  type KeysRequest = FastifyRequest<{ Params: { tenant: string } }>
  door.get('/gateway/:tenant/jwks.json', async (request: KeysRequest, reply) => {
    const { id } = await findTenant(db, request.params.tenant)
    reply.type('application/jwk-set+json').header('cache-control', `public, max-age=${KEYS_CACHE_SECONDS}`)
    return JSON.stringify({ keys: await keys.publicKeys(id) })
  })

  /** Whether the tenant or its application is what does not exist is told to nobody. @throws {NotFound} */
  async function findApplication(slug: unknown, origin: unknown): Promise<ApplicationPolicy> {
    const tenant = typeof slug === 'string' ? await findTenant(db, slug).catch(absent) : undefined
    const application =
      tenant && typeof origin === 'string' ? await findApplicationAt(db, tenant.id, origin) : undefined
    if (!application) throw new NotFound(NO_APPLICATION)
    return application
  }

  function originalOf(request: FastifyRequest): OriginalRequest {
    const original = options.peers.originalRequest(request)
    if (!original) throw new Refused('This address is for the proxy of an application.')
    return original
  }

  async function placeOf(request: FastifyRequest): Promise<ApplicationHost> {
    const { origin } = originalOf(request)
    return { slug: await tenantSlugOf(db, request), origin }
  }
}

function absent(error: unknown): undefined {
  if (!(error instanceof NotFound)) throw error
}

function entryParameters({ slug, origin }: ApplicationHost, to: string, browser: string): URLSearchParams {
  return new URLSearchParams({ tenant: slug, origin, to, browser })
}

/** Never back to where this way begins, which would have no end. */
function whereOf({ uri }: OriginalRequest): string {
  return uri.startsWith('/.doorlist/') ? '/' : readReturnTo(uri)
}

/**
 * What the user has to prove anew for this application; undefined: nothing.
 * @throws {Refused} it asks for a second factor, and the identity provider is set to ask for none
 */
function requiredProof(
  application: ApplicationPolicy,
  { sessionAgeSeconds, factorAgeSeconds }: UserSession,
  mfa: Mfa | undefined,
): Freshness | undefined {
  const decision = decideAccess(application, { granted: true, sessionAgeSeconds, factorAgeSeconds })
  if (!('signIn' in decision)) return undefined
  if (decision.signIn !== 'factor-too-old') return 'sign-in'
  if (mfa === 'none')
    throw new Refused(
      'This application asks for a second factor, and your identity provider is set to ask for none.',
    )
  // The identity provider's own factor is proven by signing in there again; one of ours is asked for here.
  return mfa === 'mandatory' ? 'factor' : 'sign-in'
}
