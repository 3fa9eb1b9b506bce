import type { FastifyReply, FastifyRequest } from 'fastify'
import { isSecure } from '../secure-request.ts'

/**
 * The session cookie is Lax, so links from other sites lead to a signed-in page. The attempt cookie is None: an identity
 * provider posts its answer from its own site, and the cookie must come along. Browsers allow None only for Secure cookies. By
 * itself it gives no access.
 */
const COOKIES = {
  session: { name: 'doorlist', sameSite: 'lax' },
  attempt: { name: 'doorlist-attempt', sameSite: 'none' },
  device: { name: 'doorlist-device', sameSite: 'lax' },
} as const
export type CookieKind = keyof typeof COOKIES

export function readCookie(request: FastifyRequest, kind: CookieKind): string | undefined {
  return request.cookies[nameOf(request, kind)]
}

/** @param maxAgeSeconds undefined: until the browser is closed */
export function writeCookie(
  request: FastifyRequest,
  reply: FastifyReply,
  kind: CookieKind,
  token: string,
  maxAgeSeconds?: number,
): void {
  const maxAge = maxAgeSeconds === undefined ? {} : { maxAge: maxAgeSeconds }
  reply.setCookie(nameOf(request, kind), token, { ...optionsOf(request, kind), ...maxAge })
}

export function clearCookie(request: FastifyRequest, reply: FastifyReply, kind: CookieKind): void {
  reply.clearCookie(nameOf(request, kind), optionsOf(request, kind))
}

function optionsOf(request: FastifyRequest, kind: CookieKind) {
  const secure = isSecure(request)
  const sameSite = secure ? COOKIES[kind].sameSite : ('lax' as const)
  return { path: '/', httpOnly: true, sameSite, secure }
}

function nameOf(request: FastifyRequest, kind: CookieKind): string {
  const { name } = COOKIES[kind]
  return isSecure(request) ? `__Host-${name}` : name
}
