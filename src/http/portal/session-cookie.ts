import type { FastifyReply, FastifyRequest } from 'fastify'

/**
 * Browsers take a Secure cookie over HTTPS, and over plain HTTP from this machine itself. Elsewhere plain HTTP gets a
 * cookie of another name, so that neither can stand for the other.
 */
const SECURE_NAME = '__Host-doorlist-admin'
const PLAIN_NAME = 'doorlist-admin'

const OPTIONS = { path: '/', httpOnly: true, sameSite: 'strict' } as const

export function sessionTokenOf(request: FastifyRequest): string | undefined {
  return request.cookies[isSecure(request) ? SECURE_NAME : PLAIN_NAME]
}

export function setSessionCookie(request: FastifyRequest, reply: FastifyReply, token: string): void {
  const secure = isSecure(request)
  reply.setCookie(secure ? SECURE_NAME : PLAIN_NAME, token, { ...OPTIONS, secure })
}

export function clearSessionCookie(request: FastifyRequest, reply: FastifyReply): void {
  const secure = isSecure(request)
  reply.clearCookie(secure ? SECURE_NAME : PLAIN_NAME, { ...OPTIONS, secure })
}

function isSecure({ protocol, hostname }: FastifyRequest): boolean {
  return protocol === 'https' || ['localhost', '127.0.0.1', '[::1]'].includes(hostname)
}
