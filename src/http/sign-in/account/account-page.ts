// How each page of a user's own account begins: with their session, or by sending them to sign in. Start with home.ts, which
// handles the first page; src/http/sign-in/routes.ts names the handlers of the others. Only the user's own account is shown and
// changed here; administrators use the portal.
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Unauthenticated } from '#errors.ts'
import { findSession, type UserSession } from '#sign-in/sessions/sessions.ts'
import { type Html, html } from '../../page.ts'
import type { Texts } from '../../texts/en.ts'
import { readCookie } from '../cookies.ts'
import { requireOwnForm } from '../form.ts'
import type { SignInOptions } from '../services.ts'

/**
 * Returns the user's session. Without one, a GET is redirected to the sign-in and the result is undefined.
 * @throws {Unauthenticated} a form was posted without a session. It isn't redirected: the browser would block a redirect that
 *   ends at an identity provider (see flow/redirect-page.ts), and the change would seem to be made
 * @throws {Refused} the form comes from another site
 */
export async function requireSession(
  { db }: Pick<SignInOptions, 'db'>,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<UserSession | undefined> {
  if (request.method === 'POST') requireOwnForm(request)
  const session = await findSession(db, readCookie(request, 'session'))
  request.tenantId = session?.tenantId
  if (session) return session
  if (request.method === 'POST') throw new Unauthenticated(request.texts.messages.sessionEnded)
  reply.redirect(signInUrl(request), 303)
  return undefined
}

function signInUrl({ url }: FastifyRequest): string {
  return url !== '/' ? `/sign-in?${new URLSearchParams({ return_to: url })}` : '/sign-in'
}

export function homeLink({ portal }: Texts): Html {
  return html`<p class="back"><a href="/">${portal.back}</a></p>`
}

/** Shows a time in UTC: without a script, the reader's time zone is unknown. */
export function utcTime(at: Date): Html {
  const text = `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`
  return html`<time datetime="${at.toISOString()}">${text}</time>`
}
