import type { MfaMethod } from '#identity-providers/settings.ts'
import type { UserFactors } from '#sign-in/factors/factor-list.ts'
import { asksForFactors } from '#sign-in/factors/own-factors.ts'
import { type Html, html, type Page, page } from '../../page.ts'
import type { Texts } from '../../texts/en.ts'
import { EMPTY, joined } from '../form.ts'
import { hintOf, usableMethods } from '../screens/methods.ts'
import { homeLink, utc } from './own-page.ts'
import type { OwnScene } from './security.ts'

/** A factor as its person sees it. */
interface Card {
  /** As the forms name it. */
  readonly factor: string
  readonly method: MfaMethod
  readonly name: string
  readonly createdAt: Date
  /** Undefined where it is not known. */
  readonly lastUsedAt?: Date | null
}

export function securityPage(scene: OwnScene, factors: UserFactors): Page {
  const { texts } = scene.request
  const { security } = texts
  const cards = cardsOf(scene, factors)
  const list =
    cards.length === 0
      ? EMPTY
      : html`<ul class="cards">${joined(cards.map((card) => item(scene, card, cards)))}</ul>`
  const rest = asksForFactors(scene)
    ? html`<p>${security.text}</p>${list}${additions(scene, factors)}${recovery(texts, factors)}`
    : html`<p>${security.notAsked}</p>${list}`
  return page(security.title, html`<h1>${security.title}</h1>\n${rest}${homeLink(texts)}`)
}

function cardsOf(
  { request: { texts }, person }: OwnScene,
  { totp, passkeys, addresses }: UserFactors,
): Card[] {
  const { methods } = texts
  return [
    ...(totp ? [{ factor: 'totp', method: 'totp' as const, name: methods.totp, ...totp }] : []),
    ...passkeys.map((one) => ({ ...one, factor: one.id, method: 'passkey' as const })),
    ...addresses.map(({ method, createdAt }) => {
      const address = method === 'email' ? person.profile.email : person.phone
      const where = address ? ` (${hintOf(texts, method, address)})` : ''
      return { factor: method, method, name: `${methods[method]}${where}`, createdAt }
    }),
  ]
}

function item({ request: { texts }, policy, ...scene }: OwnScene, card: Card, all: readonly Card[]): Html {
  const { security } = texts
  const isAllowed = (one: Card) => policy.mfaMethods.includes(one.method)
  const isOnly = isAllowed(card) && all.filter(isAllowed).length === 1
  const used =
    card.lastUsedAt === undefined
      ? EMPTY
      : html` · ${card.lastUsedAt === null ? security.neverUsed : security.used(utc(card.lastUsedAt))}`
  const canRemove = asksForFactors({ policy, ...scene }) && !isOnly
  const remove = html`<a class="quiet" href="/security/remove?factor=${card.factor}" aria-label="${security.removeOf(card.name)}">${security.remove}</a>`
  const note = isAllowed(card) ? (isOnly ? security.onlyOne : undefined) : security.notAllowed
  return html`<li><strong>${card.name}</strong>
<p class="hint">${security.added(utc(card.createdAt))}${used}</p>${note === undefined ? EMPTY : html`<p class="hint">${note}</p>`}${canRemove ? remove : EMPTY}</li>`
}

function additions({ request, person, policy, ...scene }: OwnScene, { totp }: UserFactors): Html {
  const { security } = request.texts
  const methods = usableMethods(scene, person, policy.mfaMethods)
  const links = [
    ...(methods.includes('totp') && !totp ? [link('/security/totp', security.addTotp)] : []),
    ...(methods.includes('passkey') ? [link('/security/passkey', security.addPasskey)] : []),
  ]
  if (links.length === 0) return EMPTY
  return html`<h2>${security.add}</h2><ul class="choices">${joined(links)}</ul>`
}

function recovery({ security }: Texts, { recoveryCodes }: UserFactors): Html {
  return html`<h2>${security.recovery}</h2>
<p>${security.codesLeft(recoveryCodes)}</p>
<ul class="choices">${link('/security/recovery-codes', security.newCodes)}</ul>`
}

function link(href: string, text: string): Html {
  return html`<li><a class="choice" href="${href}">${text}</a></li>`
}

/** Asked once more before it goes. */
export function removalPage(scene: OwnScene, factors: UserFactors, factor: string): Page {
  const { texts } = scene.request
  const { security } = texts
  const name = cardsOf(scene, factors).find((card) => card.factor === factor)?.name ?? ''
  return page(
    security.removeTitle(name),
    html`<h1>${security.removeTitle(name)}</h1>
<p>${security.removeText}</p>
<form method="post" action="/security/remove">
<input type="hidden" name="factor" value="${factor}">
<button type="submit">${security.remove}</button></form>
${securityLink(texts)}`,
  )
}

export function renewalPage(texts: Texts): Page {
  const { security } = texts
  return page(
    security.newCodes,
    html`<h1>${security.newCodes}</h1>
<p>${security.newCodesText}</p>
<form method="post" action="/security/recovery-codes"><button type="submit">${security.newCodes}</button></form>
${securityLink(texts)}`,
  )
}

export function securityLink({ portal }: Texts): Html {
  return html`<p class="back"><a href="/security">${portal.back}</a></p>`
}
