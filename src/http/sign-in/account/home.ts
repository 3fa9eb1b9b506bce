import type { FastifyReply, FastifyRequest } from 'fastify'
import { listAccessibleApplications } from '#access/accessible-applications.ts'
import { getIdentityProvider } from '#identity-providers/identity-providers.ts'
import { type EndedSession, endSession } from '#sign-in/sessions/sessions.ts'
import type { Page } from '../../page.ts'
import { recordActivity } from '../activity.ts'
import { clearCookie, readCookie } from '../cookies.ts'
import { redirectByPage } from '../flow/redirect-page.ts'
import { requireOwnForm } from '../form.ts'
import { oidcLogoutUrl } from '../oidc/logout.ts'
import { samlLogoutUrl } from '../saml/logout.ts'
import type { SignInServices } from '../services.ts'
import { signedOutPage } from '../signed-out-page.ts'
import { requireSession } from './account-page.ts'
import { homePage } from './home-page.ts'

export async function showHome(
  services: SignInServices,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<Page | FastifyReply> {
  const session = await requireSession(services, request, reply)
  if (!session) return reply
  const { tenantId, userId, idpId } = session
  const [applications, provider] = await Promise.all([
    listAccessibleApplications(services.db, tenantId, userId),
    getIdentityProvider(services.db, tenantId, idpId),
  ])
  return homePage(request.texts, session, applications, provider.type === 'local')
}

/** Ends the session here, then sends the browser to the identity provider to end its session, too. */
export async function signOut(
  services: SignInServices,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<Page | FastifyReply> {
  requireOwnForm(request)
  const ended = await endSession(services.db, readCookie(request, 'session'))
  // Only after the session ended: while the cookie is there, a failed sign-out can be tried again.
  clearCookie(request, reply, 'session')
  if (!ended) return signedOutPage(request.texts, undefined)
  request.tenantId = ended.tenantId
  recordActivity(services, ended, request, 'success', undefined, 'sign-out')
  const url = await providerLogoutUrl(services, ended).catch((err) => {
    request.log.warn({ err, idpId: ended.idpId }, 'sign-out did not continue at the identity provider')
    return undefined
  })
  return url === undefined
    ? signedOutPage(request.texts, ended.idpId)
    : redirectByPage(url, request.texts.redirects.signedOut, reply)
}

/** @returns undefined when the identity provider has no logout address */
async function providerLogoutUrl(services: SignInServices, ended: EndedSession): Promise<string | undefined> {
  const provider = await getIdentityProvider(services.db, ended.tenantId, ended.idpId)
  return (await samlLogoutUrl(services, provider, ended)) ?? (await oidcLogoutUrl(services, provider))
}
