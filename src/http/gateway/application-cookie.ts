import type { FastifyReply, FastifyRequest } from 'fastify'
import type { ApplicationHost } from '#access/tickets.ts'

/** Cookies on an application's host, for that host only. Their names contain the tenant, as two tenants may have the same host. */
const NAMES = { session: 'doorlist-app', entering: 'doorlist-entering' } as const
export type ApplicationCookie = keyof typeof NAMES

const OPTIONS = { path: '/', httpOnly: true, sameSite: 'lax' } as const

export function readApplicationCookie(
  request: FastifyRequest,
  place: ApplicationHost,
  kind: ApplicationCookie,
): string | undefined {
  return request.cookies[nameOf(place, kind)]
}

export function writeApplicationCookie(
  reply: FastifyReply,
  place: ApplicationHost,
  kind: ApplicationCookie,
  value: string,
  maxAgeSeconds?: number,
): void {
  const age = maxAgeSeconds === undefined ? {} : { maxAge: maxAgeSeconds }
  reply.setCookie(nameOf(place, kind), value, { ...OPTIONS, secure: isSecure(place.origin), ...age })
}

export function clearApplicationCookie(
  reply: FastifyReply,
  place: ApplicationHost,
  kind: ApplicationCookie,
): void {
  reply.clearCookie(nameOf(place, kind), { ...OPTIONS, secure: isSecure(place.origin) })
}

function nameOf({ slug, origin }: ApplicationHost, kind: ApplicationCookie): string {
  const name = `${NAMES[kind]}-${slug}`
  return isSecure(origin) ? `__Host-${name}` : name
}

function isSecure(origin: string): boolean {
  return origin.startsWith('https:')
}
