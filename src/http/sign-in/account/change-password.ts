import type { FastifyReply, FastifyRequest } from 'fastify'
import { Invalid, Refused } from '#errors.ts'
import { getIdentityProvider } from '#identity-providers/identity-providers.ts'
import { auditContextOf } from '#sign-in/complete.ts'
import { changePassword, passwordRule } from '#sign-in/local/passwords.ts'
import { keepBrowserToken } from '../../known-browser.ts'
import { html, type Page, page } from '../../page.ts'
import type { Texts } from '../../texts/en.ts'
import { requestOrigin } from '../activity.ts'
import { messagePage } from '../errors.ts'
import { formField, invalidMessage, problemBanner } from '../form.ts'
import type { SignInServices } from '../services.ts'
import { requireSession } from './account-page.ts'
import { newPasswordInputs, type PasswordRuleContext, readNewPassword } from './new-password-form.ts'

export async function showPasswordForm(
  services: SignInServices,
  request: FastifyRequest,
  reply: FastifyReply,
) {
  const account = await localAccount(services, request, reply)
  if (!account) return reply
  return changePage(request.texts, account.session.userName, passwordRule(account.provider))
}

export async function changeOwnPassword(
  services: SignInServices,
  request: FastifyRequest,
  reply: FastifyReply,
) {
  const account = await localAccount(services, request, reply)
  if (!account) return reply
  const { session, provider } = account
  const { texts } = request
  try {
    const browserToken = await changePassword(
      services.db,
      auditContextOf(session, session, requestOrigin(request)),
      provider,
      { userId: session.userId, userName: session.userName, sessionId: session.id },
      { current: formField(request, 'current'), password: readNewPassword(request) },
    )
    keepBrowserToken(request, reply, browserToken)
  } catch (error) {
    if (!(error instanceof Invalid)) throw error
    const problem = invalidMessage(error, texts)
    return reply.code(422).send(changePage(texts, session.userName, passwordRule(provider), problem))
  }
  const { password, home } = texts
  return messagePage(password.isChanged, password.signedOutElsewhere, html`<a href="/">${home}</a>`)
}

/** @returns undefined: nobody is signed in @throws {Refused} the identity provider keeps the user's password */
async function localAccount(services: SignInServices, request: FastifyRequest, reply: FastifyReply) {
  const session = await requireSession(services, request, reply)
  if (!session) return undefined
  const provider = await getIdentityProvider(services.db, session.tenantId, session.idpId)
  if (provider.type !== 'local') throw new Refused(request.texts.password.keptElsewhere(provider.name))
  return { session, provider }
}

function changePage(texts: Texts, userName: string, rule: PasswordRuleContext, problem?: string): Page {
  const { password } = texts
  return page(
    password.change,
    html`<h1>${password.change}</h1>
${problemBanner(problem)}<form method="post" action="/password">
<label for="current">${password.current}</label>
<input id="current" name="current" type="password" autocomplete="current-password" required autofocus>
${newPasswordInputs(texts, userName, rule)}
<button type="submit">${password.changeIt}</button></form>
<p><a href="/">${texts.home}</a></p>`,
  )
}
