import type { FastifyReply, FastifyRequest } from 'fastify'
import { domainOfAddress } from '#identity-providers/domains/domain-proof.ts'
import { findProviderForAddress, hasLeadingDomain } from '#identity-providers/domains/email-domains.ts'
import { type Choices, listChoices, type ProviderChoice } from '#sign-in/choices.ts'
import { type Html, html, type Page, page } from '../../page.ts'
import type { Texts } from '../../texts/en.ts'
import { EMPTY, formField, invalidAttributes, joinHtml, problemBanner, requireOwnForm } from '../form.ts'
import type { SignInServices } from '../services.ts'
import { readLoginHint } from './login-hint.ts'
import { redirectByPage } from './redirect-page.ts'
import { readReturnTo } from './return-to.ts'

type ChooseRequest = FastifyRequest<{ Querystring: { tenant?: string; return_to?: string } }>

/** Lists the organization's identity providers. If there is only one, the browser goes there at once. */
export async function chooseProvider(services: SignInServices, request: ChooseRequest, reply: FastifyReply) {
  const { tenant, return_to } = request.query
  const slug = typeof tenant === 'string' ? tenant : undefined
  const context = await chooseContext(services, request, slug, return_to)
  const [only] = context.choices
  if (only && context.choices.length === 1) return reply.redirect(startUrl(only, context.returnTo), 303)
  return choosePage(context)
}

/** Sends the browser to the identity provider that the domain of an email address belongs to. */
export async function chooseByEmail(services: SignInServices, request: FastifyRequest, reply: FastifyReply) {
  requireOwnForm(request)
  const slug = formField(request, 'tenant') || undefined
  const context = await chooseContext(services, request, slug, formField(request, 'return_to'))
  const email = readLoginHint(formField(request, 'email'))
  const idpId = await findProviderForAddress(services.db, context.tenantId, email)
  const choice = context.choices.find(({ id }) => id === idpId)
  if (choice) {
    const url = `${startUrl(choice, context.returnTo)}&hint=${encodeURIComponent(email)}`
    return redirectByPage(url, request.texts.redirects.through(choice.name), reply)
  }
  const { unknown, notAnAddress } = request.texts.choose
  const problem = domainOfAddress(email) === undefined ? notAnAddress : unknown
  return reply.code(422).send(choosePage(context, { email, problem }))
}

/** @param slug short name of the tenant; undefined: the default tenant @throws {NotFound} */
async function chooseContext(
  { db }: SignInServices,
  request: FastifyRequest,
  slug: string | undefined,
  returnTo: unknown,
): Promise<ChooseContext> {
  const found = await listChoices(db, slug)
  request.tenantId = found.tenantId
  const asksEmail = found.choices.length > 0 && (await hasLeadingDomain(db, found.tenantId))
  return { ...found, slug, asksEmail, returnTo: readReturnTo(returnTo), texts: request.texts }
}

interface ChooseContext extends Choices {
  readonly slug: string | undefined
  readonly asksEmail: boolean
  readonly returnTo: string
  readonly texts: Texts
}

function startUrl({ id }: ProviderChoice, returnTo: string): string {
  return `/sign-in/with/${id}?${new URLSearchParams({ return_to: returnTo })}`
}

function choosePage(
  context: ChooseContext,
  retry?: { readonly email: string; readonly problem: string },
): Page {
  const { tenantName, choices, asksEmail, returnTo, texts } = context
  const { choose } = texts
  const links = choices.map(
    (choice) => html`<li><a class="choice" href="${startUrl(choice, returnTo)}">${choice.name}</a></li>`,
  )
  const list =
    choices.length === 0
      ? html`<p>${choose.none}</p>`
      : html`${asksEmail ? html`<h2>${choose.orChoose}</h2>` : html`<p>${choose.through}</p>`}<ul class="choices">${joinHtml(links)}</ul>`
  return page(
    texts.signIn,
    html`<h1>${choose.heading(tenantName)}</h1>
${problemBanner(retry?.problem)}${asksEmail ? emailForm(context, retry?.email) : EMPTY}${list}`,
  )
}

function emailForm(
  { slug = '', returnTo, texts: { choose } }: ChooseContext,
  email: string | undefined,
): Html {
  const invalid = invalidAttributes(email)
  return html`<form method="post" action="/sign-in/email">
<input type="hidden" name="tenant" value="${slug}">
<input type="hidden" name="return_to" value="${returnTo}">
<label for="email">${choose.email}</label>
<input id="email" name="email" type="email" value="${email ?? ''}" autocomplete="username" maxlength="320" required autofocus${invalid}>
<button type="submit">${choose.byEmail}</button></form>`
}
