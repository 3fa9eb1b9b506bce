import type { FastifyReply, FastifyRequest } from 'fastify'
import type { UserSession } from '#sign-in/sessions/sessions.ts'
import { html, type Page, page } from '../../page.ts'
import type { Texts } from '../../texts/en.ts'
import { joinHtml } from '../form.ts'
import type { SignInServices } from '../services.ts'
import { homeLink, requireSession } from './account-page.ts'

export async function showProfile(services: SignInServices, request: FastifyRequest, reply: FastifyReply) {
  const session = await requireSession(services, request, reply)
  return session ? profilePage(request.texts, session) : reply
}

function profilePage(texts: Texts, { userName, profile: values }: UserSession): Page {
  const { profile } = texts
  const rows = Object.entries(profile.attributes).flatMap(([attribute, name]) => {
    const value = values[attribute]
    return value === undefined || value === '' ? [] : [html`<dt>${name}</dt><dd>${value}</dd>\n`]
  })
  return page(
    profile.title,
    html`<h1>${profile.title}</h1>
<dl>
<dt>${profile.userName}</dt><dd>${userName}</dd>
${joinHtml(rows)}</dl>
<p class="hint">${profile.comesFrom}</p>
${homeLink(texts)}`,
  )
}
