// What a proxy says of the request that it asks about, and whether it may say anything.
import { BlockList, isIPv6 } from 'node:net'
import type { FastifyRequest } from 'fastify'

/** The request that a browser made to an application. */
export interface OriginalRequest {
  /** Scheme, host and port as a browser spells them. */
  readonly origin: string
  /** Path and query, as they came. */
  readonly uri: string
  readonly method: string
}

export interface TrustedProxies {
  /** Undefined: whoever asks is no proxy that was named, or does not say what it asks about. */
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

/** Each header once: a list would leave it to chance who said what. */
function readForwardedHeaders(headers: FastifyRequest['headers']): OriginalRequest | undefined {
  const one = (name: string) => {
    const value = headers[name]
    return typeof value === 'string' && !value.includes(',') ? value.trim() : undefined
  }
  const proto = one('x-forwarded-proto')
  const host = one('x-forwarded-host')
  if ((proto !== 'https' && proto !== 'http') || !host || !/^[\w.:[\]-]+$/.test(host)) return undefined
  const url = URL.parse(`${proto}://${host}`)
  // A comma may well stand in a path.
  const uri = headers['x-forwarded-uri']
  const isPath = typeof uri === 'string' && uri.startsWith('/') && uri.length <= URI_CHARACTERS
  if (!url || url.host === '') return undefined
  return { origin: url.origin, uri: isPath ? uri : '/', method: one('x-forwarded-method') ?? 'GET' }
}
