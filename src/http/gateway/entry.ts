// How a browser enters an application: /.doorlist/start on the application's host, /sign-in/application on ours, then
// /.doorlist/enter on the application's host again. The proxy passes every path below /.doorlist to /gateway/{tenant}.
import type { FastifyReply, FastifyRequest } from 'fastify'
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
import { type Database, inTenant } from '#platform/database/database.ts'
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
import type { GatewayServices } from './services.ts'
import type { OriginalRequest } from './trusted-proxies.ts'
import { acceptsPage, NO_APPLICATION, refuse } from './verify.ts'

type HostRequest<Query = unknown> = FastifyRequest<{
  Params: { tenant?: string }
  Querystring: Query
}>

const ENTERING_SECONDS = 900

/** Sends a browser from the application's host to ours. */
export async function startEntry(
  services: GatewayServices,
  request: HostRequest<{ to?: string }>,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const original = requireOriginalRequest(services, request)
  // nginx can't encode an address into another one, so it sends the request here as it came, without `to`.
  const isOriginal = request.query.to === undefined
  if (isOriginal && !acceptsPage(original, request)) return refuse(reply, 401, 'Sign in first.')
  const host = await hostOf(services, request)
  const { secret, digest } = newBrowserSecret()
  writeApplicationCookie(reply, host, 'entering', secret, ENTERING_SECONDS)
  const to = isOriginal ? returnPath(original) : readReturnTo(request.query.to)
  const query = entryParameters(host, to, digest)
  return reply.redirect(`${services.publicUrl()}/sign-in/application?${query}`, 302)
}

type TicketRequest = FastifyRequest<{
  Querystring: { tenant?: string; origin?: string; to?: string; browser?: string }
}>

/** On our host: signs the user in if needed, then sends the browser back with a ticket. */
export async function requestTicket(
  { db }: GatewayServices,
  request: TicketRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { tenant: slug = '', origin = '', browser = '' } = request.query
  const application = await requireApplication(db, slug, origin)
  if (typeof browser !== 'string' || !/^[A-Za-z0-9_-]{43}$/.test(browser))
    throw new Unauthenticated('Open the application again.')
  const to = readReturnTo(request.query.to)
  const session = await findSession(db, readCookie(request, 'session'))
  const returnTo = `/sign-in/application?${entryParameters({ slug, origin }, to, browser)}`
  if (session?.tenantId !== application.tenantId) {
    const query = new URLSearchParams({ tenant: slug, return_to: returnTo })
    return reply.redirect(`/sign-in?${query}`, 303)
  }
  const { tenantId, id: sessionId, idpId } = session
  const policy = await findProviderPolicy(inTenant(db, tenantId), tenantId, idpId)
  const proof = requiredProof(application, session, policy?.mfa)
  if (proof !== undefined) {
    const query = new URLSearchParams({ fresh: proof === 'sign-in' ? 'yes' : proof, return_to: returnTo })
    return reply.redirect(`/sign-in/with/${idpId}?${query}`, 303)
  }
  const ticket = await issueTicket(db, { tenantId, applicationId: application.id, sessionId, browser })
  return reply.redirect(`${origin}/.doorlist/enter?${new URLSearchParams({ ticket, to })}`, 303)
}

/** Exchanges the ticket for the application's own session cookie. */
export async function enterApplication(
  services: GatewayServices,
  request: HostRequest<{ ticket?: string; to?: string }>,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const host = await hostOf(services, request)
  const secret = readApplicationCookie(request, host, 'entering') ?? ''
  const { ticket } = request.query
  const token = await redeemTicket(services.db, host, typeof ticket === 'string' ? ticket : '', secret)
  clearApplicationCookie(reply, host, 'entering')
  writeApplicationCookie(reply, host, 'session', token)
  return reply.redirect(readReturnTo(request.query.to), 303)
}

/** Ends the session with one application. The user stays signed in to Doorlist. */
export async function leaveApplication(
  services: GatewayServices,
  request: HostRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const host = await hostOf(services, request)
  await endApplicationSession(services.db, readApplicationCookie(request, host, 'session') ?? '')
  clearApplicationCookie(reply, host, 'session')
  return reply.redirect(`${services.publicUrl()}/`, 303)
}

/** Sends the public keys that verify `Remote-Token`. @see RFC 7517 §5 */
export async function sendKeys(
  { db, keys }: GatewayServices,
  request: FastifyRequest<{ Params: { tenant: string } }>,
  reply: FastifyReply,
): Promise<string> {
  const { id } = await findTenant(db, request.params.tenant)
  reply.type('application/jwk-set+json').header('cache-control', `public, max-age=${KEYS_CACHE_SECONDS}`)
  return JSON.stringify({ keys: await keys.publicKeys(id) })
}

/** The answer doesn't show whether it is the tenant or the application that doesn't exist. @throws {NotFound} */
async function requireApplication(db: Database, slug: unknown, origin: unknown): Promise<ApplicationPolicy> {
  const tenant = typeof slug === 'string' ? await findTenant(db, slug).catch(undefinedIfNotFound) : undefined
  const application =
    tenant && typeof origin === 'string' ? await findApplicationAt(db, tenant.id, origin) : undefined
  if (!application) throw new NotFound(NO_APPLICATION)
  return application
}

function undefinedIfNotFound(error: unknown): undefined {
  if (!(error instanceof NotFound)) throw error
}

/** @throws {Refused} the request doesn't come from a trusted proxy */
function requireOriginalRequest({ proxies }: GatewayServices, request: FastifyRequest): OriginalRequest {
  const original = proxies.originalRequest(request)
  if (!original) throw new Refused('This address is for the proxy in front of an application.')
  return original
}

async function hostOf(services: GatewayServices, request: FastifyRequest): Promise<ApplicationHost> {
  const { origin } = requireOriginalRequest(services, request)
  return { slug: await tenantSlugOf(services.db, request), origin }
}

function entryParameters({ slug, origin }: ApplicationHost, to: string, browser: string): URLSearchParams {
  return new URLSearchParams({ tenant: slug, origin, to, browser })
}

/** Never an address of the entry itself, which would be an endless redirect. */
function returnPath({ uri }: OriginalRequest): string {
  return uri.startsWith('/.doorlist/') ? '/' : readReturnTo(uri)
}

/**
 * Returns what the user has to prove again for this application; undefined: nothing.
 * @throws {Refused} it needs a second factor, and the identity provider is set to ask for none
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
      'This application requires a second factor, but your identity provider is set to ask for none.',
    )
  // The identity provider's own factor is proven by signing in there again; ours is asked for here.
  return mfa === 'mandatory' ? 'factor' : 'sign-in'
}
