import type { FastifyRequest } from 'fastify'

/**
 * Returns whether a request that changes something comes from our own pages. Browsers send `Sec-Fetch-Site` or at least
 * `Origin`. A client that sends neither isn't a browser, so it can't be tricked into sending a user's cookies.
 */
export function isSameOrigin({ headers, host }: FastifyRequest): boolean {
  const site = headers['sec-fetch-site']
  if (site !== undefined) return site === 'same-origin' || site === 'none'
  if (headers.origin === undefined) return true
  const origin = URL.parse(headers.origin)
  // The same parser normalizes both. The scheme is taken from the Origin because a proxy may have ended TLS.
  return (
    origin !== null && origin.host !== '' && origin.host === URL.parse(`${origin.protocol}//${host}`)?.host
  )
}
