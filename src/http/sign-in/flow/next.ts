import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { inTenant } from '#platform/database/database.ts'
import { type Attempt, findAttempt, lockAttemptOfUser } from '#sign-in/attempts.ts'
import { auditContextOf, completeSignIn, recordEnrollment } from '#sign-in/complete.ts'
import { decideStep } from '#sign-in/decision.ts'
import { lockProviderPolicy, type SignInUser } from '#sign-in/sessions/sign-in-user.ts'
import { keepBrowserToken } from '../../known-browser.ts'
import type { Page } from '../../page.ts'
import { recordActivity, recordRefusedSignIn, requestOrigin } from '../activity.ts'
import { clearCookie, readCookie, writeCookie } from '../cookies.ts'
import type { SignInOptions } from '../door.ts'
import { Denied, messagePage } from '../errors.ts'
import { screenOf } from '../screens/screens.ts'
import { redirectByPage } from './redirect-page.ts'
import { leadsToApplication } from './return-to.ts'

/** Where every screen of a sign-in comes back to. */
export const flowRoutes: FastifyPluginAsync<SignInOptions> = async (door, options) => {
  door.get('/sign-in/next', async (request, reply) => {
    const token = readCookie(request, 'attempt')
    const attempt = await findAttempt(options.db, token)
    request.tenantId = attempt.tenantId
    const q = inTenant(options.db, attempt.tenantId)
    const { step, user, policy } = await decideStep(q, attempt, readCookie(request, 'device'))
    if (step.next === 'identify' || !user || !policy)
      return redirectByPage(`/sign-in/with/${attempt.idpId}`, request.texts.onward.again, reply)
    if (step.next === 'deny') {
      recordActivity(options, { tenantId: attempt.tenantId, ...user }, request, 'failure', step.reason)
      throw new Denied(step.reason)
    }
    if (step.next === 'complete') return complete(options, attempt, user, token ?? '', request, reply)
    if (step.next === 'await-activation') return waitForActivation(options, attempt, user, request)
    return screenOf({ ...options, attempt, user, policy, step, token: token ?? '', request, reply })
  })
}

async function complete(
  options: SignInOptions,
  { tenantId, idpId, returnTo }: Attempt,
  user: SignInUser,
  token: string,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const completed = await options.db.transaction({ tenantId }, async (tx) => {
    await lockProviderPolicy(tx, idpId)
    const attempt = await lockAttemptOfUser(tx, token, user.userId)
    // What is asked for may have changed a moment ago, and so may the user.
    const decision = await decideStep(tx, attempt, readCookie(request, 'device'))
    return decision.step.next === 'complete'
      ? completeSignIn(tx, attempt, decision, requestOrigin(request))
      : undefined
  })
  if (completed === undefined) return reply.redirect('/sign-in/next', 303)
  if ('denied' in completed) {
    recordRefusedSignIn(options, tenantId, completed, request)
    throw new Denied(completed.denied)
  }
  recordActivity(options, { tenantId, ...user }, request, 'success')
  clearCookie(request, reply, 'attempt')
  writeCookie(request, reply, 'session', completed.sessionToken)
  if (completed.browserToken) keepBrowserToken(request, reply, completed.browserToken)
  return leadsToApplication(returnTo)
    ? redirectByPage(returnTo, request.texts.onward.enter, reply)
    : reply.redirect(returnTo, 303)
}

async function waitForActivation(
  { db }: SignInOptions,
  attempt: Attempt,
  user: SignInUser,
  request: FastifyRequest,
): Promise<Page> {
  const { tenantId } = attempt
  await db.transaction({ tenantId }, (tx) =>
    recordEnrollment(tx, auditContextOf(attempt, user, requestOrigin(request)), user, { activate: false }),
  )
  return messagePage(request.texts.messages.waiting, request.texts.messages.waitingText)
}
