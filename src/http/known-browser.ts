// The cookie of a browser in which accounts were signed in: one token for each of the last few. It opens nothing, see
// throttle/known-browsers.ts.
import type { FastifyReply, FastifyRequest } from 'fastify'
import { BROWSER_DAYS, isBrowserToken } from '#throttle/known-browsers.ts'
import { isSecure } from './secure-request.ts'

const NAME = 'doorlist-browser'
const DAY_SECONDS = 86_400
/** Accounts of one browser. */
const MOST_TOKENS = 5
const SEPARATOR = '.'

function nameOf(request: FastifyRequest): string {
  return isSecure(request) ? `__Host-${NAME}` : NAME
}

/** The tokens as the browser sends them; none is believed. What can be none is not sent back with them either. */
export function browserTokensOf(request: FastifyRequest): string[] {
  const sent = (request.cookies[nameOf(request)] ?? '').split(SEPARATOR, MOST_TOKENS)
  return sent.filter(isBrowserToken)
}

/** Keeps the token of the account that was just signed in, beside those of other accounts. */
export function keepBrowserToken(request: FastifyRequest, reply: FastifyReply, token: string): void {
  const others = browserTokensOf(request).filter((one) => one !== token)
  const value = [token, ...others].slice(0, MOST_TOKENS).join(SEPARATOR)
  reply.setCookie(nameOf(request), value, {
    path: '/',
    httpOnly: true,
    sameSite: 'lax',
    secure: isSecure(request),
    maxAge: BROWSER_DAYS * DAY_SECONDS,
  })
}
