import type { MfaMethod } from '#identity-providers/settings.ts'
import type { UserFactors } from '#sign-in/factors/factor-list.ts'
import { requiresFactor } from '#sign-in/factors/own-factors.ts'
import { type Html, html, type Page, page } from '../../page.ts'
import type { Texts } from '../../texts/en.ts'
import { EMPTY, joinHtml } from '../form.ts'
import { maskedAddress, usableMethods } from '../screens/methods.ts'
import { homeLink, utcTime } from './account-page.ts'
import type { SecurityContext } from './security-context.ts'

/** A factor as the user sees it. */
interface FactorCard {
  /** Its name in forms. */
  readonly factor: string
  readonly method: MfaMethod
  readonly name: string
  readonly createdAt: Date
  /** Undefined when it isn't known. */
  readonly lastUsedAt?: Date | null
}

export function securityPage(context: SecurityContext, factors: UserFactors): Page {
  const { texts } = context.request
  const { security } = texts
  const cards = factorCards(context, factors)
  const list =
    cards.length === 0
      ? EMPTY
      : html`<ul class="cards">${joinHtml(cards.map((card) => factorItem(context, card, cards)))}</ul>`
  const rest = requiresFactor(context)
    ? html`<p>${security.text}</p>${list}${addFactorLinks(context, factors)}${recoverySection(texts, factors)}`
    : html`<p>${security.notAsked}</p>${list}`
  return page(security.title, html`<h1>${security.title}</h1>\n${rest}${homeLink(texts)}`)
}

function factorCards(
  { request: { texts }, user }: SecurityContext,
  { totp, passkeys, addresses }: UserFactors,
): FactorCard[] {
  const { methods } = texts
  return [
    ...(totp ? [{ factor: 'totp', method: 'totp' as const, name: methods.totp, ...totp }] : []),
    ...passkeys.map((one) => ({ ...one, factor: one.id, method: 'passkey' as const })),
    ...addresses.map(({ method, createdAt }) => {
      const address = method === 'email' ? user.profile.email : user.phone
      const where = address ? ` (${maskedAddress(texts, method, address)})` : ''
      return { factor: method, method, name: `${methods[method]}${where}`, createdAt }
    }),
  ]
}

function factorItem(
  { request: { texts }, policy, ...context }: SecurityContext,
  card: FactorCard,
  all: readonly FactorCard[],
): Html {
  const { security } = texts
  const isAllowed = (one: FactorCard) => policy.mfaMethods.includes(one.method)
  const isOnly = isAllowed(card) && all.filter(isAllowed).length === 1
  const used =
    card.lastUsedAt === undefined
      ? EMPTY
      : html` · ${card.lastUsedAt === null ? security.neverUsed : security.used(utcTime(card.lastUsedAt))}`
  const canRemove = requiresFactor({ policy, ...context }) && !isOnly
  const remove = html`<a class="quiet" href="/security/remove?factor=${card.factor}" aria-label="${security.removeOf(card.name)}">${security.remove}</a>`
  const note = isAllowed(card) ? (isOnly ? security.onlyOne : undefined) : security.notAllowed
  return html`<li><strong>${card.name}</strong>
<p class="hint">${security.added(utcTime(card.createdAt))}${used}</p>${note === undefined ? EMPTY : html`<p class="hint">${note}</p>`}${canRemove ? remove : EMPTY}</li>`
}

function addFactorLinks({ request, user, policy, ...context }: SecurityContext, { totp }: UserFactors): Html {
  const { security } = request.texts
  const methods = usableMethods(context, user, policy.mfaMethods)
  const links = [
    ...(methods.includes('totp') && !totp ? [link('/security/totp', security.addTotp)] : []),
    ...(methods.includes('passkey') ? [link('/security/passkey', security.addPasskey)] : []),
  ]
  if (links.length === 0) return EMPTY
  return html`<h2>${security.add}</h2><ul class="choices">${joinHtml(links)}</ul>`
}

function recoverySection({ security }: Texts, { recoveryCodes }: UserFactors): Html {
  return html`<h2>${security.recovery}</h2>
<p>${security.codesLeft(recoveryCodes)}</p>
<ul class="choices">${link('/security/recovery-codes', security.newCodes)}</ul>`
}

function link(href: string, text: string): Html {
  return html`<li><a class="choice" href="${href}">${text}</a></li>`
}

/** Asks for confirmation before a factor is removed. */
export function removalPage(context: SecurityContext, factors: UserFactors, factor: string): Page {
  const { texts } = context.request
  const { security } = texts
  const name = factorCards(context, factors).find((card) => card.factor === factor)?.name ?? ''
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
