import { Refused } from '#errors.ts'
import { beginAssertion } from '#factors/passkeys.ts'
import { ceremoniesOf, holderOf } from '#sign-in/factors/user-factors.ts'
import { type Html, html, type Page, page } from '../../page.ts'
import { EMPTY, problemOf } from '../form.ts'
import {
  allow,
  chosenOf,
  codeInput,
  otherMethods,
  passkeyForm,
  rememberBox,
  type ShownMethod,
  sendForm,
  wasSent,
} from './factor-parts.ts'
import { addressFor, hintOf, usableMethods } from './methods.ts'
import type { Scene } from './scene.ts'

type ChallengeScene = Scene<'challenge'>
type Again = { readonly method: string; readonly problem: string }

/** What may be answered: the allowed factors that the person has, and a recovery code. */
export function answersOf(scene: ChallengeScene): ShownMethod[] {
  const methods = usableMethods(scene, scene.person, scene.step.methods)
  return scene.person.recoveryCodes > 0 ? [...methods, 'recovery'] : methods
}

/** A factor is asked for. @throws {Refused} none can be shown */
export async function challengeScreen(scene: ChallengeScene, again?: Again): Promise<Page> {
  const { texts } = scene.request
  const methods = answersOf(scene)
  const method = methods.find((one) => one === again?.method) ?? chosenOf(scene, methods)
  if (method === undefined) throw new Refused(texts.factor.noneWorks)
  const part = await partOf(scene, method, again)
  return page(texts.factor.title, html`${part}${otherMethods(texts, methods, method)}`)
}

async function partOf(scene: ChallengeScene, method: ShownMethod, again: Again | undefined): Promise<Html> {
  if (method === 'passkey') return passkeyPart(scene, again)
  if (method === 'recovery') return recoveryPart(scene, again)
  const { factor } = scene.request.texts
  if (method === 'totp') return codeForm(scene, method, again, factor.codeOfApp)
  const address = addressFor(method, scene.person, '') ?? ''
  const hint = hintOf(scene.request.texts, method, address)
  if (!wasSent(scene) && !again)
    return html`<h1>${factor.heading}</h1>${replacedNote(scene)}<p>${factor.canBeSent(hint)}</p>${sendForm(method, factor.send)}`
  const form = codeForm(scene, method, again, factor.codeSentTo(hint))
  return html`${form}${sendForm(method, factor.sendAnother, undefined, true)}`
}

function replacedNote({ step, request: { texts } }: ChallengeScene): Html {
  return step.replaces ? html`<p>${texts.factor.replaced}</p>` : EMPTY
}

/** A factor that is about to be replaced spares the user no later challenge. */
function rememberChoice(scene: ChallengeScene): Html {
  return scene.step.replaces ? EMPTY : rememberBox(scene)
}

function codeForm(scene: ChallengeScene, method: ShownMethod, again: Again | undefined, label: string): Html {
  const { texts } = scene.request
  return html`<h1>${texts.factor.heading}</h1>
${replacedNote(scene)}${problemOf(again?.problem)}<form method="post" action="/sign-in/challenge" autocomplete="off">
<input type="hidden" name="method" value="${method}">
${codeInput(label, again?.problem)}
${rememberChoice(scene)}<button type="submit">${texts.continue}</button></form>`
}

function recoveryPart(scene: ChallengeScene, again: Again | undefined): Html {
  const { texts } = scene.request
  const { factor } = texts
  return html`<h1>${factor.recoveryHeading}</h1>
${replacedNote(scene)}<p>${factor.recoveryText}</p>
${problemOf(again?.problem)}<form method="post" action="/sign-in/challenge" autocomplete="off">
<input type="hidden" name="method" value="recovery">
<label for="code">${texts.methods.recovery}</label>
<input id="code" name="code" maxlength="40" autocomplete="off" autocapitalize="none" spellcheck="false" required autofocus>
<button type="submit">${texts.continue}</button></form>`
}

async function passkeyPart(scene: ChallengeScene, again: Again | undefined): Promise<Html> {
  const { attempt, person } = scene
  const { texts } = scene.request
  const { ceremonyId, options } = await beginAssertion(
    scene,
    attempt.tenantId,
    ceremoniesOf(attempt),
    holderOf(person),
  )
  allow(scene, "script-src 'self'")
  const form = passkeyForm({
    texts,
    action: '/sign-in/challenge',
    call: 'get',
    options,
    id: ceremonyId,
    button: texts.factor.usePasskey,
    more: rememberChoice(scene),
  })
  return html`<h1>${texts.factor.heading}</h1>${replacedNote(scene)}<p>${texts.factor.passkeyText}</p>${problemOf(again?.problem)}${form}`
}
