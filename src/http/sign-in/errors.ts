// Turns every error of the sign-in door into a page that says what happened and what to do.
import type { FastifyReply, FastifyRequest } from 'fastify'
import {
  Conflict,
  DataRefused,
  Invalid,
  Malformed,
  NotFound,
  Refused,
  Throttled,
  Unauthenticated,
  Unavailable,
} from '#errors.ts'
import type { StaleReason } from '#sign-in/freshness.ts'
import type { IdentityRefusal } from '#sign-in/identity/refused-identity.ts'
import type { Denial } from '#sign-in/next-step.ts'
import { logDataRefused } from '../data-refused.ts'
import { framed, type Html, html, type Page, page } from '../page.ts'
import { preparePage } from '../plain-pages.ts'
import { invalidMessage, joinHtml, localized } from './form.ts'

export const RETRY_SECONDS = 5

/** The user can't sign in, for the given reason. */
export class Denied extends Error {
  readonly reason: Denial | StaleReason | IdentityRefusal
  constructor(reason: Denied['reason']) {
    super(reason)
    this.reason = reason
  }
}

export function messagePage(title: string, ...sentences: readonly (string | Html)[]): Page {
  const paragraphs = sentences.map((sentence) => html`<p>${sentence}</p>`)
  return page(title, html`<h1>${title}</h1>${joinHtml(paragraphs)}`)
}

export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (!request.texts) preparePage(request, reply) // refused before the door's hooks ran
  reply.type('text/html; charset=utf-8')
  return reply.send(problemPage(error, request, reply))
}

/** Like `sendProblem`, for requests that reached no door, so nothing was prepared for a page. */
export function sendUnpreparedProblem(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  preparePage(request, reply)
  return reply.send(framed(problemPage(error, request, reply), request.texts.language))
}

/** Sets the status and returns the page that explains it. */
function problemPage(error: unknown, request: FastifyRequest, reply: FastifyReply): Page {
  const { texts } = request
  const { messages, denials } = texts
  const again = html`<a href="/sign-in">${texts.signIn}</a>`
  const answer = (status: number, title: string, ...sentences: (string | Html)[]) => {
    reply.code(status)
    return messagePage(title, ...sentences)
  }
  logDataRefused(error, request)
  if (error instanceof Denied) return answer(403, messages.denied, denials[error.reason], messages.ask, again)
  const sentence = error instanceof Error ? localized(texts, error.message) : ''
  if (error instanceof Unauthenticated) return answer(401, messages.beginAgain, sentence, again)
  if (error instanceof NotFound) return answer(404, messages.nothingHere, sentence, again)
  if (error instanceof Conflict) return answer(409, messages.refused, sentence, again)
  if (error instanceof Refused) return answer(403, messages.refused, sentence, again)
  if (error instanceof Malformed || error instanceof DataRefused) {
    const isText = error instanceof Malformed && error.reason === 'unstorable-text'
    const why = isText ? messages.unstorable(error.field) : messages.malformed
    return answer(400, messages.notUnderstood, why, again)
  }
  if (error instanceof Invalid)
    return answer(422, messages.notUnderstood, invalidMessage(error, texts), again)
  if (error instanceof Throttled) {
    reply.header('retry-after', error.retrySeconds)
    return answer(429, messages.tooMany, messages.tooManyText(Math.ceil(error.retrySeconds / 60)))
  }
  if (error instanceof Unavailable) {
    reply.header('retry-after', RETRY_SECONDS)
    return answer(503, messages.away, messages.awayText)
  }
  const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500
  if (status >= 400 && status < 500) return answer(status, messages.notUnderstood, messages.malformed, again)
  request.log.error({ err: error, req: request }, 'the sign-in door failed')
  return answer(500, messages.failed, messages.failedText, again)
}
