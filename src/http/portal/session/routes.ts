// Sign-in and sign-out of administrators, and who is signed in. `#administrators/sign-in` decides; this folder translates
// between it and the API and keeps the session cookie (`cookie.ts`). Start with the table below.
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { administratorId as holderId } from '#administrators/factors.ts'
import { findAttempt } from '#administrators/sign-in/attempts.ts'
import { recordSignInActivity } from '#administrators/sign-in/record-activity.ts'
import { endSession, type OpenedSession } from '#administrators/sign-in/sessions.ts'
import { ANYONE, signIn, signInByFactor, signInByPasskey } from '#administrators/sign-in/sign-in.ts'
import { Unauthenticated } from '#errors.ts'
import { beginAssertion } from '#factors/passkeys.ts'
import { countGuess } from '#throttle/guesses.ts'
import { findAnyGuessOrigin } from '#throttle/known-browsers.ts'
import { networkLimit } from '#throttle/limits.ts'
import type { PortalOptions } from '../options.ts'
import { personOf } from '../principal.ts'
import { ApiRefusal } from '../problems.ts'
import { route, routes } from '../route.ts'
import {
  ByPasskey,
  FactorAnswer,
  Me,
  PasskeyQuestion,
  SignIn,
  SignInAnswer,
  SignInMethods,
} from './contract.ts'
import {
  attemptTokenOf,
  clearSessionCookie,
  keepOpenedSession,
  sessionTokenOf,
  setAttemptCookie,
} from './cookie.ts'
import { describeSession, describeToken, originOf, passkeysUnavailable } from './me.ts'

const tags = ['session']
const OPEN = { tags, role: 'open' } as const

export const sessionRoutes = routes([
  route(
    'GET /session/means',
    { ...OPEN, summary: 'List what the sign-in page can offer', response: { 200: SignInMethods } },
    listMethods,
  ),
  route(
    'POST /session',
    { ...OPEN, summary: 'Sign in with a password', body: SignIn, response: { 200: SignInAnswer } },
    startSignIn,
  ),
  route(
    'POST /session/factor',
    {
      ...OPEN,
      summary: 'Finish a sign-in with a second factor',
      body: FactorAnswer,
      response: { 200: SignInAnswer },
    },
    finishSignIn,
  ),
  route(
    'POST /session/factor/passkey',
    {
      ...OPEN,
      summary: 'Request a challenge for a passkey of the account that is signing in',
      response: { 200: PasskeyQuestion },
    },
    challengeOwnPasskey,
  ),
  route(
    'POST /session/passkey/question',
    {
      ...OPEN,
      summary: 'Request a challenge for any passkey of this site',
      response: { 200: PasskeyQuestion },
    },
    challengeAnyPasskey,
  ),
  route(
    'POST /session/passkey',
    { ...OPEN, summary: 'Sign in with a passkey', body: ByPasskey, response: { 200: SignInAnswer } },
    passkeySignIn,
  ),
  // Open, so that no CSRF token is needed: a tab may have an old one, and a request from our own pages is enough to sign out.
  route('DELETE /session', { ...OPEN, summary: 'Sign out', response: { 204: Type.Null() } }, signOut),
  route(
    'GET /me',
    {
      tags,
      role: 'auditor',
      person: true,
      summary: 'Get the signed-in administrator',
      response: { 200: Me },
    },
    readMe,
  ),
])

async function listMethods(_request: FastifyRequest, { publicUrl, mailer }: PortalOptions) {
  const unavailable = passkeysUnavailable(publicUrl())
  return { passkeys: unavailable === null, passkeysUnavailable: unavailable, mail: mailer !== undefined }
}

async function startSignIn(
  request: FastifyRequest<{ Body: SignIn }>,
  options: PortalOptions,
  reply: FastifyReply,
): Promise<SignInAnswer> {
  const outcome = await signIn(options, request.body, originOf(request))
  if (outcome.next === 'complete') return completeSignIn(request, options, reply, outcome)
  if (outcome.next === 'organisation')
    return { next: outcome.next, organisations: [...outcome.organisations] }
  setAttemptCookie(request, reply, outcome.attemptToken)
  return { next: outcome.next, methods: [...outcome.methods] }
}

async function finishSignIn(
  request: FastifyRequest<{ Body: FactorAnswer }>,
  options: PortalOptions,
  reply: FastifyReply,
) {
  const opened = await signInByFactor(options, attemptTokenOf(request), request.body, originOf(request))
  return completeSignIn(request, options, reply, opened)
}

async function challengeOwnPasskey(request: FastifyRequest, options: PortalOptions) {
  const attempt = await findAttempt(options.db, attemptTokenOf(request))
  return beginAssertion(options, attempt.tenantId, attempt.boundTo, holderId(attempt.administratorId))
}

async function challengeAnyPasskey(request: FastifyRequest, options: PortalOptions) {
  const origin = await findAnyGuessOrigin(options.db, originOf(request))
  await countGuess(options.db, [networkLimit('request', origin)])
  return beginAssertion(options, undefined, ANYONE)
}

async function passkeySignIn(
  request: FastifyRequest<{ Body: ByPasskey }>,
  options: PortalOptions,
  reply: FastifyReply,
) {
  const opened = await signInByPasskey(options, request.body, originOf(request))
  return completeSignIn(request, options, reply, opened)
}

async function completeSignIn(
  request: FastifyRequest,
  { db }: PortalOptions,
  reply: FastifyReply,
  opened: OpenedSession,
): Promise<SignInAnswer> {
  keepOpenedSession(request, reply, opened)
  return { next: 'complete', me: await describeToken(db, opened.sessionToken) }
}

async function signOut(request: FastifyRequest, options: PortalOptions, reply: FastifyReply) {
  if (request.headers.authorization !== undefined)
    throw new ApiRefusal(403, 'person-required', 'An API key has no session. Revoke the key instead.')
  const token = sessionTokenOf(request)
  const ended = token === undefined ? undefined : await endSession(options.db, token)
  if (ended) recordSignInActivity(options, ended, originOf(request), { kind: 'sign-out' })
  clearSessionCookie(request, reply)
}

async function readMe(request: FastifyRequest, { db }: PortalOptions) {
  const token = sessionTokenOf(request)
  if (!token) throw new Unauthenticated('Sign in first')
  return describeSession(db, personOf(request), token)
}
