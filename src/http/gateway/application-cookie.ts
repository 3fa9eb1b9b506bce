import type { FastifyReply, FastifyRequest } from 'fastify'

/** On the host of an application, for that host alone. Each tenant has names of its own, as two may guard the same host. */
const NAMES = { session: 'doorlist-app', entering: 'doorlist-entering' } as const
export type ApplicationCookie = keyof typeof NAMES

/** Where a cookie belongs: the tenant's short name, and the application's origin. */
export interface ApplicationAddress {
  readonly slug: string
  readonly origin: string
}

const OPTIONS = { path: '/', httpOnly: true, sameSite: 'lax' } as const

export function readApplicationCookie(
  request: FastifyRequest,
  place: ApplicationAddress,
  kind: ApplicationCookie,
): string | undefined {
  return request.cookies[nameOf(place, kind)]
}

export function writeApplicationCookie(
  reply: FastifyReply,
  place: ApplicationAddress,
  kind: ApplicationCookie,
  value: string,
  maxAgeSeconds?: number,
): void {
  const age = maxAgeSeconds === undefined ? {} : { maxAge: maxAgeSeconds }
  reply.setCookie(nameOf(place, kind), value, { ...OPTIONS, secure: isSecure(place.origin), ...age })
}

export function clearApplicationCookie(
  reply: FastifyReply,
  place: ApplicationAddress,
  kind: ApplicationCookie,
): void {
  reply.clearCookie(nameOf(place, kind), { ...OPTIONS, secure: isSecure(place.origin) })
}

function nameOf({ slug, origin }: ApplicationAddress, kind: ApplicationCookie): string {
  const name = `${NAMES[kind]}-${slug}`
  return isSecure(origin) ? `__Host-${name}` : name
}

function isSecure(origin: string): boolean {
  return origin.startsWith('https:')
}
