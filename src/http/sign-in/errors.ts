// The one place where this door says no, on a page that says what to do.
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Invalid, NotFound, Refused, Throttled, Unauthenticated, Unavailable } from '#errors.ts'
import type { Denial } from '#sign-in/next-step.ts'
import { type Html, html, page } from '../page.ts'

export const RETRY_SECONDS = 5

/** This person may not go on, and why. */
export class Denied extends Error {
  readonly reason: Denial | 'not-on-the-list' | 'taken'
  constructor(reason: Denied['reason']) {
    super(reason)
    this.reason = reason
  }
}

const DENIALS: Record<Denied['reason'], string> = {
  'idp-disabled': 'Signing in through this identity provider is switched off at the moment.',
  inactive: 'Your account is deactivated.',
  disabled: 'Your account is held by an administrator.',
  deleted: 'Your account has been removed.',
  'external-factor-missing':
    'Your organisation asks for a second factor at its own sign-in, and this sign-in had none.',
  'not-on-the-list': 'You are not on the list of your organisation.',
  taken: 'Your name here belongs to another identity of your organisation.',
}

export function messagePage(title: string, ...sentences: readonly (string | Html)[]): string {
  const paragraphs = sentences.map((sentence) => html`<p>${sentence}</p>`)
  return page(title, html`<h1>${title}</h1>${paragraphs.reduce((all, one) => html`${all}${one}`, html``)}`)
}

export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  reply.type('text/html; charset=utf-8')
  if (error instanceof Denied) {
    return reply
      .code(403)
      .send(
        messagePage(
          'You cannot sign in',
          DENIALS[error.reason],
          'Ask the people who administer accounts at your organisation.',
          AGAIN,
        ),
      )
  }
  if (error instanceof Unauthenticated)
    return reply.code(401).send(messagePage('Please begin again', error.message, AGAIN))
  if (error instanceof NotFound)
    return reply.code(404).send(messagePage('There is nothing here', error.message, AGAIN))
  if (error instanceof Refused) return reply.code(403).send(messagePage('Refused', error.message, AGAIN))
  if (error instanceof Invalid)
    return reply.code(422).send(messagePage('Not understood', error.message, AGAIN))
  if (error instanceof Throttled) {
    reply.header('retry-after', error.retrySeconds)
    return reply.code(429).send(messagePage('Too many tries', error.message))
  }
  if (error instanceof Unavailable) {
    reply.header('retry-after', RETRY_SECONDS)
    return reply
      .code(503)
      .send(
        messagePage(
          'Not available now',
          'The service cannot answer at the moment. Try again in a little while.',
        ),
      )
  }
  const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500
  if (status >= 400 && status < 500)
    return reply.code(status).send(messagePage('Not understood', 'The request is malformed.', AGAIN))
  request.log.error({ err: error, req: request }, 'the sign-in door failed')
  return reply.code(500).send(messagePage('Something went wrong', 'It has been logged. Try again.', AGAIN))
}

const AGAIN = html`<a href="/sign-in">Sign in</a>`
