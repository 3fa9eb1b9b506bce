import type { FastifyReply, FastifyRequest } from 'fastify'
import { Invalid } from '#errors.ts'
import { findPasswordLink, redeemPasswordLink } from '#sign-in/local/password-links.ts'
import { passwordRule } from '#sign-in/local/passwords.ts'
import { limitedGuess } from '#throttle/guesses.ts'
import { networkLimit } from '#throttle/limits.ts'
import { keepBrowserToken } from '../../known-browser.ts'
import { html, type Page, page } from '../../page.ts'
import type { Texts } from '../../texts/en.ts'
import { requestOrigin } from '../activity.ts'
import { messagePage } from '../errors.ts'
import { formField, invalidMessage, problemBanner, requireOwnForm } from '../form.ts'
import type { SignInServices } from '../services.ts'
import { newPasswordInputs, type PasswordRuleContext, readNewPassword } from './new-password-form.ts'

type LinkRequest = FastifyRequest<{ Querystring: { token?: string } }>

/** @throws {NotFound} the link is not valid (any more) */
export async function showPasswordLink(services: SignInServices, request: LinkRequest): Promise<Page> {
  return linkPage(services, request, String(request.query.token))
}

export async function setPasswordByLink(
  services: SignInServices,
  request: FastifyRequest,
  reply: FastifyReply,
) {
  requireOwnForm(request)
  const token = formField(request, 'token')
  try {
    const origin = requestOrigin(request)
    const link = await limitedGuess(services.db, [networkLimit('request', origin)], () =>
      redeemPasswordLink(services.db, token, readNewPassword(request), origin),
    )
    if (!link) throw new Error('the password link was neither used nor refused')
    request.tenantId = link.tenantId
    keepBrowserToken(request, reply, link.browserToken)
    const { texts } = request
    return messagePage(texts.password.isSet, html`<a href="/sign-in/with/${link.idpId}">${texts.signIn}</a>`)
  } catch (error) {
    if (!(error instanceof Invalid)) throw error
    return reply
      .code(422)
      .send(await linkPage(services, request, token, invalidMessage(error, request.texts)))
  }
}

async function linkPage(
  { db }: SignInServices,
  request: FastifyRequest,
  token: string,
  problem?: string,
): Promise<Page> {
  const link = await findPasswordLink(db, token)
  request.tenantId = link.tenantId
  return choosePage(request.texts, token, link.userName, passwordRule(link), problem)
}

function choosePage(
  texts: Texts,
  token: string,
  userName: string,
  rule: PasswordRuleContext,
  problem?: string,
): Page {
  const { password } = texts
  return page(
    password.choose,
    html`<h1>${password.choose}</h1>
<p>${password.forAccount(userName)}</p>
${problemBanner(problem)}<form method="post" action="/sign-in/password">
<input type="hidden" name="token" value="${token}">
${newPasswordInputs(texts, userName, rule)}
<button type="submit">${password.set}</button></form>`,
  )
}
