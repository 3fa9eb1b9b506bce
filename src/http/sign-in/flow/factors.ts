import { readFileSync } from 'node:fs'
import path from 'node:path'
import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import { Invalid, Refused, Unauthenticated } from '#errors.ts'
import type { MfaMethod } from '#identity-providers/settings.ts'
import { type CodeMethod, sendCode } from '#sign-in/factors/codes.ts'
import { rememberDevice } from '#sign-in/factors/devices.ts'
import { type Answer, answerChallenge, enrolFactor, type NewFactor } from '#sign-in/factors/user-factors.ts'
import { html, type Page, page } from '../../page.ts'
import type { Texts } from '../../texts/en.ts'
import { writeCookie } from '../cookies.ts'
import type { SignInOptions } from '../door.ts'
import { fieldOf, joined, saidTo, sentenceOf, UUID } from '../form.ts'
import { answersOf, challengeScreen } from '../screens/challenge-screen.ts'
import { enrolScreen } from '../screens/enrol-screen.ts'
import { addressFor, usableMethods } from '../screens/methods.ts'
import { enter, type Scene, type Setting } from '../screens/scene.ts'
import { originOf, tell, tellRefusal } from '../tell.ts'

const NEXT = '/sign-in/next'
const DAY_SECONDS = 86_400
const SCRIPT = readFileSync(path.join(import.meta.dirname, '../passkey.js'))

/** Second factors: set up at the first sign-in, asked for at the others. */
export const factorRoutes: FastifyPluginAsync<SignInOptions> = async (door, options) => {
  door.get('/sign-in/passkey.js', async (_request, reply) =>
    reply.type('text/javascript; charset=utf-8').header('cache-control', 'public, max-age=3600').send(SCRIPT),
  )

  door.post('/sign-in/enrol', async (request, reply) => {
    const scene = await enter(options, request, reply, 'enrol-factor')
    if (!scene) return reply.redirect(NEXT, 303)
    const factor = newFactorOf(scene)
    const told = toldOf(scene)
    try {
      const recoveryCodes = await enrolFactor(options, askedOf(scene), factor)
      tell(options, told, request, 'success', `${factor.method} added`, 'factor')
      await rememberIfWished(scene, factor.method)
      return recoveryPage(request.texts, recoveryCodes, NEXT)
    } catch (error) {
      tell(options, told, request, 'failure', `${factor.method} not added`, 'factor')
      if (!(error instanceof Invalid)) throw error
      const enrolmentId = factor.method === 'totp' ? factor.enrolmentId : 'sent'
      const again = { method: factor.method, problem: sentenceOf(error, request.texts), enrolmentId }
      return reply.code(422).send(await enrolScreen(scene, again))
    }
  })

  door.post('/sign-in/challenge', async (request, reply) => {
    const scene = await enter(options, request, reply, 'challenge')
    if (!scene) return reply.redirect(NEXT, 303)
    const answer = answerOf(scene)
    try {
      await answerChallenge(options, askedOf(scene), answer)
      if (answer.method !== 'recovery' && !scene.step.replaces) await rememberIfWished(scene, answer.method)
      return reply.redirect(NEXT, 303)
    } catch (error) {
      tellRefusal(options, toldOf(scene), request, error, answer.method)
      if (!(error instanceof Unauthenticated)) throw error
      const again = { method: answer.method, problem: saidTo(request.texts, error.message) }
      return reply.code(401).send(await challengeScreen(scene, again))
    }
  })

  door.post('/sign-in/code', async (request, reply) => {
    const scene = await enter(options, request, reply, 'enrol-factor', 'challenge')
    if (!scene) return reply.redirect(NEXT, 303)
    const method = fieldOf(request, 'method')
    if (!isCode(method) || !usableMethods(scene, scene.person, scene.step.methods).includes(method))
      throw notOffered(scene)
    const address = addressFor(method, scene.person, fieldOf(request, 'number'))
    if (address === undefined) return badNumber(scene, reply)
    const { attempt, token, person } = scene
    await sendCode(options, attempt, token, {
      userId: person.userId,
      method,
      address,
      language: request.texts.language,
      origin: originOf(request),
    })
    return reply.redirect(`${NEXT}?method=${method}&sent=yes`, 303)
  })
}

/** Only whoever enrols gives a number. */
async function badNumber(scene: Scene<'enrol-factor' | 'challenge'>, reply: FastifyReply) {
  if (scene.step.next !== 'enrol-factor') throw notOffered(scene)
  const problem = scene.request.texts.enrol.notANumber
  return reply.code(422).send(await enrolScreen(scene as Scene<'enrol-factor'>, { method: 'phone', problem }))
}

function newFactorOf(scene: Scene<'enrol-factor'>): NewFactor {
  const { request } = scene
  const method = fieldOf(request, 'method')
  const allowed = usableMethods(scene, scene.person, scene.step.methods).find((one) => one === method)
  if (allowed === undefined) throw notOffered(scene)
  const enrolmentId = idOf(scene)
  if (allowed === 'passkey') return { method: allowed, enrolmentId, credential: credentialOf(scene) }
  const code = fieldOf(request, 'code')
  return allowed === 'totp' ? { method: allowed, enrolmentId, code } : { method: allowed, code }
}

function answerOf(scene: Scene<'challenge'>): Answer {
  const { request } = scene
  const method = fieldOf(request, 'method')
  const allowed = answersOf(scene).find((one) => one === method)
  if (allowed === undefined) throw notOffered(scene)
  return allowed === 'passkey'
    ? { method: allowed, ceremonyId: idOf(scene), credential: credentialOf(scene) }
    : { method: allowed, code: fieldOf(request, 'code') }
}

/** Of a ceremony; what is none finds none. */
export function idOf({ request }: Pick<Scene, 'request'>): string {
  const id = fieldOf(request, 'id')
  return UUID.test(id) ? id : '00000000-0000-0000-0000-000000000000'
}

export function credentialOf({ request }: Pick<Scene, 'request'>): object {
  try {
    const value: unknown = JSON.parse(fieldOf(request, 'credential'))
    if (value !== null && typeof value === 'object') return value
  } catch {
    // said below
  }
  throw new Refused(request.texts.factor.noPasskeySent)
}

function isCode(method: string): method is CodeMethod {
  return method === 'email' || method === 'phone'
}

function notOffered({ request: { texts } }: Pick<Scene, 'request'>): Refused {
  return new Refused(texts.factor.notOffered)
}

function askedOf({ attempt, token, person, request }: Setting) {
  return { attempt, token, person, origin: originOf(request) }
}

function toldOf({ attempt, person }: Setting) {
  return { tenantId: attempt.tenantId, userId: person.userId, userName: person.userName }
}

async function rememberIfWished(
  { db, attempt, policy, request, reply }: Setting,
  method: MfaMethod,
): Promise<void> {
  if (policy.rememberDeviceDays === 0 || fieldOf(request, 'remember') !== 'yes') return
  const { userAgent } = originOf(request)
  const token = await rememberDevice(db, attempt, method, userAgent)
  if (token === undefined) return
  writeCookie(request, reply, 'device', token, policy.rememberDeviceDays * DAY_SECONDS)
}

export function recoveryPage({ recovery }: Texts, codes: readonly string[], onward: string): Page {
  const items = joined(codes.map((code) => html`<li><code>${code}</code></li>`))
  return page(
    recovery.title,
    html`<h1>${recovery.heading}</h1>
<p>${recovery.text}</p>
<ol class="codes">${items}</ol>
<form method="get" action="${onward}"><button type="submit">${recovery.kept}</button></form>`,
  )
}
