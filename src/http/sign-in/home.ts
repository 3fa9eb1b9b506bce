import type { FastifyPluginAsync } from 'fastify'
import { Refused } from '#errors.ts'
import { endSession, findSession } from '#sign-in/sessions.ts'
import { html, page } from '../page.ts'
import { isSameOrigin } from '../same-origin.ts'
import { clearCookie, readCookie } from './cookies.ts'
import type { SignInOptions } from './door.ts'
import { leave, samlLogoutUrl } from './saml-logout.ts'

/** The user portal: what a person has here. */
export const homeRoutes: FastifyPluginAsync<SignInOptions> = async (door, options) => {
  const { db } = options

  door.get('/', async (request, reply) => {
    const session = await findSession(db, readCookie(request, 'session'))
    if (!session) return reply.redirect('/sign-in', 303)
    const name = session.profile.displayName ?? session.userName
    return page(
      'Home',
      html`<h1>Welcome, ${name}</h1>
<form method="post" action="/sign-out"><button type="submit">Sign out</button></form>`,
    )
  })

  door.post('/sign-out', async (request, reply) => {
    if (!isSameOrigin(request)) throw new Refused('This request comes from another site.')
    const session = await findSession(db, readCookie(request, 'session'))
    clearCookie(request, reply, 'session')
    const ended = session && (await endSession(db, session))
    const onward = ended && (await samlLogoutUrl(options, session, ended))
    return onward === undefined ? reply.redirect('/sign-in', 303) : leave(onward, reply)
  })
}
