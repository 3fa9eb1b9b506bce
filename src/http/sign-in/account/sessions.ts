import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import {
  endOtherSessions,
  endOwnSession,
  listOwnSessions,
  type OwnSession,
} from '#sign-in/sessions/own-sessions.ts'
import type { UserSession } from '#sign-in/sessions/sessions.ts'
import { type Html, html, type Page, page } from '../../page.ts'
import type { Texts } from '../../texts/en.ts'
import type { SignInOptions } from '../door.ts'
import { EMPTY, joinHtml } from '../form.ts'
import { homeLink, requireSession, utcTime } from './account-page.ts'

/** Where the user is signed in, and ending it there. */
export const ownSessionRoutes: FastifyPluginAsync<SignInOptions> = async (door, options) => {
  const { db } = options

  door.get('/sessions', async (request, reply) => {
    const session = await requireSession(options, request, reply)
    return session ? sessionsPage(request.texts, session.id, await listOwnSessions(db, session)) : reply
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
    const session = await requireSession(options, request, reply)
    if (!session) return reply
    await work(session)
    return reply.redirect('/sessions', 303)
  }
}

function sessionsPage(texts: Texts, ownId: string, sessions: readonly OwnSession[]): Page {
  const { title, endOthers, unknown } = texts.sessions
  const others = html`<form method="post" action="/sessions/others/end"><button type="submit">${endOthers}</button></form>
<p class="hint">${unknown}</p>`
  return page(
    title,
    html`<h1>${title}</h1>
<ul class="cards">${joinHtml(sessions.map((one) => sessionItem(texts, one, one.id === ownId)))}</ul>
${sessions.length > 1 ? others : EMPTY}${homeLink(texts)}`,
  )
}

function sessionItem({ sessions }: Texts, session: OwnSession, isThis: boolean): Html {
  const { id, createdAt, lastSeenAt, sourceAddress, userAgent } = session
  const browser = browserOf(userAgent) ?? sessions.someBrowser
  const where = html`<strong>${browser}</strong>${sourceAddress === null ? '' : ` · ${sourceAddress}`}`
  const mark = isThis ? html` <span class="mark">${sessions.this}</span>` : EMPTY
  const label = sessions.endOf(browser, sourceAddress ?? '')
  const end = html`<form method="post" action="/sessions/${id}/end"><button class="quiet" type="submit" aria-label="${label}">${sessions.end}</button></form>`
  return html`<li>${where}${mark}
<p class="hint">${sessions.since(utcTime(createdAt))} · ${sessions.seen(utcTime(lastSeenAt))}</p>${isThis ? EMPTY : end}</li>`
}

/** Order matters: each of these says that it is also the next. */
const BROWSERS = [
  [/Edg\//, 'Edge'],
  [/Firefox\//, 'Firefox'],
  [/Chrome\//, 'Chrome'],
  [/Safari\//, 'Safari'],
] as const

function browserOf(userAgent: string | null): string | undefined {
  return BROWSERS.find(([pattern]) => pattern.test(userAgent ?? ''))?.[1]
}
