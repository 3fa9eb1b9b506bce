import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import { Unauthenticated } from '#errors.ts'
import type { IdentityProvider } from '#identity-providers/identity-providers.ts'
import { type Attempt, findAttempt } from '#sign-in/attempts.ts'
import { signInByPassword } from '#sign-in/local/password-sign-in.ts'
import { html, type Page, page } from '../../page.ts'
import type { Texts } from '../../texts/en.ts'
import { recordFailedProof, requestOrigin } from '../activity.ts'
import { readCookie, writeCookie } from '../cookies.ts'
import type { SignInOptions } from '../door.ts'
import { EMPTY, formField, invalidAttributes, localized, problemBanner, requireOwnForm } from '../form.ts'
import { readLoginHint } from './login-hint.ts'
import { requireProvider } from './provider-answer.ts'
import type { StartSignIn } from './start.ts'

const FORM = '/sign-in/local'
/** An answer to a name that is too long would tell nothing, and cost. */
const NAME_CHARACTERS = 320

const AUTOFOCUS = html` autofocus`

type FormRequest = FastifyRequest<{ Querystring: { hint?: string } }>

export const startLocal: StartSignIn = async ({ hint, reply }) =>
  reply.redirect(hint === undefined ? FORM : `${FORM}?${new URLSearchParams({ hint })}`, 303)

/** Signing in by a password, for users whose identity provider is this service. */
export const localRoutes: FastifyPluginAsync<SignInOptions> = async (door, options) => {
  const { db, mailer } = options

  async function begun(request: FastifyRequest): Promise<{ attempt: Attempt; provider: IdentityProvider }> {
    const attempt = await findAttempt(db, readCookie(request, 'attempt'))
    request.tenantId = attempt.tenantId
    return { attempt, provider: await requireProvider(options, attempt.idpId, 'local') }
  }

  function form(provider: IdentityProvider, texts: Texts, problem?: string, name = ''): Page {
    const forgotten = mailer
      ? html`<p><a href="/sign-in/forgotten?idp=${provider.id}">${texts.local.forgotten}</a></p>`
      : EMPTY
    const invalid = invalidAttributes(problem)
    return page(
      texts.signIn,
      html`<h1>${texts.signIn}</h1>
${problemBanner(problem)}<form method="post" action="${FORM}">
<label for="name">${texts.local.name}</label>
<input id="name" name="name" value="${name}" autocomplete="username" autocapitalize="none" spellcheck="false" maxlength="${String(NAME_CHARACTERS)}" required${name === '' ? AUTOFOCUS : EMPTY}${invalid}>
<label for="password">${texts.local.password}</label>
<input id="password" name="password" type="password" autocomplete="current-password" required${name === '' ? EMPTY : AUTOFOCUS}${invalid}>
<button type="submit">${texts.signIn}</button></form>
${forgotten}`,
    )
  }

  door.get(FORM, async (request: FormRequest) => {
    const { provider } = await begun(request)
    return form(provider, request.texts, undefined, readLoginHint(request.query.hint))
  })

  door.post(FORM, async (request, reply) => {
    requireOwnForm(request)
    const { attempt, provider } = await begun(request)
    const name = formField(request, 'name').slice(0, NAME_CHARACTERS)
    const given = { ...requestOrigin(request), name, password: formField(request, 'password') }
    const token = readCookie(request, 'attempt') ?? ''
    try {
      const arrived = await signInByPassword(db, provider, token, given)
      if ('linkToken' in arrived) return reply.redirect(`/sign-in/password?token=${arrived.linkToken}`, 303)
      writeCookie(request, reply, 'attempt', arrived.token)
      return reply.redirect('/sign-in/next', 303)
    } catch (error) {
      recordFailedProof(options, { tenantId: attempt.tenantId, userName: name }, request, error, 'password')
      if (!(error instanceof Unauthenticated)) throw error
      return reply
        .code(401)
        .send(form(provider, request.texts, localized(request.texts, error.message), name))
    }
  })
}
