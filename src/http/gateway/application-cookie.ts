import type { FastifyReply, FastifyRequest } from 'fastify'

/** Cookies on the host of an application, which its proxy passes on: for that host alone. */
const NAMES = { session: 'doorlist-app', entering: 'doorlist-entering' } as const
export type ApplicationCookie = keyof typeof NAMES

const OPTIONS = { path: '/', httpOnly: true, sameSite: 'lax' } as const

export function readApplicationCookie(
  request: FastifyRequest,
  origin: string,
  kind: ApplicationCookie,
): string | undefined {
  return request.cookies[nameOf(origin, kind)]
}

export function writeApplicationCookie(
  reply: FastifyReply,
  origin: string,
  kind: ApplicationCookie,
  value: string,
  maxAgeSeconds?: number,
): void {
  const age = maxAgeSeconds === undefined ? {} : { maxAge: maxAgeSeconds }
  reply.setCookie(nameOf(origin, kind), value, { ...OPTIONS, secure: isSecure(origin), ...age })
}

export function clearApplicationCookie(reply: FastifyReply, origin: string, kind: ApplicationCookie): void {
  reply.clearCookie(nameOf(origin, kind), { ...OPTIONS, secure: isSecure(origin) })
}

function nameOf(origin: string, kind: ApplicationCookie): string {
  return isSecure(origin) ? `__Host-${NAMES[kind]}` : NAMES[kind]
}

function isSecure(origin: string): boolean {
  return origin.startsWith('https:')
}
