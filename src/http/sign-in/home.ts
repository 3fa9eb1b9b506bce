import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { listReachable } from '#access/reachable.ts'
import { Refused } from '#errors.ts'
import { endOtherSessions, endOwnSession, listOwnSessions } from '#sign-in/own-sessions.ts'
import { endSession, findSession, type UserSession } from '#sign-in/sessions.ts'
import { findTenantById } from '#tenancy/tenants.ts'
import { isSameOrigin } from '../same-origin.ts'
import { clearCookie, readCookie } from './cookies.ts'
import { homePage } from './home-page.ts'
import type { OidcOptions } from './oidc.ts'
import { oidcLogoutUrl } from './oidc-logout.ts'
import { goOnward } from './onward.ts'
import { samlLogoutUrl } from './saml-logout.ts'

const SIGNED_OUT = { title: 'You are signed out here', link: 'Sign out of your identity provider too' }

/** The user portal: what a person has here. */
export const homeRoutes: FastifyPluginAsync<OidcOptions> = async (door, options) => {
  const { db } = options

  door.get('/', async (request, reply) => {
    const session = await findSession(db, readCookie(request, 'session'))
    if (!session) return reply.redirect('/sign-in', 303)
    const { tenantId, userId } = session
    const [tenant, applications, sessions] = await Promise.all([
      findTenantById(db, tenantId),
      listReachable(db, tenantId, userId),
      listOwnSessions(db, session),
    ])
    return homePage(tenant.name, session, applications, sessions)
  })

  door.post('/sign-out', async (request, reply) => {
    if (!isSameOrigin(request)) throw new Refused('This request comes from another site.')
    const session = await findSession(db, readCookie(request, 'session'))
    clearCookie(request, reply, 'session')
    const ended = session && (await endSession(db, session))
    const onward =
      ended && ((await samlLogoutUrl(options, session, ended)) ?? (await oidcLogoutUrl(options, session)))
    return onward === undefined ? reply.redirect('/sign-in', 303) : goOnward(onward, SIGNED_OUT, reply)
  })

  door.post('/sessions/others/end', (request, reply) =>
    act(request, reply, (session) => endOtherSessions(db, session)),
  )

  door.post('/sessions/:id/end', (request: FastifyRequest<{ Params: { id: string } }>, reply) =>
    act(request, reply, (session) => endOwnSession(db, session, request.params.id)),
  )

  /** What a form of the page asks for; afterwards the page is shown anew. */
  async function act(
    request: FastifyRequest,
    reply: FastifyReply,
    work: (session: UserSession) => Promise<void>,
  ): Promise<FastifyReply> {
    if (!isSameOrigin(request)) throw new Refused('This request comes from another site.')
    const session = await findSession(db, readCookie(request, 'session'))
    if (session) await work(session)
    return reply.redirect('/', 303)
  }
}
