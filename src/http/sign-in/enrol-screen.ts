import { Refused } from '#errors.ts'
import { beginPasskey } from '#factors/passkeys.ts'
import { beginTotp, showTotp } from '#factors/totp.ts'
import type { CodeMethod } from '#sign-in/codes.ts'
import { ceremoniesOf, holderOf } from '#sign-in/user-factors.ts'
import { type Html, html, page } from '../page.ts'
import { qrCodeOf } from '../qr-code.ts'
import {
  allow,
  chosenOf,
  codeInput,
  otherMethods,
  passkeyForm,
  rememberBox,
  sendForm,
  wasSent,
} from './factor-parts.ts'
import { EMPTY, problemOf } from './form.ts'
import { addressFor, hintOf, usableMethods } from './methods.ts'
import type { Scene } from './scene.ts'

type EnrolScene = Scene<'enrol-factor'>

/** What was wrong with the try before, and the enrolment that goes on. */
export interface Again {
  readonly method: string
  readonly problem: string
  readonly enrolmentId?: string
}

/** The first factor of a person is set up. @throws {Refused} no allowed method can work */
export async function enrolScreen(scene: EnrolScene, again?: Again): Promise<string> {
  const methods = usableMethods(scene, scene.person, scene.step.methods)
  const method = methods.find((one) => one === again?.method) ?? chosenOf(scene, methods)
  if (method === undefined)
    throw new Refused(
      'Your organisation asks for a second factor, and none of its methods works for you here. Ask the people who administer accounts.',
    )
  const parts = { totp: totpPart, passkey: passkeyPart, email: codePart, phone: codePart }
  const part = await parts[method](scene, again, method as CodeMethod)
  return page('Set up your second factor', html`${part}${otherMethods(methods, method)}`)
}

async function totpPart(scene: EnrolScene, again: Again | undefined): Promise<Html> {
  const { attempt, person } = scene
  const place = [scene, attempt.tenantId, ceremoniesOf(attempt)] as const
  const enrolment = again?.enrolmentId
    ? await showTotp(...place, again.enrolmentId, person.userName)
    : await beginTotp(...place, person.userName)
  allow(scene, 'img-src data:')
  return html`<h1>Set up your authenticator app</h1>
<p>Your organisation asks for a second factor. Scan this with an authenticator app on your phone, then type the code that it shows.</p>
<img class="qr" width="200" height="200" alt="QR code for the authenticator app" src="${await qrCodeOf(enrolment.uri)}">
<details><summary>I cannot scan it</summary><p>Type this key into the app:</p><p class="secret"><code>${enrolment.secret.replace(/(.{4})(?=.)/g, '$1 ')}</code></p></details>
${problemOf(again?.problem)}<form method="post" action="/sign-in/enrol" autocomplete="off">
<input type="hidden" name="method" value="totp">
<input type="hidden" name="id" value="${enrolment.enrolmentId}">
${codeInput({ problem: again?.problem })}
${rememberBox(scene)}<button type="submit">Set up</button></form>`
}

async function passkeyPart(scene: EnrolScene, again: Again | undefined): Promise<Html> {
  const { attempt, person } = scene
  const { enrolmentId, options } = await beginPasskey(scene, attempt.tenantId, ceremoniesOf(attempt), {
    holder: holderOf(person),
    name: person.userName,
    displayName: person.profile.displayName ?? person.userName,
  })
  allow(scene, "script-src 'self'")
  const form = passkeyForm({
    action: '/sign-in/enrol',
    call: 'create',
    options,
    id: enrolmentId,
    button: 'Make a passkey',
    more: rememberBox(scene),
  })
  return html`<h1>Set up a passkey</h1>
<p>Your organisation asks for a second factor. A passkey is kept by this device or a security key, and asks for your finger, your face or a PIN.</p>
${problemOf(again?.problem)}${form}`
}

async function codePart(scene: EnrolScene, again: Again | undefined, method: CodeMethod): Promise<Html> {
  const { person } = scene
  const heading = method === 'email' ? 'Codes by e-mail' : 'Codes by text message'
  const known = addressFor(method, person, '')
  if (!wasSent(scene) && again?.enrolmentId === undefined)
    return html`<h1>${heading}</h1>
<p>Your organisation asks for a second factor. At each sign-in a code goes to ${known ? hintOf(method, known) : 'your phone'}.</p>
${problemOf(again?.problem)}${sendForm(method, 'Send me a code', known ? EMPTY : numberInput())}`
  return html`<h1>${heading}</h1>
<p>A code is on its way to ${known ? hintOf(method, known) : 'your phone'}. It is good for ${method === 'email' ? '60 seconds' : 'five minutes'}.</p>
${problemOf(again?.problem)}<form method="post" action="/sign-in/enrol">
<input type="hidden" name="method" value="${method}">
${codeInput({ problem: again?.problem })}
${rememberBox(scene)}<button type="submit">Set up</button></form>
${sendForm(method, 'Send another code', known ? EMPTY : numberInput(), true)}`
}

function numberInput(): Html {
  return html`<label for="number">Your phone number, with its country code</label>
<input id="number" name="number" type="tel" autocomplete="tel" placeholder="+81 90 1234 5678" maxlength="30" required>
`
}
