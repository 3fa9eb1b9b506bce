// The user's home page. Applications come first, because that is what users come for.
import type { AccessibleApplication } from '#access/accessible-applications.ts'
import type { UserSession } from '#sign-in/sessions/sessions.ts'
import { type Html, html, type Page, page } from '../../page.ts'
import type { Texts } from '../../texts/en.ts'
import { joinHtml } from '../form.ts'

/** @param hasPassword the user has a password here, which they can change */
export function homePage(
  texts: Texts,
  session: UserSession,
  applications: readonly AccessibleApplication[],
  hasPassword: boolean,
): Page {
  const { portal, profile, security, sessions, password } = texts
  const links = [
    accountLink('/profile', profile.title, profile.link),
    accountLink('/security', security.title, security.link),
    ...(hasPassword ? [accountLink('/password', password.change, '')] : []),
    accountLink('/sessions', sessions.title, sessions.link),
  ]
  return page(
    portal.applications,
    html`<h1>${portal.welcome(session.profile.displayName ?? session.userName)}</h1>
<h2>${portal.applications}</h2>
${applicationList(texts, applications)}
<h2>${portal.account}</h2>
<ul class="choices">${joinHtml(links)}</ul>
<form method="post" action="/sign-out"><button class="quiet" type="submit">${portal.signOut}</button></form>`,
  )
}

function applicationList({ portal }: Texts, applications: readonly AccessibleApplication[]): Html {
  if (applications.length === 0) return html`<p>${portal.noApplication}</p>`
  const items = applications.map(
    ({ name, origin }) => html`<li><a class="choice" href="${origin}/">${name}</a></li>`,
  )
  return html`<ul class="choices">${joinHtml(items)}</ul>`
}

function accountLink(href: string, title: string, about: string): Html {
  const hint = about === '' ? undefined : html`<span class="hint">${about}</span>`
  return html`<li><a class="choice" href="${href}">${title}${hint}</a></li>`
}
