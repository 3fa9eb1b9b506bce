// The hub of a sign-in: each screen returns to /sign-in/next, which asks src/sign-in/decision.ts for the next step. Start here,
// then read start.ts (the way to the identity provider) and provider-answer.ts (the way back). The files beside it handle the
// forms of the screens; ../screens/ renders them.
import type { FastifyReply, FastifyRequest } from 'fastify'
import { inTenant } from '#platform/database/database.ts'
import { type Attempt, findAttempt, lockAttemptOfUser } from '#sign-in/attempts.ts'
import { auditContextOf, completeSignIn, recordEnrollment } from '#sign-in/complete.ts'
import { decideStep } from '#sign-in/decision.ts'
import { lockProviderPolicy, type SignInUser } from '#sign-in/sessions/sign-in-user.ts'
import { keepBrowserToken } from '../../known-browser.ts'
import type { Page } from '../../page.ts'
import { recordActivity, recordRefusedSignIn, requestOrigin } from '../activity.ts'
import { clearCookie, readCookie, writeCookie } from '../cookies.ts'
import { Denied, messagePage } from '../errors.ts'
import { screenOf } from '../screens/screens.ts'
import type { SignInServices } from '../services.ts'
import { redirectByPage } from './redirect-page.ts'
import { leadsToApplication } from './return-to.ts'

/**
 * Shows the screen that the sign-in needs next, or ends it. Every screen of a sign-in returns here.
 * @throws {Denied} the user can't sign in @throws {Unauthenticated} the sign-in expired or began in another browser
 */
export async function showNextStep(
  services: SignInServices,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<Page | FastifyReply> {
  const token = readCookie(request, 'attempt') ?? ''
  const attempt = await findAttempt(services.db, token)
  request.tenantId = attempt.tenantId
  const q = inTenant(services.db, attempt.tenantId)
  const { step, user, policy } = await decideStep(q, attempt, readCookie(request, 'device'))
  if (step.next === 'identify' || !user || !policy)
    return redirectByPage(`/sign-in/with/${attempt.idpId}`, request.texts.redirects.again, reply)
  if (step.next === 'deny') {
    recordActivity(services, { tenantId: attempt.tenantId, ...user }, request, 'failure', step.reason)
    throw new Denied(step.reason)
  }
  if (step.next === 'complete') return complete(services, attempt, user, token, request, reply)
  if (step.next === 'await-activation') return waitForActivation(services, attempt, user, request)
  return screenOf({ ...services, attempt, user, policy, step, token, request, reply })
}

async function complete(
  services: SignInServices,
  { tenantId, idpId, returnTo }: Attempt,
  user: SignInUser,
  token: string,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const completed = await services.db.transaction({ tenantId }, async (tx) => {
    await lockProviderPolicy(tx, idpId)
    const attempt = await lockAttemptOfUser(tx, token, user.userId)
    // The policy or the user may have changed since the last decision.
    const decision = await decideStep(tx, attempt, readCookie(request, 'device'))
    return decision.step.next === 'complete'
      ? completeSignIn(tx, attempt, decision, requestOrigin(request))
      : undefined
  })
  if (completed === undefined) return reply.redirect('/sign-in/next', 303)
  if ('denied' in completed) {
    recordRefusedSignIn(services, tenantId, completed, request)
    throw new Denied(completed.denied)
  }
  recordActivity(services, { tenantId, ...user }, request, 'success')
  clearCookie(request, reply, 'attempt')
  writeCookie(request, reply, 'session', completed.sessionToken)
  if (completed.browserToken) keepBrowserToken(request, reply, completed.browserToken)
  return leadsToApplication(returnTo)
    ? redirectByPage(returnTo, request.texts.redirects.enter, reply)
    : reply.redirect(returnTo, 303)
}

async function waitForActivation(
  { db }: SignInServices,
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
