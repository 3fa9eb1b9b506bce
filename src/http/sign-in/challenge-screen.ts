import { Refused } from '#errors.ts'
import { beginAssertion } from '#factors/passkeys.ts'
import { ceremoniesOf, holderOf } from '#sign-in/user-factors.ts'
import { type Html, html, page } from '../page.ts'
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
import { problemOf } from './form.ts'
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
export async function challengeScreen(scene: ChallengeScene, again?: Again): Promise<string> {
  const methods = answersOf(scene)
  const method = methods.find((one) => one === again?.method) ?? chosenOf(scene, methods)
  if (method === undefined)
    throw new Refused(
      'None of your second factors works here at the moment. Ask the people who administer accounts to reset your enrolment.',
    )
  const part = await partOf(scene, method, again)
  return page('Second factor', html`${part}${otherMethods(methods, method)}`)
}

async function partOf(scene: ChallengeScene, method: ShownMethod, again: Again | undefined): Promise<Html> {
  if (method === 'passkey') return passkeyPart(scene, again)
  if (method === 'recovery') return recoveryPart(again)
  if (method === 'totp')
    return codeForm(scene, method, again, 'The code that your authenticator app shows now')
  const address = addressFor(method, scene.person, '') ?? ''
  const hint = hintOf(method, address)
  if (!wasSent(scene) && !again)
    return html`<h1>One more step</h1><p>A code can be sent to ${hint}.</p>${sendForm(method, 'Send me a code')}`
  const form = codeForm(scene, method, again, `The code that was sent to ${hint}`)
  return html`${form}${sendForm(method, 'Send another code', undefined, true)}`
}

function codeForm(scene: ChallengeScene, method: ShownMethod, again: Again | undefined, label: string): Html {
  return html`<h1>One more step</h1>
${problemOf(again?.problem)}<form method="post" action="/sign-in/challenge" autocomplete="off">
<input type="hidden" name="method" value="${method}">
${codeInput({ label, problem: again?.problem })}
${rememberBox(scene)}<button type="submit">Continue</button></form>`
}

function recoveryPart(again: Again | undefined): Html {
  return html`<h1>Use a recovery code</h1>
<p>One of the ten that you were shown when you set up your second factor. Each works once.</p>
${problemOf(again?.problem)}<form method="post" action="/sign-in/challenge" autocomplete="off">
<input type="hidden" name="method" value="recovery">
<label for="code">Recovery code</label>
<input id="code" name="code" maxlength="40" autocomplete="off" autocapitalize="none" spellcheck="false" required autofocus>
<button type="submit">Continue</button></form>`
}

async function passkeyPart(scene: ChallengeScene, again: Again | undefined): Promise<Html> {
  const { attempt, person } = scene
  const { ceremonyId, options } = await beginAssertion(
    scene,
    attempt.tenantId,
    ceremoniesOf(attempt),
    holderOf(person),
  )
  allow(scene, "script-src 'self'")
  const form = passkeyForm({
    action: '/sign-in/challenge',
    call: 'get',
    options,
    id: ceremonyId,
    button: 'Use your passkey',
    more: rememberBox(scene),
  })
  return html`<h1>One more step</h1><p>Show the passkey that you made for this account.</p>${problemOf(again?.problem)}${form}`
}
