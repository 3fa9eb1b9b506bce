import { beginPasskey } from '#factors/passkeys.ts'
import { beginTotp, showTotp } from '#factors/totp.ts'
import { sessionCeremony } from '#sign-in/factors/own-factors.ts'
import { factorOwner } from '#sign-in/factors/user-factors.ts'
import { html, type Page, page } from '../../page.ts'
import { problemBanner } from '../form.ts'
import { allowSource, codeInput, passkeyForm, totpPicture } from '../screens/factor-parts.ts'
import type { SecurityContext } from './security-context.ts'
import { securityLink } from './security-page.ts'

interface Retry {
  readonly problem: string
  readonly enrolmentId?: string
}

export async function addTotpPage(context: SecurityContext, retry?: Retry): Promise<Page> {
  const { session, request } = context
  const { security, enroll, factor } = request.texts
  const place = [context, session.tenantId, sessionCeremony(session)] as const
  const enrollment = retry?.enrolmentId
    ? await showTotp(...place, retry.enrolmentId, session.userName)
    : await beginTotp(...place, session.userName)
  return page(
    security.addTotp,
    html`<h1>${security.addTotp}</h1>
<p>${enroll.appText}</p>
${await totpPicture(context, enrollment)}${problemBanner(retry?.problem)}<form method="post" action="/security/totp" autocomplete="off">
<input type="hidden" name="id" value="${enrollment.enrolmentId}">
${codeInput(factor.sixDigits, retry?.problem)}
<button type="submit">${enroll.setUp}</button></form>
${securityLink(request.texts)}`,
  )
}

/** @throws {Refused} passkeys can't work here, or the user has too many */
export async function addPasskeyPage(context: SecurityContext, retry?: Retry): Promise<Page> {
  const { session, request } = context
  const { texts } = request
  const { security, enroll } = texts
  const { enrolmentId, options } = await beginPasskey(context, session.tenantId, sessionCeremony(session), {
    holder: factorOwner(session),
    name: session.userName,
    displayName: session.profile.displayName ?? session.userName,
  })
  allowSource(context, "script-src 'self'")
  const name = html`<label for="name">${security.passkeyName}</label>
<p class="hint" id="hint">${security.passkeyNameHint}</p>
<input id="name" name="name" maxlength="60" autocomplete="off" aria-describedby="hint" required autofocus>
`
  const form = passkeyForm({
    texts,
    action: '/security/passkey',
    call: 'create',
    options,
    id: enrolmentId,
    button: enroll.makePasskey,
    more: name,
  })
  return page(
    security.addPasskey,
    html`<h1>${security.addPasskey}</h1>
<p>${enroll.passkeyText}</p>
${problemBanner(retry?.problem)}${form}
${securityLink(texts)}`,
  )
}
