import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { administratorId as holderId } from '#administrators/factors.ts'
import { findAttempt } from '#administrators/sign-in/attempts.ts'
import { endSession, type OpenedSession } from '#administrators/sign-in/sessions.ts'
import { ANYONE, signIn, signInByFactor, signInByPasskey } from '#administrators/sign-in/sign-in.ts'
import { tell } from '#administrators/sign-in/tell.ts'
import { Unauthenticated } from '#errors.ts'
import { beginAssertion } from '#factors/passkeys.ts'
import { relyingParty } from '#factors/relying-party.ts'
import { countGuess } from '#throttle/guesses.ts'
import { findAnyGuessOrigin } from '#throttle/known-browsers.ts'
import { networkLimit } from '#throttle/limits.ts'
import type { PortalOptions } from '../options.ts'
import { personOf } from '../principal.ts'
import { ApiRefusal } from '../problems.ts'
import {
  ByPasskey,
  FactorAnswer,
  Me,
  PasskeyQuestion,
  SignIn,
  SignInAnswer,
  SignInMeans,
} from './contract.ts'
import {
  attemptTokenOf,
  clearSessionCookie,
  keepOpenedSession,
  sessionTokenOf,
  setAttemptCookie,
} from './cookie.ts'
import { describeMe, describeNew, originOf } from './me.ts'

const tags = ['session']

/** Signing in and out, and who is signed in. */
export const sessionRoutes: FastifyPluginAsyncTypebox<PortalOptions> = async (door, options) => {
  const { db, publicUrl, mailer } = options

  door.get(
    '/session/means',
    {
      config: { role: 'open' },
      schema: { tags, summary: 'What the sign-in page may offer', response: { 200: SignInMeans } },
    },
    async () => {
      const party = relyingParty(publicUrl())
      const passkeysUnavailable = 'unavailable' in party ? party.unavailable : null
      return { passkeys: passkeysUnavailable === null, passkeysUnavailable, mail: mailer !== undefined }
    },
  )

  door.post(
    '/session',
    {
      config: { role: 'open' },
      schema: { tags, summary: 'Sign in with a password', body: SignIn, response: { 200: SignInAnswer } },
    },
    async (request, reply) => {
      const outcome = await signIn(options, request.body, originOf(request))
      if (outcome.next === 'complete') return complete(request, reply, outcome)
      if (outcome.next === 'organisation')
        return { next: outcome.next, organisations: [...outcome.organisations] }
      setAttemptCookie(request, reply, outcome.attemptToken)
      return { next: outcome.next, methods: [...outcome.methods] }
    },
  )

  door.post(
    '/session/factor',
    {
      config: { role: 'open' },
      schema: {
        tags,
        summary: 'Finish a sign-in with a second factor',
        body: FactorAnswer,
        response: { 200: SignInAnswer },
      },
    },
    async (request, reply) => {
      const opened = await signInByFactor(options, attemptTokenOf(request), request.body, originOf(request))
      return complete(request, reply, opened)
    },
  )

  door.post(
    '/session/factor/passkey',
    {
      config: { role: 'open' },
      schema: {
        tags,
        summary: 'Ask for a passkey of the account that is signing in',
        response: { 200: PasskeyQuestion },
      },
    },
    async (request) => {
      const { tenantId, administratorId, boundTo } = await findAttempt(db, attemptTokenOf(request))
      return beginAssertion(options, tenantId, boundTo, holderId(administratorId))
    },
  )

  door.post(
    '/session/passkey/question',
    {
      config: { role: 'open' },
      schema: { tags, summary: 'Ask for any passkey of this site', response: { 200: PasskeyQuestion } },
    },
    async (request) => {
      await countGuess(db, [networkLimit('request', await findAnyGuessOrigin(db, originOf(request)))])
      return beginAssertion(options, undefined, ANYONE)
    },
  )

  door.post(
    '/session/passkey',
    {
      config: { role: 'open' },
      schema: { tags, summary: 'Sign in with a passkey', body: ByPasskey, response: { 200: SignInAnswer } },
    },
    async (request, reply) =>
      complete(request, reply, await signInByPasskey(options, request.body, originOf(request))),
  )

  door.delete(
    '/session',
    {
      // No CSRF token is needed: a tab may have an old one, and a request of our own pages is proof enough to sign out.
      config: { role: 'open' },
      schema: { tags, summary: 'Sign out', response: { 204: Type.Null() } },
    },
    async (request, reply) => {
      if (request.headers.authorization !== undefined)
        throw new ApiRefusal(403, 'person-required', 'An API key has no session. Revoke the key instead.')
      const token = sessionTokenOf(request)
      const ended = token === undefined ? undefined : await endSession(db, token)
      if (ended) tell(options, ended, originOf(request), { kind: 'sign-out' })
      clearSessionCookie(request, reply)
      return reply.code(204).send(null)
    },
  )

  door.get(
    '/me',
    {
      config: { role: 'auditor', person: true },
      schema: { tags, summary: 'Who is signed in', response: { 200: Me } },
    },
    async (request) => {
      const token = sessionTokenOf(request)
      if (!token) throw new Unauthenticated('Sign in first')
      return describeMe(db, personOf(request), token)
    },
  )

  async function complete(
    request: FastifyRequest,
    reply: FastifyReply,
    opened: OpenedSession,
  ): Promise<SignInAnswer> {
    keepOpenedSession(request, reply, opened)
    return { next: 'complete', me: await describeNew(db, opened.sessionToken) }
  }
}
