// Outgoing HTTP. Every request to an address that an administrator entered goes through here. The name is resolved once, all its
// addresses are checked, and the connection goes to a checked address, so that DNS can't point elsewhere in between. No redirects,
// https only, with limits of size and time. This folder owns what the service sends to others: HTTP, email, text messages and DNS.
// Start with this file.
import { lookup } from 'node:dns/promises'
import * as http from 'node:http'
import * as https from 'node:https'
import { isIP } from 'node:net'
import { openNetworks } from './networks.ts'

export interface FetchRequest {
  readonly method?: 'GET' | 'POST'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

export interface FetchAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
}

/** @throws {Unreachable} its message can be shown: it says what is wrong, and reveals nothing about our network */
export type GuardedFetch = (url: string, request?: FetchRequest) => Promise<FetchAnswer>

export class Unreachable extends Error {}

export interface FetchOptions {
  /** Private addresses and networks that may be reached, also without TLS. */
  readonly allowPrivateNetworks: readonly string[]
  readonly milliseconds?: number
  readonly bytes?: number
  /** Returns every address of a host. */
  readonly resolve?: (host: string) => Promise<string[]>
}

const MILLISECONDS = 5_000
const BYTES = 1_048_576

export function openFetch({
  allowPrivateNetworks,
  milliseconds = MILLISECONDS,
  bytes = BYTES,
  resolve = resolveHost,
}: FetchOptions): GuardedFetch {
  const networks = openNetworks(allowPrivateNetworks)

  async function checkedAddress(url: URL, signal: AbortSignal): Promise<string> {
    const host = url.hostname.replace(/^\[|\]$/g, '')
    const addresses = isIP(host) ? [host] : await withinTime(resolve(host), signal, url)
    const [address] = addresses
    if (address === undefined) throw new Unreachable(`There is no host ${url.hostname}`)
    if (!addresses.every((one) => networks.mayReach(one)))
      throw new Unreachable(`${url.hostname} is in a private network, which this service may not reach`)
    if (url.protocol !== 'https:' && !addresses.every((one) => networks.isAllowedPrivate(one)))
      throw new Unreachable('The address must start with https://')
    return address
  }

  return async (text, request = {}) => {
    const url = readUrl(text)
    const signal = AbortSignal.timeout(milliseconds)
    const address = await checkedAddress(url, signal)
    return send(url, address, request, { signal, bytes })
  }
}

function readUrl(text: string): URL {
  const url = URL.parse(text)
  if (!url || !['https:', 'http:'].includes(url.protocol)) throw new Unreachable('Enter an https:// URL')
  if (url.username || url.password)
    throw new Unreachable('The address must hold no user name and no password')
  return url
}

async function resolveHost(host: string): Promise<string[]> {
  try {
    return (await lookup(host, { all: true, order: 'verbatim' })).map(({ address }) => address)
  } catch {
    return []
  }
}

function withinTime<Value>(work: Promise<Value>, signal: AbortSignal, url: URL): Promise<Value> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(tooSlow(url)), { once: true })
    work.then(resolve, reject)
  })
}

interface Limits {
  readonly signal: AbortSignal
  readonly bytes: number
}

function send(url: URL, address: string, request: FetchRequest, limits: Limits): Promise<FetchAnswer> {
  const { method = 'GET', headers = {}, body } = request
  const { request: open } = url.protocol === 'https:' ? https : http
  const family = isIP(address)
  return new Promise((resolve, reject) => {
    const fail = (error: unknown) => reject(unreachable(url, error, limits.signal))
    const outgoing = open(
      url,
      {
        method,
        headers: { 'user-agent': 'Doorlist', accept: '*/*', 'accept-encoding': 'identity', ...headers },
        agent: false,
        signal: limits.signal,
        // The name was already resolved and checked. A second lookup could return another address.
        lookup: (_host, options, callback) =>
          options.all ? callback(null, [{ address, family }]) : callback(null, address, family),
      },
      (answer) => {
        readText(answer, limits.bytes).then(
          (text) => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text }),
          fail,
        )
      },
    )
    outgoing.on('error', fail)
    outgoing.end(body)
  })
}

async function readText(answer: http.IncomingMessage, bytes: number): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > bytes) {
      answer.destroy()
      throw new Unreachable(`The answer is larger than ${Math.round(bytes / 1024)} kB`)
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** Returns a message that an administrator can act on. */
const CAUSES: Record<string, string> = {
  ECONNREFUSED: 'refuses connections',
  ECONNRESET: 'cut the connection',
  EHOSTUNREACH: 'cannot be reached',
  ENETUNREACH: 'cannot be reached',
  ETIMEDOUT: 'does not answer',
  CERT_HAS_EXPIRED: 'has a TLS certificate that has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'has a TLS certificate that is signed by nobody else',
  SELF_SIGNED_CERT_IN_CHAIN: 'has a TLS certificate of an authority that is not trusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'has a TLS certificate of an authority that is not trusted',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'has a TLS certificate of an authority that is not trusted',
  ERR_TLS_CERT_ALTNAME_INVALID: 'has a TLS certificate for another name',
}

function unreachable(url: URL, error: unknown, signal: AbortSignal): Unreachable {
  if (error instanceof Unreachable) return error
  if (signal.aborted) return tooSlow(url)
  const { code = '' } = error as { code?: string }
  return new Unreachable(`${url.hostname} ${CAUSES[code] ?? 'gave no answer that can be read'}`)
}

function tooSlow({ hostname }: URL): Unreachable {
  return new Unreachable(`${hostname} did not answer in time`)
}
