import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { administratorId } from '#administrators/factors.ts'
import { ownCeremonies, proofsOf, proveAgain } from '#administrators/sign-in/proof.ts'
import { listSessions, revokeOtherSessions, revokeSession } from '#administrators/sign-in/sessions.ts'
import { Invalid, Unauthenticated } from '#errors.ts'
import { beginAssertion } from '#factors/passkeys.ts'
import { IdParams } from '../contract/common.ts'
import type { PortalOptions } from '../options.ts'
import { personOf } from '../principal.ts'
import { Ended, Me, OwnSessions, PasskeyQuestion, Proof, Proofs } from '../session/contract.ts'
import { setSessionCookie } from '../session/cookie.ts'
import { describeNew } from '../session/me.ts'

const tags = ['session']

/** One's own sessions, and the fresh proof that dangerous things ask for. */
export const ownSessionRoutes: FastifyPluginAsyncTypebox<PortalOptions> = async (door, options) => {
  const { db } = options

  door.get(
    '/session/proof',
    {
      config: { role: 'auditor', person: true },
      schema: { tags, summary: 'By what one may prove again who one is', response: { 200: Proofs } },
    },
    async (request) => ({ methods: await proofsOf(options, personOf(request)) }),
  )

  door.post(
    '/session/proof',
    {
      config: { role: 'auditor', person: true },
      schema: {
        tags,
        summary: 'Prove again who one is; the session and its CSRF token change',
        body: Proof,
        response: { 200: Me },
      },
    },
    async (request, reply) => {
      const { auditContext } = request.principal
      const token = await proveAgain(options, auditContext, personOf(request), request.body).catch(
        asField(request.body),
      )
      setSessionCookie(request, reply, token)
      return describeNew(db, token)
    },
  )

  door.post(
    '/session/proof/passkey',
    {
      config: { role: 'auditor', person: true },
      schema: { tags, summary: 'Ask for one of one’s own passkeys', response: { 200: PasskeyQuestion } },
    },
    async (request) => {
      const own = personOf(request)
      return beginAssertion(options, own.tenantId, ownCeremonies(own), administratorId(own.administratorId))
    },
  )

  door.get(
    '/sessions',
    {
      config: { role: 'auditor', person: true },
      schema: { tags, summary: 'One’s own sessions', response: { 200: OwnSessions } },
    },
    async (request) => {
      const own = personOf(request)
      const sessions = await listSessions(db, own)
      return {
        items: sessions.map((session) => ({
          ...session,
          current: session.id === own.sessionId,
          createdAt: session.createdAt.toISOString(),
          lastSeenAt: session.lastSeenAt.toISOString(),
        })),
      }
    },
  )

  door.delete(
    '/sessions',
    {
      config: { role: 'auditor', person: true },
      schema: { tags, summary: 'End all of one’s own sessions but this one', response: { 200: Ended } },
    },
    async (request) => ({
      ended: await revokeOtherSessions(db, request.principal.auditContext, personOf(request)),
    }),
  )

  door.delete(
    '/sessions/:id',
    {
      config: { role: 'auditor', person: true },
      schema: {
        tags,
        summary: 'End one of one’s own sessions',
        params: IdParams,
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      await revokeSession(db, request.principal.auditContext, personOf(request), request.params.id)
      return reply.code(204).send(null)
    },
  )
}

/** Whoever proves again is signed in: a wrong answer is a mistake in a field, not a session that has ended. */
function asField(proof: Proof) {
  return (error: unknown): never => {
    if (!(error instanceof Unauthenticated)) throw error
    const field = ['password', 'code', 'recoveryCode', 'credential'].find((name) => name in proof) ?? 'code'
    throw new Invalid(field, 'is not right, or was used already')
  }
}
