import { Refused } from '#errors.ts'
import { beginAssertion } from '#factors/passkeys.ts'
import { attemptCeremony, factorOwner } from '#sign-in/factors/user-factors.ts'
import { type Html, html, type Page, page } from '../../page.ts'
import { EMPTY, problemBanner } from '../form.ts'
import {
  allowSource,
  chosenMethod,
  codeInput,
  isCodeSent,
  otherMethodLinks,
  passkeyForm,
  rememberCheckbox,
  type ShownMethod,
  sendCodeForm,
} from './factor-parts.ts'
import { codeAddress, maskedAddress, usableMethods } from './methods.ts'
import type { ScreenContext } from './screen-context.ts'

type ChallengeContext = ScreenContext<'challenge'>
type Retry = { readonly method: string; readonly problem: string }

/** Returns what the user can answer with: the allowed factors they have, and a recovery code. */
export function answerMethods(context: ChallengeContext): ShownMethod[] {
  const methods = usableMethods(context, context.user, context.step.methods)
  return context.user.recoveryCodes > 0 ? [...methods, 'recovery'] : methods
}

/** Asks for a second factor. @throws {Refused} none of the user's factors works here */
export async function challengeScreen(context: ChallengeContext, retry?: Retry): Promise<Page> {
  const { texts } = context.request
  const methods = answerMethods(context)
  const method = methods.find((one) => one === retry?.method) ?? chosenMethod(context, methods)
  if (method === undefined) throw new Refused(texts.factor.noneWorks)
  const part = await challengeForm(context, method, retry)
  return page(texts.factor.title, html`${part}${otherMethodLinks(texts, methods, method)}`)
}

async function challengeForm(
  context: ChallengeContext,
  method: ShownMethod,
  retry: Retry | undefined,
): Promise<Html> {
  if (method === 'passkey') return passkeySection(context, retry)
  if (method === 'recovery') return recoverySection(context, retry)
  const { factor } = context.request.texts
  if (method === 'totp') return codeForm(context, method, retry, factor.codeOfApp)
  const address = codeAddress(method, context.user, '') ?? ''
  const hint = maskedAddress(context.request.texts, method, address)
  if (!isCodeSent(context) && !retry)
    return html`<h1>${factor.heading}</h1>${replacedNote(context)}<p>${factor.canBeSent(hint)}</p>${sendCodeForm(method, factor.send)}`
  const form = codeForm(context, method, retry, factor.codeSentTo(hint))
  return html`${form}${sendCodeForm(method, factor.sendAnother, undefined, true)}`
}

function replacedNote({ step, request: { texts } }: ChallengeContext): Html {
  return step.replaces ? html`<p>${texts.factor.replaced}</p>` : EMPTY
}

/** A factor that is about to be replaced can't be remembered for later sign-ins. */
function rememberChoice(context: ChallengeContext): Html {
  return context.step.replaces ? EMPTY : rememberCheckbox(context)
}

function codeForm(
  context: ChallengeContext,
  method: ShownMethod,
  retry: Retry | undefined,
  label: string,
): Html {
  const { texts } = context.request
  return html`<h1>${texts.factor.heading}</h1>
${replacedNote(context)}${problemBanner(retry?.problem)}<form method="post" action="/sign-in/challenge" autocomplete="off">
<input type="hidden" name="method" value="${method}">
${codeInput(label, retry?.problem)}
${rememberChoice(context)}<button type="submit">${texts.continue}</button></form>`
}

function recoverySection(context: ChallengeContext, retry: Retry | undefined): Html {
  const { texts } = context.request
  const { factor } = texts
  return html`<h1>${factor.recoveryHeading}</h1>
${replacedNote(context)}<p>${factor.recoveryText}</p>
${problemBanner(retry?.problem)}<form method="post" action="/sign-in/challenge" autocomplete="off">
<input type="hidden" name="method" value="recovery">
<label for="code">${texts.methods.recovery}</label>
<input id="code" name="code" maxlength="40" autocomplete="off" autocapitalize="none" spellcheck="false" required autofocus>
<button type="submit">${texts.continue}</button></form>`
}

async function passkeySection(context: ChallengeContext, retry: Retry | undefined): Promise<Html> {
  const { attempt, user } = context
  const { texts } = context.request
  const { ceremonyId, options } = await beginAssertion(
    context,
    attempt.tenantId,
    attemptCeremony(attempt),
    factorOwner(user),
  )
  allowSource(context, "script-src 'self'")
  const form = passkeyForm({
    texts,
    action: '/sign-in/challenge',
    call: 'get',
    options,
    id: ceremonyId,
    button: texts.factor.usePasskey,
    more: rememberChoice(context),
  })
  return html`<h1>${texts.factor.heading}</h1>${replacedNote(context)}<p>${texts.factor.passkeyText}</p>${problemBanner(retry?.problem)}${form}`
}
