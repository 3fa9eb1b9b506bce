import type { FastifyRequest } from 'fastify'

/**
 * Whether a browser takes a Secure cookie with the answer: over HTTPS, and over plain HTTP from this machine itself. A public
 * URL of https is enough, as a proxy in front may not be one whose forwarding headers count.
 */
export function isSecure({ protocol, hostname, server }: FastifyRequest): boolean {
  return (
    protocol === 'https' ||
    server.isReachedByHttps() ||
    ['localhost', '127.0.0.1', '[::1]'].includes(hostname)
  )
}
