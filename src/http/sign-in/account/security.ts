// Handlers of a user's own second factors: list, add, remove, new recovery codes. Each change needs a factor that was proven in
// the last ten minutes. Without one, the page asks the user to sign in again and returns.
import type { FastifyReply, FastifyRequest } from 'fastify'
import { isUuid } from '#directory/uuid.ts'
import { Conflict, Invalid, NotFound } from '#errors.ts'
import { listFactors } from '#sign-in/factors/factor-list.ts'
import {
  addOwnFactor,
  findOwnAccount,
  isFresh,
  type OwnAccount,
  type OwnFactorName,
  type OwnNewFactor,
  removeOwnFactor,
  renewRecoveryCodes,
  requiresFactor,
} from '#sign-in/factors/own-factors.ts'
import { html, type Page, page } from '../../page.ts'
import { recordActivity, requestOrigin } from '../activity.ts'
import { formField, invalidMessage, localized } from '../form.ts'
import { formCredential, formEnrollmentId } from '../screens/factor-form.ts'
import { recoveryPage } from '../screens/recovery-page.ts'
import type { SignInServices } from '../services.ts'
import { requireSession } from './account-page.ts'
import { addPasskeyPage, addTotpPage } from './add-factor-page.ts'
import type { SecurityContext } from './security-context.ts'
import { removalPage, renewalPage, securityLink, securityPage } from './security-page.ts'

type Answer = Page | FastifyReply

export async function showSecurity(
  services: SignInServices,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<Answer> {
  const session = await requireSession(services, request, reply)
  if (!session) return reply
  const account = await findOwnAccount(services.db, session)
  return securityPage({ ...services, ...account, request, reply }, await factorsOf(services, account))
}

const ADD_PAGES = { totp: addTotpPage, passkey: addPasskeyPage }
type Method = keyof typeof ADD_PAGES

export function showAddTotp(services: SignInServices, request: FastifyRequest, reply: FastifyReply) {
  return withFreshFactor(services, request, reply, '/security/totp', addTotpPage)
}

export function showAddPasskey(services: SignInServices, request: FastifyRequest, reply: FastifyReply) {
  return withFreshFactor(services, request, reply, '/security/passkey', addPasskeyPage)
}

export function addTotp(services: SignInServices, request: FastifyRequest, reply: FastifyReply) {
  return withFreshFactor(services, request, reply, '/security/totp', (context) => addFactor(context, 'totp'))
}

export function addPasskey(services: SignInServices, request: FastifyRequest, reply: FastifyReply) {
  return withFreshFactor(services, request, reply, '/security/passkey', (context) =>
    addFactor(context, 'passkey'),
  )
}

async function addFactor(context: SecurityContext, method: Method): Promise<FastifyReply> {
  const { request, reply } = context
  const { texts } = request
  const factor = readNewFactor(request, method)
  try {
    await addOwnFactor(context, context, requestOrigin(request), factor)
  } catch (error) {
    if (!(error instanceof Invalid || error instanceof Conflict)) throw error
    const problem = error instanceof Invalid ? invalidMessage(error, texts) : localized(texts, error.message)
    // A code can be typed again for the same enrollment; a passkey's challenge is good for one answer.
    const retry = { problem, ...(method === 'totp' && { enrolmentId: factor.enrolmentId }) }
    return reply.code(422).send(await ADD_PAGES[method](context, retry))
  }
  recordActivity(context, context.session, request, 'success', `${method} added`, 'factor')
  return reply.redirect('/security', 303)
}

export function showRemoval(services: SignInServices, request: FastifyRequest, reply: FastifyReply) {
  const { text } = readFactorName((request.query as { factor?: unknown }).factor)
  return withFreshFactor(services, request, reply, `/security/remove?factor=${text}`, async (context) =>
    removalPage(context, await factorsOf(context, context), text),
  )
}

export function removeFactor(services: SignInServices, request: FastifyRequest, reply: FastifyReply) {
  const { text, name } = readFactorName(formField(request, 'factor'))
  return withFreshFactor(services, request, reply, `/security/remove?factor=${text}`, async (context) => {
    await removeOwnFactor(context, context, requestOrigin(request), name)
    recordActivity(context, context.session, request, 'success', 'factor removed', 'factor')
    return reply.redirect('/security', 303)
  })
}

export function showRenewal(services: SignInServices, request: FastifyRequest, reply: FastifyReply) {
  return withFreshFactor(services, request, reply, '/security/recovery-codes', async () =>
    renewalPage(request.texts),
  )
}

export function renewCodes(services: SignInServices, request: FastifyRequest, reply: FastifyReply) {
  return withFreshFactor(services, request, reply, '/security/recovery-codes', async (context) => {
    const codes = await renewRecoveryCodes(context, context, requestOrigin(request))
    recordActivity(context, context.session, request, 'success', 'recovery codes made', 'factor')
    return recoveryPage(request.texts, codes, '/security')
  })
}

/** Calls `answer` if the user proved a factor lately; otherwise asks them to sign in again and to return to `path`. */
async function withFreshFactor(
  services: SignInServices,
  request: FastifyRequest,
  reply: FastifyReply,
  path: string,
  answer: (context: SecurityContext) => Promise<Answer>,
): Promise<Answer> {
  const session = await requireSession(services, request, reply)
  if (!session) return reply
  const account = await findOwnAccount(services.db, session)
  if (!requiresFactor(account)) return reply.redirect('/security', 303)
  if (!isFresh(session, services.clock()))
    return reply.code(401).send(signInAgainPage(request, account, path))
  return answer({ ...services, ...account, request, reply })
}

function factorsOf({ db }: SignInServices, { session: { tenantId, userId } }: OwnAccount) {
  return listFactors(db, tenantId, userId)
}

function signInAgainPage(
  { texts }: FastifyRequest,
  { session: { idpId } }: OwnAccount,
  returnTo: string,
): Page {
  const { security, signIn } = texts
  const url = `/sign-in/with/${idpId}?${new URLSearchParams({ fresh: 'factor', return_to: returnTo })}`
  return page(
    security.tooOld,
    html`<h1>${security.tooOld}</h1>
<p>${security.fresh}</p>
<p><a class="button" href="${url}">${signIn}</a></p>
${securityLink(texts)}`,
  )
}

function readNewFactor(request: FastifyRequest, method: Method): OwnNewFactor {
  const enrolmentId = formEnrollmentId(request)
  if (method === 'totp') return { method, enrolmentId, code: formField(request, 'code') }
  return { method, enrolmentId, credential: formCredential(request), name: formField(request, 'name') }
}

/** @throws {NotFound} */
function readFactorName(text: unknown): { readonly text: string; readonly name: OwnFactorName } {
  if (text === 'totp' || text === 'email' || text === 'phone') return { text, name: text }
  if (isUuid(text)) return { text, name: { passkey: text } }
  throw new NotFound('There is no such passkey')
}
