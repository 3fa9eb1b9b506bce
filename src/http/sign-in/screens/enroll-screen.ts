import { Refused } from '#errors.ts'
import { beginPasskey } from '#factors/passkeys.ts'
import { beginTotp, showTotp } from '#factors/totp.ts'
import type { CodeMethod } from '#sign-in/factors/codes.ts'
import { attemptCeremony, factorOwner } from '#sign-in/factors/user-factors.ts'
import { type Html, html, type Page, page } from '../../page.ts'
import type { Texts } from '../../texts/en.ts'
import { EMPTY, problemBanner } from '../form.ts'
import {
  allowSource,
  chosenMethod,
  codeInput,
  isCodeSent,
  otherMethodLinks,
  passkeyForm,
  rememberCheckbox,
  sendCodeForm,
  totpPicture,
} from './factor-parts.ts'
import { codeAddress, maskedAddress, usableMethods } from './methods.ts'
import type { ScreenContext } from './screen-context.ts'

type EnrollContext = ScreenContext<'enroll-factor'>

/** What was wrong with the last attempt, and the enrollment that it belongs to. */
export interface Retry {
  readonly method: string
  readonly problem: string
  readonly enrolmentId?: string
}

/** Sets up the user's first factor. @throws {Refused} no allowed method works here */
export async function enrollScreen(context: EnrollContext, retry?: Retry): Promise<Page> {
  const { texts } = context.request
  const methods = usableMethods(context, context.user, context.step.methods)
  const method = methods.find((one) => one === retry?.method) ?? chosenMethod(context, methods)
  if (method === undefined) throw new Refused(texts.enroll.noneWorks)
  const parts = { totp: totpSection, passkey: passkeySection, email: codeSection, phone: codeSection }
  const part = await parts[method](context, retry, method as CodeMethod)
  return page(texts.enroll.title, html`${part}${otherMethodLinks(texts, methods, method)}`)
}

async function totpSection(context: EnrollContext, retry: Retry | undefined): Promise<Html> {
  const { attempt, user } = context
  const place = [context, attempt.tenantId, attemptCeremony(attempt)] as const
  const enrollment = retry?.enrolmentId
    ? await showTotp(...place, retry.enrolmentId, user.userName)
    : await beginTotp(...place, user.userName)
  const { texts } = context.request
  return html`<h1>${texts.enroll.app}</h1>
<p>${texts.enroll.asked} ${texts.enroll.appText}</p>
${await totpPicture(context, enrollment)}${problemBanner(retry?.problem)}<form method="post" action="/sign-in/enroll" autocomplete="off">
<input type="hidden" name="method" value="totp">
<input type="hidden" name="id" value="${enrollment.enrolmentId}">
${codeInput(texts.factor.sixDigits, retry?.problem)}
${rememberCheckbox(context)}<button type="submit">${texts.enroll.setUp}</button></form>`
}

async function passkeySection(context: EnrollContext, retry: Retry | undefined): Promise<Html> {
  const { texts } = context.request
  const { attempt, user } = context
  const { enrolmentId, options } = await beginPasskey(context, attempt.tenantId, attemptCeremony(attempt), {
    holder: factorOwner(user),
    name: user.userName,
    displayName: user.profile.displayName ?? user.userName,
  })
  allowSource(context, "script-src 'self'")
  const form = passkeyForm({
    texts,
    action: '/sign-in/enroll',
    call: 'create',
    options,
    id: enrolmentId,
    button: texts.enroll.makePasskey,
    more: rememberCheckbox(context),
  })
  return html`<h1>${texts.enroll.passkey}</h1>
<p>${texts.enroll.asked} ${texts.enroll.passkeyText}</p>
${problemBanner(retry?.problem)}${form}`
}

async function codeSection(
  context: EnrollContext,
  retry: Retry | undefined,
  method: CodeMethod,
): Promise<Html> {
  const { user } = context
  const { texts } = context.request
  const { enroll, factor } = texts
  const heading = enroll[method]
  const known = codeAddress(method, user, '')
  const hint = known ? maskedAddress(texts, method, known) : enroll.yourPhone
  if (!isCodeSent(context) && retry?.enrolmentId === undefined)
    return html`<h1>${heading}</h1>
<p>${enroll.asked} ${enroll.codeGoesTo(hint)}</p>
${problemBanner(retry?.problem)}${sendCodeForm(method, factor.send, known ? EMPTY : numberInput(texts))}`
  return html`<h1>${heading}</h1>
<p>${enroll.codeOnItsWay(hint)} ${enroll.goodFor[method]}</p>
${problemBanner(retry?.problem)}<form method="post" action="/sign-in/enroll">
<input type="hidden" name="method" value="${method}">
${codeInput(texts.factor.sixDigits, retry?.problem)}
${rememberCheckbox(context)}<button type="submit">${texts.enroll.setUp}</button></form>
${sendCodeForm(method, factor.sendAnother, known ? EMPTY : numberInput(texts), true)}`
}

function numberInput({ enroll }: Texts): Html {
  return html`<label for="number">${enroll.number}</label>
<input id="number" name="number" type="tel" autocomplete="tel" placeholder="+81 90 1234 5678" maxlength="30" required>
`
}
