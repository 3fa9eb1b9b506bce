// The page of a person who is signed in: applications first, because that is what they came for.
import type { ReachableApplication } from '#access/reachable.ts'
import type { OwnSession } from '#sign-in/own-sessions.ts'
import type { UserSession } from '#sign-in/sessions.ts'
import { type Html, html, page } from '../page.ts'

const ATTRIBUTES: Record<string, string> = {
  displayName: 'Name',
  email: 'Email',
  phoneNumber: 'Phone',
  title: 'Title',
  department: 'Department',
  manager: 'Manager',
  employeeNumber: 'Employee number',
  personalDesktop: 'Personal desktop',
}

export function homePage(
  tenantName: string,
  session: UserSession,
  applications: readonly ReachableApplication[],
  sessions: readonly OwnSession[],
): string {
  return page(
    tenantName,
    html`<p>${tenantName}</p>
<h1>Welcome, ${session.profile.displayName ?? session.userName}</h1>
<h2>Applications</h2>
${applicationList(applications)}
<h2>Profile</h2>
<dl>
<dt>User name</dt><dd>${session.userName}</dd>
${profileList(session.profile)}</dl>
<p class="hint">It comes from your organisation; whoever keeps its directory can change it.</p>
<h2>Where you are signed in</h2>
<ul>${joined(sessions.map((one) => sessionItem(one, one.id === session.id)))}</ul>
${sessions.length > 1 ? html`<form method="post" action="/sessions/others/end"><button type="submit">Sign out everywhere else</button></form>` : undefined}
<form method="post" action="/sign-out"><button type="submit">Sign out</button></form>`,
  )
}

function applicationList(applications: readonly ReachableApplication[]): Html {
  if (applications.length === 0)
    return html`<p>No application is open to you yet. An administrator gives you access, usually by a group.</p>`
  const items = applications.map(
    ({ name, origin }) => html`<li><a class="choice" href="${origin}/">${name}</a></li>`,
  )
  return html`<ul class="choices">${joined(items)}</ul>`
}

function profileList(profile: UserSession['profile']): Html {
  const rows = Object.entries(ATTRIBUTES).flatMap(([attribute, name]) => {
    const value = profile[attribute]
    return value === undefined || value === '' ? [] : [html`<dt>${name}</dt><dd>${value}</dd>\n`]
  })
  return joined(rows)
}

function sessionItem({ id, createdAt, sourceAddress, userAgent }: OwnSession, isThis: boolean): Html {
  const since = html`since <time datetime="${createdAt.toISOString()}">${utc(createdAt)}</time>`
  const where = html`${browserOf(userAgent)}${sourceAddress === null ? '' : `, ${sourceAddress}`}, ${since}`
  if (isThis) return html`<li>${where} <strong>(this one)</strong></li>`
  return html`<li>${where}
<form method="post" action="/sessions/${id}/end"><button type="submit">End this session</button></form></li>`
}

/** Order matters: each of these says that it is also the next. */
const BROWSERS = [
  [/Edg\//, 'Edge'],
  [/Firefox\//, 'Firefox'],
  [/Chrome\//, 'Chrome'],
  [/Safari\//, 'Safari'],
] as const

function browserOf(userAgent: string | null): string {
  return BROWSERS.find(([pattern]) => pattern.test(userAgent ?? ''))?.[1] ?? 'A browser'
}

/** Without a script nobody knows the reader's zone. */
function utc(at: Date): string {
  return `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`
}

function joined(parts: readonly Html[]): Html {
  return parts.reduce<Html>((all, one) => html`${all}${one}`, html``)
}
