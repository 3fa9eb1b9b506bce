import type { FastifyRequest } from 'fastify'

/**
 * Whether a request that changes something comes from our own pages. Browsers say where a form comes from, in
 * `Sec-Fetch-Site` or at least in `Origin`; who sends neither is no browser and carries nobody's cookies.
 */
export function isSameOrigin({ headers, host }: FastifyRequest): boolean {
  const site = headers['sec-fetch-site']
  if (site !== undefined) return site === 'same-origin' || site === 'none'
  const { origin } = headers
  return origin === undefined || URL.parse(origin)?.host === host.toLowerCase()
}
