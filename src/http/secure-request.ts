import type { FastifyRequest } from 'fastify'

/**
 * Returns whether the browser accepts a Secure cookie in the response: over HTTPS, and over plain HTTP from localhost. A
 * public URL with https is enough, because the proxy in front may not be one whose forwarding headers are trusted.
 */
export function isSecure({ protocol, hostname, server }: FastifyRequest): boolean {
  return (
    protocol === 'https' ||
    server.isReachedByHttps() ||
    ['localhost', '127.0.0.1', '[::1]'].includes(hostname)
  )
}
