import type { FastifyInstance } from 'fastify'

declare module 'fastify' {
  interface FastifyInstance {
    /** Whether the public URL is https, so that browsers reach the service in no other way. */
    isReachedByHttps(): boolean
  }
}

/**
 * A year, for this host alone: what runs on the hosts below it is not ours to decide. @see RFC 6797 §6.1
 */
const YEAR = 'max-age=31536000'
export const STRICT_TRANSPORT_SECURITY = ['strict-transport-security', YEAR] as const

/**
 * Tells browsers, with every answer, to come by HTTPS alone; not where the public URL is http. The header is set on the raw
 * response, so that answers have it which are made outside of a route or by a door that is loaded late.
 * @param publicUrl asked at requests only
 */
export function demandHttps(server: FastifyInstance, publicUrl: () => string): void {
  const isReachedByHttps = () => publicUrl().startsWith('https:')
  server.decorate('isReachedByHttps', isReachedByHttps)
  server.addHook('onRequest', (_request, reply, done) => {
    if (isReachedByHttps()) reply.raw.setHeader(...STRICT_TRANSPORT_SECURITY)
    done()
  })
}
