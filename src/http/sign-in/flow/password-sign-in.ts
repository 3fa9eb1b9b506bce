import type { FastifyReply, FastifyRequest } from 'fastify'
import { Unauthenticated } from '#errors.ts'
import type { IdentityProvider } from '#identity-providers/identity-providers.ts'
import { type Attempt, findAttempt } from '#sign-in/attempts.ts'
import { signInByPassword } from '#sign-in/local/password-sign-in.ts'
import { html, type Page, page } from '../../page.ts'
import type { Texts } from '../../texts/en.ts'
import { recordFailedProof, requestOrigin } from '../activity.ts'
import { readCookie, writeCookie } from '../cookies.ts'
import { EMPTY, formField, invalidAttributes, localized, problemBanner, requireOwnForm } from '../form.ts'
import type { SignInServices } from '../services.ts'
import { readLoginHint } from './login-hint.ts'
import { requireProvider } from './provider-answer.ts'
import type { StartSignIn } from './sign-in-start.ts'

const FORM = '/sign-in/local'
/** No user name is longer; a longer text isn't looked up or repeated. */
const NAME_CHARACTERS = 320

const AUTOFOCUS = html` autofocus`

type FormRequest = FastifyRequest<{ Querystring: { hint?: string } }>

export const startLocal: StartSignIn = async (_services, { hint, reply }) =>
  reply.redirect(hint === undefined ? FORM : `${FORM}?${new URLSearchParams({ hint })}`, 303)

export async function showPasswordSignIn(services: SignInServices, request: FormRequest): Promise<Page> {
  const { provider } = await localAttempt(services, request)
  return signInPage(services, provider, request.texts, { name: readLoginHint(request.query.hint) })
}

export async function submitPassword(
  services: SignInServices,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  requireOwnForm(request)
  const { attempt, provider } = await localAttempt(services, request)
  const name = formField(request, 'name').slice(0, NAME_CHARACTERS)
  const given = { ...requestOrigin(request), name, password: formField(request, 'password') }
  const token = readCookie(request, 'attempt') ?? ''
  try {
    const signedIn = await signInByPassword(services.db, provider, token, given)
    if ('linkToken' in signedIn) return reply.redirect(`/sign-in/password?token=${signedIn.linkToken}`, 303)
    writeCookie(request, reply, 'attempt', signedIn.token)
    return reply.redirect('/sign-in/next', 303)
  } catch (error) {
    const user = { tenantId: attempt.tenantId, userName: name }
    recordFailedProof(services, user, request, error, 'password')
    if (!(error instanceof Unauthenticated)) throw error
    const problem = localized(request.texts, error.message)
    return reply.code(401).send(signInPage(services, provider, request.texts, { name, problem }))
  }
}

async function localAttempt(
  services: SignInServices,
  request: FastifyRequest,
): Promise<{ attempt: Attempt; provider: IdentityProvider }> {
  const attempt = await findAttempt(services.db, readCookie(request, 'attempt'))
  request.tenantId = attempt.tenantId
  return { attempt, provider: await requireProvider(services, attempt.idpId, 'local') }
}

function signInPage(
  { mailer }: SignInServices,
  provider: IdentityProvider,
  texts: Texts,
  { name, problem }: { readonly name: string; readonly problem?: string },
): Page {
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
