import type { FastifyReply, FastifyRequest } from 'fastify'
import type { OpenedSession } from '#administrators/sign-in/sessions.ts'
import { keepBrowserToken } from '../../known-browser.ts'
import { isSecure } from '../../secure-request.ts'

/**
 * Browsers accept a Secure cookie over HTTPS, and over plain HTTP from localhost. Other plain HTTP gets a cookie with another
 * name, so that one can't be used in place of the other.
 */
interface CookieNames {
  readonly secure: string
  readonly plain: string
}
const SESSION: CookieNames = { secure: '__Host-doorlist-admin', plain: 'doorlist-admin' }
/** A sign-in attempt that waits for its second factor. It gives no access. */
const ATTEMPT: CookieNames = { secure: '__Host-doorlist-sign-in', plain: 'doorlist-sign-in' }

const OPTIONS = { path: '/', httpOnly: true, sameSite: 'strict' } as const

export const sessionTokenOf = (request: FastifyRequest) => read(SESSION, request)
export const attemptTokenOf = (request: FastifyRequest) => read(ATTEMPT, request)

export function setSessionCookie(request: FastifyRequest, reply: FastifyReply, token: string): void {
  write(SESSION, request, reply, token)
  if (attemptTokenOf(request) !== undefined) clear(ATTEMPT, request, reply)
}

/** Sets the cookies of a new session: the session itself, and the token that recognizes the browser. */
export function keepOpenedSession(
  request: FastifyRequest,
  reply: FastifyReply,
  { sessionToken, browserToken }: OpenedSession,
): void {
  setSessionCookie(request, reply, sessionToken)
  keepBrowserToken(request, reply, browserToken)
}

export function setAttemptCookie(request: FastifyRequest, reply: FastifyReply, token: string): void {
  write(ATTEMPT, request, reply, token)
}

export function clearSessionCookie(request: FastifyRequest, reply: FastifyReply): void {
  clear(SESSION, request, reply)
}

function read(names: CookieNames, request: FastifyRequest): string | undefined {
  return request.cookies[isSecure(request) ? names.secure : names.plain]
}

function write(names: CookieNames, request: FastifyRequest, reply: FastifyReply, token: string): void {
  const secure = isSecure(request)
  reply.setCookie(secure ? names.secure : names.plain, token, { ...OPTIONS, secure })
}

function clear(names: CookieNames, request: FastifyRequest, reply: FastifyReply): void {
  const secure = isSecure(request)
  reply.clearCookie(secure ? names.secure : names.plain, { ...OPTIONS, secure })
}
