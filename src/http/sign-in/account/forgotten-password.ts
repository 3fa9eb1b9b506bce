import type { FastifyRequest } from 'fastify'
import { Refused } from '#errors.ts'
import type { IdentityProvider } from '#identity-providers/identity-providers.ts'
import { passwordLinkMail } from '#sign-in/local/mail-texts.ts'
import { createResetLink } from '#sign-in/local/password-links.ts'
import { findLocalUser, guessAccount, type LocalUser } from '#sign-in/local/passwords.ts'
import { countGuess } from '#throttle/guesses.ts'
import { resetLimits } from '#throttle/limits.ts'
import { html, type Page, page } from '../../page.ts'
import type { Texts } from '../../texts/en.ts'
import { requestOrigin } from '../activity.ts'
import { messagePage } from '../errors.ts'
import { requireProvider } from '../flow/provider-answer.ts'
import { formField, requireOwnForm } from '../form.ts'
import { passwordLinkUrl } from '../password-link-url.ts'
import type { SignInServices } from '../services.ts'

type ForgottenRequest = FastifyRequest<{ Querystring: { idp?: string } }>

export async function showForgottenPassword(
  services: SignInServices,
  request: ForgottenRequest,
): Promise<Page> {
  const { id, tenantId } = await requireProvider(services, String(request.query.idp), 'local')
  request.tenantId = tenantId
  return forgottenPage(request.texts, id)
}

/** Sends a link to a new password. The answer is the same whether there is such a user or not. */
export async function requestPasswordLink(services: SignInServices, request: FastifyRequest): Promise<Page> {
  requireOwnForm(request)
  const { password } = request.texts
  if (!services.mailer) throw new Refused(password.noMail)
  const provider = await requireProvider(services, formField(request, 'idp'), 'local')
  request.tenantId = provider.tenantId
  const name = formField(request, 'name')
  const { sourceAddress, browserTokens } = requestOrigin(request)
  const user = await findLocalUser(services.db, provider, name, browserTokens)
  const from = { sourceAddress, browser: user?.browser }
  await countGuess(services.db, resetLimits(guessAccount(provider.id, name, user), from))
  // Mail is sent after the answer, so that the time of the answer doesn't show whether there is such a user.
  services.afterAnswer(
    mailLink(services, provider, user, request).catch((err) =>
      request.log.warn({ err }, 'the mail with the password link could not be sent'),
    ),
  )
  return messagePage(password.look, password.lookText)
}

async function mailLink(
  { db, mailer, publicUrl }: SignInServices,
  provider: IdentityProvider,
  user: LocalUser | undefined,
  request: FastifyRequest,
): Promise<void> {
  if (!user?.email) return
  const { requestId, sourceAddress } = requestOrigin(request)
  const actor = { type: 'system', name: 'forgotten password', requestId, sourceAddress } as const
  const auditContext = { tenantId: provider.tenantId, actor }
  const link = await createResetLink(db, auditContext, user.id, user.browser !== null)
  if (!link) return
  const { token, ...facts } = link
  const url = passwordLinkUrl(publicUrl(), token)
  const text = passwordLinkMail(request.texts.language, { kind: 'reset', ...facts, url })
  await mailer?.send({ to: user.email, ...text })
}

function forgottenPage({ password, local }: Texts, idpId: string): Page {
  return page(
    password.forgotten,
    html`<h1>${password.forgottenHeading}</h1>
<p>${password.forgottenText}</p>
<form method="post" action="/sign-in/forgotten">
<input type="hidden" name="idp" value="${idpId}">
<label for="name">${local.name}</label>
<input id="name" name="name" autocomplete="username" autocapitalize="none" spellcheck="false" maxlength="320" required autofocus>
<button type="submit">${password.sendLink}</button></form>`,
  )
}
