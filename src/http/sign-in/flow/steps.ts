import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { inTenant } from '#platform/database/database.ts'
import { type Attempt, findAttempt, lockAttemptOf } from '#sign-in/attempts.ts'
import { auditContextOf, completeSignIn, enrol } from '#sign-in/complete.ts'
import { decideStep } from '#sign-in/decision.ts'
import { lockPolicy, type Person } from '#sign-in/sessions/standing.ts'
import { keepBrowserToken } from '../../known-browser.ts'
import type { Page } from '../../page.ts'
import { clearCookie, readCookie, writeCookie } from '../cookies.ts'
import type { SignInOptions } from '../door.ts'
import { Denied, messagePage } from '../errors.ts'
import { screenOf } from '../screens/screens.ts'
import { originOf, tell, tellRefusedArrival } from '../tell.ts'
import { goOnward } from './onward.ts'
import { leadsToApplication } from './return-to.ts'

/** Where every screen of a sign-in comes back to. */
export const flowRoutes: FastifyPluginAsync<SignInOptions> = async (door, options) => {
  door.get('/sign-in/next', async (request, reply) => {
    const token = readCookie(request, 'attempt')
    const attempt = await findAttempt(options.db, token)
    request.tenantId = attempt.tenantId
    const q = inTenant(options.db, attempt.tenantId)
    const { step, person, policy } = await decideStep(q, attempt, readCookie(request, 'device'))
    if (step.next === 'identify' || !person || !policy)
      return goOnward(`/sign-in/with/${attempt.idpId}`, request.texts.onward.again, reply)
    if (step.next === 'deny') {
      tell(options, { tenantId: attempt.tenantId, ...person }, request, 'failure', step.reason)
      throw new Denied(step.reason)
    }
    if (step.next === 'complete') return complete(options, attempt, person, token ?? '', request, reply)
    if (step.next === 'await-activation') return waitForActivation(options, attempt, person, request)
    return screenOf({ ...options, attempt, person, policy, step, token: token ?? '', request, reply })
  })
}

async function complete(
  options: SignInOptions,
  { tenantId, idpId, returnTo }: Attempt,
  person: Person,
  token: string,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const completed = await options.db.transaction({ tenantId }, async (tx) => {
    await lockPolicy(tx, idpId)
    const attempt = await lockAttemptOf(tx, token, person.userId)
    // What is asked for may have changed a moment ago, and so may the user.
    const decision = await decideStep(tx, attempt, readCookie(request, 'device'))
    return decision.step.next === 'complete'
      ? completeSignIn(tx, attempt, decision, originOf(request))
      : undefined
  })
  if (completed === undefined) return reply.redirect('/sign-in/next', 303)
  if ('denied' in completed) {
    tellRefusedArrival(options, tenantId, completed, request)
    throw new Denied(completed.denied)
  }
  tell(options, { tenantId, ...person }, request, 'success')
  clearCookie(request, reply, 'attempt')
  writeCookie(request, reply, 'session', completed.sessionToken)
  if (completed.browserToken) keepBrowserToken(request, reply, completed.browserToken)
  return leadsToApplication(returnTo)
    ? goOnward(returnTo, request.texts.onward.enter, reply)
    : reply.redirect(returnTo, 303)
}

async function waitForActivation(
  { db }: SignInOptions,
  attempt: Attempt,
  person: Person,
  request: FastifyRequest,
): Promise<Page> {
  const { tenantId } = attempt
  await db.transaction({ tenantId }, (tx) =>
    enrol(tx, auditContextOf(attempt, person, originOf(request)), person, { activate: false }),
  )
  return messagePage(request.texts.messages.waiting, request.texts.messages.waitingText)
}
