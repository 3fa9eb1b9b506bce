// The cookie that recognizes a browser: a token for each of the last accounts that signed in with it. It gives no access;
// it only exempts the browser from a limit on failed sign-ins, see throttle/known-browsers.ts.
import type { FastifyReply, FastifyRequest } from 'fastify'
import { BROWSER_DAYS, isBrowserToken } from '#throttle/known-browsers.ts'
import { isSecure } from './secure-request.ts'

const NAME = 'doorlist-browser'
const DAY_SECONDS = 86_400
/** How many accounts of one browser are remembered. */
const MAX_TOKENS = 5
const SEPARATOR = '.'

function nameOf(request: FastifyRequest): string {
  return isSecure(request) ? `__Host-${NAME}` : NAME
}

/** Returns the tokens as the browser sent them, unverified, without those that are malformed. */
export function browserTokensOf(request: FastifyRequest): string[] {
  const sent = (request.cookies[nameOf(request)] ?? '').split(SEPARATOR, MAX_TOKENS)
  return sent.filter(isBrowserToken)
}

/** Adds the token of the account that just signed in to the cookie, in front of those of other accounts. */
export function keepBrowserToken(request: FastifyRequest, reply: FastifyReply, token: string): void {
  const others = browserTokensOf(request).filter((one) => one !== token)
  const value = [token, ...others].slice(0, MAX_TOKENS).join(SEPARATOR)
  reply.setCookie(nameOf(request), value, {
    path: '/',
    httpOnly: true,
    sameSite: 'lax',
    secure: isSecure(request),
    maxAge: BROWSER_DAYS * DAY_SECONDS,
  })
}
