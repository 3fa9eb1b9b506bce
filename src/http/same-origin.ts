import type { FastifyRequest } from 'fastify'

/**
 * Whether a request that changes something comes from our own pages. Browsers say where a form comes from, in
 * `Sec-Fetch-Site` or at least in `Origin`; who sends neither is no browser and carries nobody's cookies.
 */
export function isSameOrigin({ headers, host }: FastifyRequest): boolean {
  const site = headers['sec-fetch-site']
  if (site !== undefined) return site === 'same-origin' || site === 'none'
  if (headers.origin === undefined) return true
  const origin = URL.parse(headers.origin)
  // Spelled alike by the same parser; the scheme is the browser's own, because a proxy may have ended TLS.
  return (
    origin !== null && origin.host !== '' && origin.host === URL.parse(`${origin.protocol}//${host}`)?.host
  )
}
