import { readFileSync } from 'node:fs'
import path from 'node:path'
import type { FastifyPluginAsync, FastifyReply } from 'fastify'
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
import { html, type Page, page } from '../../page.ts'
import type { Texts } from '../../texts/en.ts'
import { recordActivity, recordFailedProof, requestOrigin } from '../activity.ts'
import { writeCookie } from '../cookies.ts'
import type { SignInOptions } from '../door.ts'
import { formField, invalidMessage, joinHtml, localized, UUID } from '../form.ts'
import { answerMethods, challengeScreen } from '../screens/challenge-screen.ts'
import { enrollScreen } from '../screens/enrol-screen.ts'
import { codeAddress, usableMethods } from '../screens/methods.ts'
import { type AnyScreenContext, type ScreenContext, screenContext } from '../screens/screen-context.ts'

const NEXT = '/sign-in/next'
const DAY_SECONDS = 86_400
const SCRIPT = readFileSync(path.join(import.meta.dirname, '../passkey.js'))

/** Second factors: set up at the first sign-in, asked for at the others. */
export const factorRoutes: FastifyPluginAsync<SignInOptions> = async (door, options) => {
  door.get('/sign-in/passkey.js', async (_request, reply) =>
    reply.type('text/javascript; charset=utf-8').header('cache-control', 'public, max-age=3600').send(SCRIPT),
  )

  door.post('/sign-in/enrol', async (request, reply) => {
    const context = await screenContext(options, request, reply, 'enrol-factor')
    if (!context) return reply.redirect(NEXT, 303)
    const factor = newFactor(context)
    const told = activityUser(context)
    try {
      const recoveryCodes = await enrollFactor(options, factorRequest(context), factor)
      recordActivity(options, told, request, 'success', `${factor.method} added`, 'factor')
      await rememberBrowserIfAsked(context, factor.method)
      return recoveryPage(request.texts, recoveryCodes, NEXT)
    } catch (error) {
      recordActivity(options, told, request, 'failure', `${factor.method} not added`, 'factor')
      if (!(error instanceof Invalid)) throw error
      const enrolmentId = factor.method === 'totp' ? factor.enrolmentId : 'sent'
      const retry = { method: factor.method, problem: invalidMessage(error, request.texts), enrolmentId }
      return reply.code(422).send(await enrollScreen(context, retry))
    }
  })

  door.post('/sign-in/challenge', async (request, reply) => {
    const context = await screenContext(options, request, reply, 'challenge')
    if (!context) return reply.redirect(NEXT, 303)
    const answer = challengeAnswer(context)
    try {
      await answerChallenge(options, factorRequest(context), answer)
      if (answer.method !== 'recovery' && !context.step.replaces)
        await rememberBrowserIfAsked(context, answer.method)
      return reply.redirect(NEXT, 303)
    } catch (error) {
      recordFailedProof(options, activityUser(context), request, error, answer.method)
      if (!(error instanceof Unauthenticated)) throw error
      const retry = { method: answer.method, problem: localized(request.texts, error.message) }
      return reply.code(401).send(await challengeScreen(context, retry))
    }
  })

  door.post('/sign-in/code', async (request, reply) => {
    const context = await screenContext(options, request, reply, 'enrol-factor', 'challenge')
    if (!context) return reply.redirect(NEXT, 303)
    const method = formField(request, 'method')
    if (!isCodeMethod(method) || !usableMethods(context, context.user, context.step.methods).includes(method))
      throw notOffered(context)
    const address = codeAddress(method, context.user, formField(request, 'number'))
    if (address === undefined) return refusePhoneNumber(context, reply)
    const { attempt, token, user } = context
    await sendCode(options, attempt, token, {
      userId: user.userId,
      method,
      address,
      language: request.texts.language,
      origin: requestOrigin(request),
    })
    return reply.redirect(`${NEXT}?method=${method}&sent=yes`, 303)
  })
}

/** Only whoever enrols gives a number. */
async function refusePhoneNumber(context: ScreenContext<'enrol-factor' | 'challenge'>, reply: FastifyReply) {
  if (context.step.next !== 'enrol-factor') throw notOffered(context)
  const problem = context.request.texts.enrol.notANumber
  return reply
    .code(422)
    .send(await enrollScreen(context as ScreenContext<'enrol-factor'>, { method: 'phone', problem }))
}

function newFactor(context: ScreenContext<'enrol-factor'>): NewFactor {
  const { request } = context
  const method = formField(request, 'method')
  const allowed = usableMethods(context, context.user, context.step.methods).find((one) => one === method)
  if (allowed === undefined) throw notOffered(context)
  const enrolmentId = formEnrollmentId(context)
  if (allowed === 'passkey') return { method: allowed, enrolmentId, credential: formCredential(context) }
  const code = formField(request, 'code')
  return allowed === 'totp' ? { method: allowed, enrolmentId, code } : { method: allowed, code }
}

function challengeAnswer(context: ScreenContext<'challenge'>): ChallengeAnswer {
  const { request } = context
  const method = formField(request, 'method')
  const allowed = answerMethods(context).find((one) => one === method)
  if (allowed === undefined) throw notOffered(context)
  return allowed === 'passkey'
    ? { method: allowed, ceremonyId: formEnrollmentId(context), credential: formCredential(context) }
    : { method: allowed, code: formField(request, 'code') }
}

/** Of a ceremony; what is none finds none. */
export function formEnrollmentId({ request }: Pick<ScreenContext, 'request'>): string {
  const id = formField(request, 'id')
  return UUID.test(id) ? id : '00000000-0000-0000-0000-000000000000'
}

export function formCredential({ request }: Pick<ScreenContext, 'request'>): object {
  try {
    const value: unknown = JSON.parse(formField(request, 'credential'))
    if (value !== null && typeof value === 'object') return value
  } catch {
    // said below
  }
  throw new Refused(request.texts.factor.noPasskeySent)
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

export function recoveryPage({ recovery }: Texts, codes: readonly string[], onward: string): Page {
  const items = joinHtml(codes.map((code) => html`<li><code>${code}</code></li>`))
  return page(
    recovery.title,
    html`<h1>${recovery.heading}</h1>
<p>${recovery.text}</p>
<ol class="codes">${items}</ol>
<form method="get" action="${onward}"><button type="submit">${recovery.kept}</button></form>`,
  )
}
