import type { FastifyPluginAsync } from 'fastify'
import { listReachable } from '#access/reachable.ts'
import { getIdentityProvider } from '#identity-providers/identity-providers.ts'
import { endSession, findSession } from '#sign-in/sessions.ts'
import { clearCookie, readCookie } from './cookies.ts'
import { demandOwnForm } from './form.ts'
import { homePage } from './home-page.ts'
import type { OidcOptions } from './oidc.ts'
import { oidcLogoutUrl } from './oidc-logout.ts'
import { goOnward } from './onward.ts'
import { demandSession } from './own-page.ts'
import { samlLogoutUrl } from './saml-logout.ts'
import { signedOutPage } from './signed-out-page.ts'

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
    const session = await findSession(db, readCookie(request, 'session'))
    request.tenantId = session?.tenantId
    clearCookie(request, reply, 'session')
    const ended = session && (await endSession(db, session))
    const provider = ended && (await getIdentityProvider(db, session.tenantId, session.idpId))
    const onward =
      provider &&
      ((await samlLogoutUrl(options, provider, ended)) ?? (await oidcLogoutUrl(options, provider)))
    return onward === undefined
      ? signedOutPage(request.texts, session?.idpId)
      : goOnward(onward, request.texts.onward.signedOut, reply)
  })
}
