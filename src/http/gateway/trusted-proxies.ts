// The original request that a proxy asks about, from its X-Forwarded headers. Only the operator's proxies are believed.
import { BlockList, isIPv6 } from 'node:net'
import type { FastifyRequest } from 'fastify'

/** The request that a browser made to an application. */
export interface OriginalRequest {
  /** Scheme, host and port, in a browser's spelling. */
  readonly origin: string
  /** Path and query, unchanged. */
  readonly uri: string
  readonly method: string
}

export interface TrustedProxies {
  /** Undefined: the request doesn't come from a trusted proxy, or lacks the headers. */
  originalRequest(request: FastifyRequest): OriginalRequest | undefined
}

const URI_CHARACTERS = 8_192

/** @param trusted addresses and networks, such as `10.0.0.0/8` */
export function openTrustedProxies(trusted: readonly string[]): TrustedProxies {
  const list = new BlockList()
  for (const entry of trusted) {
    const [address = '', prefix] = entry.split('/')
    const family = isIPv6(address) ? 'ipv6' : 'ipv4'
    if (prefix === undefined) list.addAddress(address, family)
    else list.addSubnet(address, Number(prefix), family)
  }
  return {
    originalRequest({ headers, raw }) {
      const peer = raw.socket.remoteAddress?.replace(/^::ffff:/, '')
      if (peer === undefined || !list.check(peer, isIPv6(peer) ? 'ipv6' : 'ipv4')) return undefined
      return readForwardedHeaders(headers)
    },
  }
}

/** Refuses a header that was sent twice: one of the values could come from the browser. */
function readForwardedHeaders(headers: FastifyRequest['headers']): OriginalRequest | undefined {
  const one = (name: string) => {
    const value = headers[name]
    return typeof value === 'string' && !value.includes(',') ? value.trim() : undefined
  }
  const proto = one('x-forwarded-proto')
  const host = one('x-forwarded-host')
  if ((proto !== 'https' && proto !== 'http') || !host || !/^[\w.:[\]-]+$/.test(host)) return undefined
  const url = URL.parse(`${proto}://${host}`)
  // Unlike the other headers, a path may contain a comma.
  const uri = headers['x-forwarded-uri']
  const isPath = typeof uri === 'string' && uri.startsWith('/') && uri.length <= URI_CHARACTERS
  if (!url || url.host === '') return undefined
  return { origin: url.origin, uri: isPath ? uri : '/', method: one('x-forwarded-method') ?? 'GET' }
}
