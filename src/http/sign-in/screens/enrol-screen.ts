import { Refused } from '#errors.ts'
import { beginPasskey } from '#factors/passkeys.ts'
import { beginTotp, showTotp } from '#factors/totp.ts'
import type { CodeMethod } from '#sign-in/factors/codes.ts'
import { ceremoniesOf, holderOf } from '#sign-in/factors/user-factors.ts'
import { type Html, html, type Page, page } from '../../page.ts'
import type { Texts } from '../../texts/en.ts'
import { EMPTY, problemOf } from '../form.ts'
import {
  allow,
  chosenOf,
  codeInput,
  otherMethods,
  passkeyForm,
  rememberBox,
  sendForm,
  totpPicture,
  wasSent,
} from './factor-parts.ts'
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
export async function enrolScreen(scene: EnrolScene, again?: Again): Promise<Page> {
  const { texts } = scene.request
  const methods = usableMethods(scene, scene.person, scene.step.methods)
  const method = methods.find((one) => one === again?.method) ?? chosenOf(scene, methods)
  if (method === undefined) throw new Refused(texts.enrol.noneWorks)
  const parts = { totp: totpPart, passkey: passkeyPart, email: codePart, phone: codePart }
  const part = await parts[method](scene, again, method as CodeMethod)
  return page(texts.enrol.title, html`${part}${otherMethods(texts, methods, method)}`)
}

async function totpPart(scene: EnrolScene, again: Again | undefined): Promise<Html> {
  const { attempt, person } = scene
  const place = [scene, attempt.tenantId, ceremoniesOf(attempt)] as const
  const enrolment = again?.enrolmentId
    ? await showTotp(...place, again.enrolmentId, person.userName)
    : await beginTotp(...place, person.userName)
  const { texts } = scene.request
  return html`<h1>${texts.enrol.app}</h1>
<p>${texts.enrol.asked} ${texts.enrol.appText}</p>
${await totpPicture(scene, enrolment)}${problemOf(again?.problem)}<form method="post" action="/sign-in/enrol" autocomplete="off">
<input type="hidden" name="method" value="totp">
<input type="hidden" name="id" value="${enrolment.enrolmentId}">
${codeInput(texts.factor.sixDigits, again?.problem)}
${rememberBox(scene)}<button type="submit">${texts.enrol.setUp}</button></form>`
}

async function passkeyPart(scene: EnrolScene, again: Again | undefined): Promise<Html> {
  const { texts } = scene.request
  const { attempt, person } = scene
  const { enrolmentId, options } = await beginPasskey(scene, attempt.tenantId, ceremoniesOf(attempt), {
    holder: holderOf(person),
    name: person.userName,
    displayName: person.profile.displayName ?? person.userName,
  })
  allow(scene, "script-src 'self'")
  const form = passkeyForm({
    texts,
    action: '/sign-in/enrol',
    call: 'create',
    options,
    id: enrolmentId,
    button: texts.enrol.makePasskey,
    more: rememberBox(scene),
  })
  return html`<h1>${texts.enrol.passkey}</h1>
<p>${texts.enrol.asked} ${texts.enrol.passkeyText}</p>
${problemOf(again?.problem)}${form}`
}

async function codePart(scene: EnrolScene, again: Again | undefined, method: CodeMethod): Promise<Html> {
  const { person } = scene
  const { texts } = scene.request
  const { enrol, factor } = texts
  const heading = enrol[method]
  const known = addressFor(method, person, '')
  const hint = known ? hintOf(texts, method, known) : enrol.yourPhone
  if (!wasSent(scene) && again?.enrolmentId === undefined)
    return html`<h1>${heading}</h1>
<p>${enrol.asked} ${enrol.codeGoesTo(hint)}</p>
${problemOf(again?.problem)}${sendForm(method, factor.send, known ? EMPTY : numberInput(texts))}`
  return html`<h1>${heading}</h1>
<p>${enrol.codeOnItsWay(hint)} ${enrol.goodFor[method]}</p>
${problemOf(again?.problem)}<form method="post" action="/sign-in/enrol">
<input type="hidden" name="method" value="${method}">
${codeInput(texts.factor.sixDigits, again?.problem)}
${rememberBox(scene)}<button type="submit">${texts.enrol.setUp}</button></form>
${sendForm(method, factor.sendAnother, known ? EMPTY : numberInput(texts), true)}`
}

function numberInput({ enrol }: Texts): Html {
  return html`<label for="number">${enrol.number}</label>
<input id="number" name="number" type="tel" autocomplete="tel" placeholder="+81 90 1234 5678" maxlength="30" required>
`
}
