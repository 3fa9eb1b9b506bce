import type { FastifyReply, FastifyRequest } from 'fastify'
import type { OpenedSession } from '#administrators/sign-in/sessions.ts'
import { keepBrowserToken } from '../../known-browser.ts'
import { isSecure } from '../../secure-request.ts'

/**
 * Browsers take a Secure cookie over HTTPS, and over plain HTTP from this machine itself. Elsewhere plain HTTP gets a
 * cookie of another name, so that neither can stand for the other.
 */
interface CookieNames {
  readonly secure: string
  readonly plain: string
}
const SESSION: CookieNames = { secure: '__Host-doorlist-admin', plain: 'doorlist-admin' }
/** A sign-in that waits for its second factor; it opens nothing else. */
const ATTEMPT: CookieNames = { secure: '__Host-doorlist-sign-in', plain: 'doorlist-sign-in' }

const OPTIONS = { path: '/', httpOnly: true, sameSite: 'strict' } as const

export const sessionTokenOf = (request: FastifyRequest) => read(SESSION, request)
export const attemptTokenOf = (request: FastifyRequest) => read(ATTEMPT, request)

export function setSessionCookie(request: FastifyRequest, reply: FastifyReply, token: string): void {
  write(SESSION, request, reply, token)
  if (attemptTokenOf(request) !== undefined) clear(ATTEMPT, request, reply)
}

/** A session that began just now, and the browser that it began in. */
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
