import { readFileSync } from 'node:fs'
import path from 'node:path'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Invalid, Refused, Unauthenticated } from '#errors.ts'
import type { MfaMethod } from '#identity-providers/settings.ts'
import { type CodeMethod, sendCode } from '#sign-in/factors/codes.ts'
import { rememberDevice } from '#sign-in/factors/devices.ts'
import {
  answerChallenge,
  type ChallengeAnswer,
  enrollFactor,
  type NewFactor,
} from '#sign-in/factors/user-factors.ts'
import type { Page } from '../../page.ts'
import { recordActivity, recordFailedProof, requestOrigin } from '../activity.ts'
import { writeCookie } from '../cookies.ts'
import { formField, invalidMessage, localized } from '../form.ts'
import { answerMethods, challengeScreen } from '../screens/challenge-screen.ts'
import { enrollScreen } from '../screens/enroll-screen.ts'
import { formCredential, formEnrollmentId } from '../screens/factor-form.ts'
import { codeAddress, usableMethods } from '../screens/methods.ts'
import { recoveryPage } from '../screens/recovery-page.ts'
import { type AnyScreenContext, type ScreenContext, screenContext } from '../screens/screen-context.ts'
import type { SignInServices } from '../services.ts'

const NEXT = '/sign-in/next'
const DAY_SECONDS = 86_400
const SCRIPT = readFileSync(path.join(import.meta.dirname, '../passkey.js'))

export async function sendPasskeyScript(_: SignInServices, _request: FastifyRequest, reply: FastifyReply) {
  return reply
    .type('text/javascript; charset=utf-8')
    .header('cache-control', 'public, max-age=3600')
    .send(SCRIPT)
}

/** Sets up the user's first factor and shows recovery codes. */
export async function enrollFirstFactor(
  services: SignInServices,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<Page | FastifyReply> {
  const context = await screenContext(services, request, reply, 'enroll-factor')
  if (!context) return reply.redirect(NEXT, 303)
  const factor = readNewFactor(context)
  const { method } = factor
  const user = activityUser(context)
  try {
    const recoveryCodes = await enrollFactor(services, factorRequest(context), factor)
    recordActivity(services, user, request, 'success', `${method} added`, 'factor')
    await rememberBrowserIfAsked(context, method)
    return recoveryPage(request.texts, recoveryCodes, NEXT)
  } catch (error) {
    recordActivity(services, user, request, 'failure', `${method} not added`, 'factor')
    if (!(error instanceof Invalid)) throw error
    const enrolmentId = method === 'totp' ? factor.enrolmentId : 'sent'
    const retry = { method, problem: invalidMessage(error, request.texts), enrolmentId }
    return reply.code(422).send(await enrollScreen(context, retry))
  }
}

/** Checks the code, passkey or recovery code that a challenge asked for. */
export async function answerFactor(
  services: SignInServices,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const context = await screenContext(services, request, reply, 'challenge')
  if (!context) return reply.redirect(NEXT, 303)
  const answer = readChallengeAnswer(context)
  const { method } = answer
  try {
    await answerChallenge(services, factorRequest(context), answer)
    if (method !== 'recovery' && !context.step.replaces) await rememberBrowserIfAsked(context, method)
    return reply.redirect(NEXT, 303)
  } catch (error) {
    recordFailedProof(services, activityUser(context), request, error, method)
    if (!(error instanceof Unauthenticated)) throw error
    const retry = { method, problem: localized(request.texts, error.message) }
    return reply.code(401).send(await challengeScreen(context, retry))
  }
}

/** Sends a code by mail or text message. */
export async function requestCode(
  services: SignInServices,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const context = await screenContext(services, request, reply, 'enroll-factor', 'challenge')
  if (!context) return reply.redirect(NEXT, 303)
  const { attempt, token, user } = context
  const method = formField(request, 'method')
  if (!isCodeMethod(method) || !usableMethods(context, user, context.step.methods).includes(method))
    throw notOffered(context)
  const address = codeAddress(method, user, formField(request, 'number'))
  if (address === undefined) return refusePhoneNumber(context)
  await sendCode(services, attempt, token, {
    userId: user.userId,
    method,
    address,
    language: request.texts.language,
    origin: requestOrigin(request),
  })
  return reply.redirect(`${NEXT}?method=${method}&sent=yes`, 303)
}

/** A number is asked for at enrollment only; later, codes go to the number that was verified. */
async function refusePhoneNumber(
  context: ScreenContext<'enroll-factor' | 'challenge'>,
): Promise<FastifyReply> {
  if (context.step.next !== 'enroll-factor') throw notOffered(context)
  const { request, reply } = context
  const retry = { method: 'phone', problem: request.texts.enroll.notANumber }
  return reply.code(422).send(await enrollScreen(context as ScreenContext<'enroll-factor'>, retry))
}

function readNewFactor(context: ScreenContext<'enroll-factor'>): NewFactor {
  const { request, user, step } = context
  const wanted = formField(request, 'method')
  const method = usableMethods(context, user, step.methods).find((one) => one === wanted)
  if (method === undefined) throw notOffered(context)
  const enrolmentId = formEnrollmentId(request)
  if (method === 'passkey') return { method, enrolmentId, credential: formCredential(request) }
  const code = formField(request, 'code')
  return method === 'totp' ? { method, enrolmentId, code } : { method, code }
}

function readChallengeAnswer(context: ScreenContext<'challenge'>): ChallengeAnswer {
  const { request } = context
  const wanted = formField(request, 'method')
  const method = answerMethods(context).find((one) => one === wanted)
  if (method === undefined) throw notOffered(context)
  return method === 'passkey'
    ? { method, ceremonyId: formEnrollmentId(request), credential: formCredential(request) }
    : { method, code: formField(request, 'code') }
}

function isCodeMethod(method: string): method is CodeMethod {
  return method === 'email' || method === 'phone'
}

function notOffered({ request: { texts } }: Pick<ScreenContext, 'request'>): Refused {
  return new Refused(texts.factor.notOffered)
}

function factorRequest({ attempt, token, user, request }: AnyScreenContext) {
  return { attempt, token, user, origin: requestOrigin(request) }
}

function activityUser({ attempt, user }: AnyScreenContext) {
  return { tenantId: attempt.tenantId, userId: user.userId, userName: user.userName }
}

async function rememberBrowserIfAsked(
  { db, attempt, policy, request, reply }: AnyScreenContext,
  method: MfaMethod,
): Promise<void> {
  if (policy.rememberDeviceDays === 0 || formField(request, 'remember') !== 'yes') return
  const { userAgent } = requestOrigin(request)
  const token = await rememberDevice(db, attempt, method, userAgent)
  if (token === undefined) return
  writeCookie(request, reply, 'device', token, policy.rememberDeviceDays * DAY_SECONDS)
}
