import type { FastifyPluginAsync } from 'fastify'
import { listAccessibleApplications } from '#access/accessible-applications.ts'
import { getIdentityProvider } from '#identity-providers/identity-providers.ts'
import { type EndedSession, endSession } from '#sign-in/sessions/sessions.ts'
import { recordActivity } from '../activity.ts'
import { clearCookie, readCookie } from '../cookies.ts'
import { redirectByPage } from '../flow/redirect-page.ts'
import { requireOwnForm } from '../form.ts'
import { oidcLogoutUrl } from '../oidc/logout.ts'
import type { OidcOptions } from '../oidc/sign-in.ts'
import { samlLogoutUrl } from '../saml/logout.ts'
import { signedOutPage } from '../signed-out-page.ts'
import { requireSession } from './account-page.ts'
import { homePage } from './home-page.ts'

/** The user portal: what a user has here. */
export const homeRoutes: FastifyPluginAsync<OidcOptions> = async (door, options) => {
  const { db } = options

  door.get('/', async (request, reply) => {
    const session = await requireSession(options, request, reply)
    if (!session) return reply
    const { tenantId, userId, idpId } = session
    const [applications, provider] = await Promise.all([
      listAccessibleApplications(db, tenantId, userId),
      getIdentityProvider(db, tenantId, idpId),
    ])
    return homePage(request.texts, session, applications, provider.type === 'local')
  })

  door.post('/sign-out', async (request, reply) => {
    requireOwnForm(request)
    const ended = await endSession(db, readCookie(request, 'session'))
    // Only now: with the cookie still there, a failure can be tried again.
    clearCookie(request, reply, 'session')
    if (!ended) return signedOutPage(request.texts, undefined)
    request.tenantId = ended.tenantId
    recordActivity(options, ended, request, 'success', undefined, 'sign-out')
    const onward = await logoutUrl(ended).catch((err) => {
      request.log.warn({ err, idpId: ended.idpId }, 'signing out could not go on at the identity provider')
      return undefined
    })
    return onward === undefined
      ? signedOutPage(request.texts, ended.idpId)
      : redirectByPage(onward, request.texts.onward.signedOut, reply)
  })

  /** Where signing out goes on at the identity provider; undefined: nowhere. */
  async function logoutUrl(ended: EndedSession): Promise<string | undefined> {
    const provider = await getIdentityProvider(db, ended.tenantId, ended.idpId)
    return (await samlLogoutUrl(options, provider, ended)) ?? (await oidcLogoutUrl(options, provider))
  }
}
