import type { FastifyReply, FastifyRequest } from 'fastify'
import {
  endOtherSessions,
  endOwnSession,
  listOwnSessions,
  type OwnSession,
} from '#sign-in/sessions/own-sessions.ts'
import { type Html, html, type Page, page } from '../../page.ts'
import type { Texts } from '../../texts/en.ts'
import { EMPTY, joinHtml } from '../form.ts'
import type { SignInServices } from '../services.ts'
import { homeLink, requireSession, utcTime } from './account-page.ts'

export async function showSessions(services: SignInServices, request: FastifyRequest, reply: FastifyReply) {
  const session = await requireSession(services, request, reply)
  if (!session) return reply
  return sessionsPage(request.texts, session.id, await listOwnSessions(services.db, session))
}

export async function endSessionsElsewhere(
  services: SignInServices,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const session = await requireSession(services, request, reply)
  if (!session) return reply
  await endOtherSessions(services.db, session)
  return reply.redirect('/sessions', 303)
}

export async function endOneSession(
  services: SignInServices,
  request: FastifyRequest<{ Params: { id: string } }>,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const session = await requireSession(services, request, reply)
  if (!session) return reply
  await endOwnSession(services.db, session, request.params.id)
  return reply.redirect('/sessions', 303)
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

/** In this order: the user agent of each also names the browsers that follow. */
const BROWSERS = [
  [/Edg\//, 'Edge'],
  [/Firefox\//, 'Firefox'],
  [/Chrome\//, 'Chrome'],
  [/Safari\//, 'Safari'],
] as const

function browserOf(userAgent: string | null): string | undefined {
  return BROWSERS.find(([pattern]) => pattern.test(userAgent ?? ''))?.[1]
}
