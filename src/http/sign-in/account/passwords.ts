import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { Invalid, Refused } from '#errors.ts'
import type { IdentityProvider } from '#identity-providers/identity-providers.ts'
import { getIdentityProvider } from '#identity-providers/identity-providers.ts'
import { auditContextOf } from '#sign-in/complete.ts'
import { passwordLinkMail } from '#sign-in/local/mail-texts.ts'
import { createResetLink, findPasswordLink, redeemPasswordLink } from '#sign-in/local/password-links.ts'
import {
  changePassword,
  findLocalUser,
  guessAccount,
  type LocalUser,
  passwordRule,
} from '#sign-in/local/passwords.ts'
import { countGuess, limitedGuess } from '#throttle/guesses.ts'
import { networkLimit, resetLimits } from '#throttle/limits.ts'
import { keepBrowserToken } from '../../known-browser.ts'
import { type Html, html, type Page, page } from '../../page.ts'
import type { Texts } from '../../texts/en.ts'
import { requestOrigin } from '../activity.ts'
import type { SignInOptions } from '../door.ts'
import { messagePage } from '../errors.ts'
import { requireProvider } from '../flow/provider-answer.ts'
import { formField, invalidMessage, problemBanner, requireOwnForm } from '../form.ts'
import { requireSession } from './account-page.ts'

type Query<Name extends string> = FastifyRequest<{ Querystring: Partial<Record<Name, string>> }>

/** Passwords of users whose identity provider is this service: forgotten, chosen by a link, changed. */
export const passwordRoutes: FastifyPluginAsync<SignInOptions> = async (door, options) => {
  const { db, mailer, publicUrl } = options
  const underWay = new Set<Promise<void>>()
  door.addHook('onClose', async () => void (await Promise.allSettled(underWay)))

  door.get('/sign-in/forgotten', async (request: Query<'idp'>) => {
    const { id, tenantId } = await requireProvider(options, String(request.query.idp), 'local')
    request.tenantId = tenantId
    return forgottenPage(request.texts, id)
  })

  door.post('/sign-in/forgotten', async (request) => {
    requireOwnForm(request)
    const { password } = request.texts
    if (!mailer) throw new Refused(password.noMail)
    const provider = await requireProvider(options, formField(request, 'idp'), 'local')
    request.tenantId = provider.tenantId
    const name = formField(request, 'name')
    const { sourceAddress, browserTokens } = requestOrigin(request)
    const user = await findLocalUser(db, provider, name, browserTokens)
    const from = { sourceAddress, browser: user?.browser }
    await countGuess(db, resetLimits(guessAccount(provider.id, name, user), from))
    // Whether there is such a user must show in nothing, and time is something: the work is done after the answer.
    const work = mailLink(provider, user, request).catch((err) =>
      request.log.warn({ err }, 'a link for a new password could not be sent'),
    )
    underWay.add(work)
    void work.finally(() => underWay.delete(work))
    return messagePage(password.look, password.lookText)
  })

  async function mailLink(
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
    await mailer?.send({
      to: user.email,
      ...passwordLinkMail(request.texts.language, { kind: 'reset', ...facts, url }),
    })
  }

  door.get('/sign-in/password', async (request: Query<'token'>) => {
    const token = String(request.query.token)
    const link = await findPasswordLink(db, token)
    request.tenantId = link.tenantId
    return choosePage(request.texts, token, link.userName, passwordRule(link))
  })

  door.post('/sign-in/password', async (request, reply) => {
    requireOwnForm(request)
    const token = formField(request, 'token')
    try {
      const origin = requestOrigin(request)
      const link = await limitedGuess(db, [networkLimit('request', origin)], () =>
        redeemPasswordLink(db, token, newPassword(request), origin),
      )
      if (!link) throw new Error('a link was neither used nor refused')
      request.tenantId = link.tenantId
      keepBrowserToken(request, reply, link.browserToken)
      const { texts } = request
      const onward = html`<a href="/sign-in/with/${link.idpId}">${texts.signIn}</a>`
      return messagePage(texts.password.isSet, onward)
    } catch (error) {
      if (!(error instanceof Invalid)) throw error
      const link = await findPasswordLink(db, token)
      request.tenantId = link.tenantId
      const problem = invalidMessage(error, request.texts)
      return reply
        .code(422)
        .send(choosePage(request.texts, token, link.userName, passwordRule(link), problem))
    }
  })

  door.get('/password', async (request, reply) => {
    const own = await ownAccount(request, reply)
    return own ? changePage(request.texts, own.session.userName, passwordRule(own.provider)) : reply
  })

  door.post('/password', async (request, reply) => {
    const own = await ownAccount(request, reply)
    if (!own) return reply
    const { session, provider } = own
    try {
      const browserToken = await changePassword(
        db,
        auditContextOf(session, session, requestOrigin(request)),
        provider,
        { userId: session.userId, userName: session.userName, sessionId: session.id },
        { current: formField(request, 'current'), password: newPassword(request) },
      )
      keepBrowserToken(request, reply, browserToken)
    } catch (error) {
      if (!(error instanceof Invalid)) throw error
      const retry = changePage(
        request.texts,
        session.userName,
        passwordRule(provider),
        invalidMessage(error, request.texts),
      )
      return reply.code(422).send(retry)
    }
    const { password, home } = request.texts
    return messagePage(password.isChanged, password.signedOutElsewhere, html`<a href="/">${home}</a>`)
  })

  async function ownAccount(request: FastifyRequest, reply: FastifyReply) {
    const session = await requireSession(options, request, reply)
    if (!session) return undefined
    const provider = await getIdentityProvider(db, session.tenantId, session.idpId)
    if (provider.type !== 'local') throw new Refused(request.texts.password.keptElsewhere(provider.name))
    return { session, provider }
  }
}

/** The token stands in the query, which no log holds. */
export function passwordLinkUrl(publicUrl: string, token: string): string {
  return `${publicUrl}/sign-in/password?token=${token}`
}

/** @throws {Invalid} typed twice, and not alike */
function newPassword(request: FastifyRequest): string {
  const password = formField(request, 'password')
  if (password !== formField(request, 'again')) throw new Invalid('password', 'was not typed alike twice')
  return password
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

type PasswordRuleContext = { readonly withFactor: boolean }

function newPasswordInputs({ password }: Texts, userName: string, { withFactor }: PasswordRuleContext): Html {
  return html`<input type="hidden" name="userName" value="${userName}" autocomplete="username">
<label for="password">${password.new}</label>
<p class="hint" id="hint">${password.rule(withFactor ? 8 : 15)}</p>
<input id="password" name="password" type="password" autocomplete="new-password" aria-describedby="hint" required>
<label for="again">${password.again}</label>
<input id="again" name="again" type="password" autocomplete="new-password" required>`
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
