import type { FastifyRequest } from 'fastify'

/** Whether a browser takes a Secure cookie with the answer: over HTTPS, and over plain HTTP from this machine itself. */
export function isSecure({ protocol, hostname }: FastifyRequest): boolean {
  return protocol === 'https' || ['localhost', '127.0.0.1', '[::1]'].includes(hostname)
}
