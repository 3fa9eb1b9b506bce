import type { FastifyPluginAsync } from 'fastify'
import { listReachable } from '#access/reachable.ts'
import { getIdentityProvider } from '#identity-providers/identity-providers.ts'
import { type EndedSession, endSession } from '#sign-in/sessions/sessions.ts'
import { clearCookie, readCookie } from '../cookies.ts'
import { goOnward } from '../flow/onward.ts'
import { demandOwnForm } from '../form.ts'
import { oidcLogoutUrl } from '../oidc/logout.ts'
import type { OidcOptions } from '../oidc/sign-in.ts'
import { samlLogoutUrl } from '../saml/logout.ts'
import { signedOutPage } from '../signed-out-page.ts'
import { tell } from '../tell.ts'
import { homePage } from './home-page.ts'
import { demandSession } from './own-page.ts'

/** The user portal: what a person has here. */
export const homeRoutes: FastifyPluginAsync<OidcOptions> = async (door, options) => {
  const { db } = options

  door.get('/', async (request, reply) => {
    const session = await demandSession(options, request, reply)
    if (!session) return reply
    const { tenantId, userId, idpId } = session
    const [applications, provider] = await Promise.all([
      listReachable(db, tenantId, userId),
      getIdentityProvider(db, tenantId, idpId),
    ])
    return homePage(request.texts, session, applications, provider.type === 'local')
  })

  door.post('/sign-out', async (request, reply) => {
    demandOwnForm(request)
    const ended = await endSession(db, readCookie(request, 'session'))
    // Only now: with the cookie still there, a failure can be tried again.
    clearCookie(request, reply, 'session')
    if (!ended) return signedOutPage(request.texts, undefined)
    request.tenantId = ended.tenantId
    tell(options, ended, request, 'success', undefined, 'sign-out')
    const onward = await logoutUrl(ended).catch((err) => {
      request.log.warn({ err, idpId: ended.idpId }, 'signing out could not go on at the identity provider')
      return undefined
    })
    return onward === undefined
      ? signedOutPage(request.texts, ended.idpId)
      : goOnward(onward, request.texts.onward.signedOut, reply)
  })

  /** Where signing out goes on at the identity provider; undefined: nowhere. */
  async function logoutUrl(ended: EndedSession): Promise<string | undefined> {
    const provider = await getIdentityProvider(db, ended.tenantId, ended.idpId)
    return (await samlLogoutUrl(options, provider, ended)) ?? (await oidcLogoutUrl(options, provider))
  }
}
