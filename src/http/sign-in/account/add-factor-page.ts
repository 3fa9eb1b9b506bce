import { beginPasskey } from '#factors/passkeys.ts'
import { beginTotp, showTotp } from '#factors/totp.ts'
import { ceremoniesOfSession } from '#sign-in/factors/own-factors.ts'
import { holderOf } from '#sign-in/factors/user-factors.ts'
import { html, type Page, page } from '../../page.ts'
import { problemOf } from '../form.ts'
import { allow, codeInput, passkeyForm, totpPicture } from '../screens/factor-parts.ts'
import type { OwnScene } from './security.ts'
import { securityLink } from './security-page.ts'

interface Again {
  readonly problem: string
  readonly enrolmentId?: string
}

export async function addTotpPage(scene: OwnScene, again?: Again): Promise<Page> {
  const { session, request } = scene
  const { security, enrol, factor } = request.texts
  const place = [scene, session.tenantId, ceremoniesOfSession(session)] as const
  const enrolment = again?.enrolmentId
    ? await showTotp(...place, again.enrolmentId, session.userName)
    : await beginTotp(...place, session.userName)
  return page(
    security.addTotp,
    html`<h1>${security.addTotp}</h1>
<p>${enrol.appText}</p>
${await totpPicture(scene, enrolment)}${problemOf(again?.problem)}<form method="post" action="/security/totp" autocomplete="off">
<input type="hidden" name="id" value="${enrolment.enrolmentId}">
${codeInput(factor.sixDigits, again?.problem)}
<button type="submit">${enrol.setUp}</button></form>
${securityLink(request.texts)}`,
  )
}

/** @throws {Refused} passkeys cannot work here, or there are too many */
export async function addPasskeyPage(scene: OwnScene, again?: Again): Promise<Page> {
  const { session, request } = scene
  const { texts } = request
  const { security, enrol } = texts
  const { enrolmentId, options } = await beginPasskey(scene, session.tenantId, ceremoniesOfSession(session), {
    holder: holderOf(session),
    name: session.userName,
    displayName: session.profile.displayName ?? session.userName,
  })
  allow(scene, "script-src 'self'")
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
    button: enrol.makePasskey,
    more: name,
  })
  return page(
    security.addPasskey,
    html`<h1>${security.addPasskey}</h1>
<p>${enrol.passkeyText}</p>
${problemOf(again?.problem)}${form}
${securityLink(texts)}`,
  )
}
