// How a page of a user's own begins: with the session, or on the way to signing in.
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Unauthenticated } from '#errors.ts'
import { findSession, type UserSession } from '#sign-in/sessions/sessions.ts'
import { type Html, html } from '../../page.ts'
import type { Texts } from '../../texts/en.ts'
import { readCookie } from '../cookies.ts'
import type { SignInOptions } from '../door.ts'
import { requireOwnForm } from '../form.ts'

/**
 * @returns undefined: nobody is signed in, and the browser was sent to do so
 * @throws {Unauthenticated} a form of somebody who is no longer signed in: a redirect from it that ends at an identity
 *   provider would be blocked by the browser (see onward.ts), and what was asked for would seem to be done
 * @throws {Refused} a form of another site
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

/** Without a script nobody knows the reader's zone. */
export function utcTime(at: Date): Html {
  const text = `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`
  return html`<time datetime="${at.toISOString()}">${text}</time>`
}
