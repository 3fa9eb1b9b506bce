import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { administratorId } from '#administrators/factors.ts'
import { ownCeremonies, proofsOf, proveAgain } from '#administrators/sign-in/proof.ts'
import { listSessions, revokeOtherSessions, revokeSession } from '#administrators/sign-in/sessions.ts'
import { Invalid, Unauthenticated } from '#errors.ts'
import { beginAssertion } from '#factors/passkeys.ts'
import { type ById, IdParams } from '../contract/common.ts'
import { withIsoTimes } from '../iso-times.ts'
import type { PortalOptions } from '../options.ts'
import { personOf } from '../principal.ts'
import { route, routes } from '../route.ts'
import { Ended, Me, OwnSessions, PasskeyQuestion, Proof, Proofs } from '../session/contract.ts'
import { setSessionCookie } from '../session/cookie.ts'
import { describeToken } from '../session/me.ts'

const OWN = { tags: ['session'], role: 'auditor', person: true } as const

/** The administrator's own sessions, and the fresh proof of identity that sensitive routes ask for (`stepUp`). */
export const ownSessionRoutes = routes([
  route(
    'GET /session/proof',
    { ...OWN, summary: 'List the ways to prove your identity again', response: { 200: Proofs } },
    listProofs,
  ),
  route(
    'POST /session/proof',
    {
      ...OWN,
      summary: 'Prove your identity again. The session and its CSRF token change',
      body: Proof,
      response: { 200: Me },
    },
    prove,
  ),
  route(
    'POST /session/proof/passkey',
    {
      ...OWN,
      summary: 'Request a challenge for one of your own passkeys',
      response: { 200: PasskeyQuestion },
    },
    challengePasskey,
  ),
  route('GET /sessions', { ...OWN, summary: 'List your own sessions', response: { 200: OwnSessions } }, list),
  route(
    'DELETE /sessions',
    { ...OWN, summary: 'Revoke all your own sessions except this one', response: { 200: Ended } },
    revokeOthers,
  ),
  route(
    'DELETE /sessions/:id',
    {
      ...OWN,
      summary: 'Revoke one of your own sessions',
      params: IdParams,
      response: { 204: Type.Null() },
    },
    revokeOne,
  ),
])

async function listProofs(request: FastifyRequest, options: PortalOptions) {
  return { methods: await proofsOf(options, personOf(request)) }
}

async function prove(request: FastifyRequest<{ Body: Proof }>, options: PortalOptions, reply: FastifyReply) {
  const { auditContext } = request.principal
  const token = await proveAgain(options, auditContext, personOf(request), request.body).catch((error) => {
    throw error instanceof Unauthenticated ? wrongProof(request.body) : error
  })
  setSessionCookie(request, reply, token)
  return describeToken(options.db, token)
}

async function challengePasskey(request: FastifyRequest, options: PortalOptions) {
  const own = personOf(request)
  return beginAssertion(options, own.tenantId, ownCeremonies(own), administratorId(own.administratorId))
}

async function list(request: FastifyRequest, { db }: PortalOptions) {
  const own = personOf(request)
  const sessions = await listSessions(db, own)
  return {
    items: sessions.map((session) => ({ ...withIsoTimes(session), current: session.id === own.sessionId })),
  }
}

async function revokeOthers(request: FastifyRequest, { db }: PortalOptions) {
  return { ended: await revokeOtherSessions(db, request.principal.auditContext, personOf(request)) }
}

async function revokeOne(request: FastifyRequest<ById>, { db }: PortalOptions) {
  await revokeSession(db, request.principal.auditContext, personOf(request), request.params.id)
}

/** The administrator stays signed in, so a wrong proof is reported as a mistake in a field and not as status 401. */
function wrongProof(proof: Proof): Invalid {
  const field = ['password', 'code', 'recoveryCode', 'credential'].find((name) => name in proof) ?? 'code'
  return new Invalid(field, 'is not right, or was used already')
}
