import type { FastifyInstance } from 'fastify'

declare module 'fastify' {
  interface FastifyInstance {
    /** Returns whether the public URL is https. */
    isReachedByHttps(): boolean
  }
}

/** One year, without includeSubDomains: other services may run on hosts below this one. @see RFC 6797 §6.1 */
const YEAR = 'max-age=31536000'
export const STRICT_TRANSPORT_SECURITY = ['strict-transport-security', YEAR] as const

/**
 * Tells browsers with every response to use HTTPS only, unless the public URL is http. The header is set on the raw response,
 * so that responses outside of routes and from doors that are loaded on the first request have it too.
 * @param publicUrl only called during requests
 */
export function demandHttps(server: FastifyInstance, publicUrl: () => string): void {
  const isReachedByHttps = () => publicUrl().startsWith('https:')
  server.decorate('isReachedByHttps', isReachedByHttps)
  server.addHook('onRequest', (_request, reply, done) => {
    if (isReachedByHttps()) reply.raw.setHeader(...STRICT_TRANSPORT_SECURITY)
    done()
  })
}
