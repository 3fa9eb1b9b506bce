import http from 'node:http'
import https from 'node:https'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Dialect, Method } from './dialect.ts'
import type { JsonObject } from './messages.ts'
import { countRequest, type Tally } from './tally.ts'

/** As the SCIM endpoint accepts them: the token as bearer, key and secret as HTTP Basic. */
export type Credentials = { token: string } | { key: string; secret: string }

export interface Request {
  method: Method
  /** below the endpoint, already percent-encoded */
  path: string
  body?: JsonObject
}

export interface Answer {
  status: number
  /** parsed JSON; undefined for an empty body, the text itself when it is not JSON */
  body: unknown
  /** more than once: an earlier attempt may have been carried out although its answer was lost */
  attempts: number
}

/** Bounds of one request. Each has a default like the real clients'. */
export interface Patience {
  /** tries after the first one, on 429, 503 and network errors */
  retries?: number
  /** for one attempt */
  timeoutSeconds?: number
  /** longest wait that a Retry-After may ask for */
  longestWaitSeconds?: number
  /** how to wait; tests do not */
  wait?: (seconds: number, signal: AbortSignal | undefined) => Promise<unknown>
}

export interface Client {
  /** @throws {NoAnswer} when every attempt met a network error; the signal's reason once it is aborted */
  send(operation: string, request: Request): Promise<Answer>
  close(): void
}

/** The service could not be reached, or broke off. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer'
}

type Reply = { status: number; body: unknown; retryAfter: string | undefined }

const FIRST_BACK_OFF_SECONDS = 0.5
const LONGEST_BACK_OFF_SECONDS = 30
const LONGEST_ANSWER_BYTES = 64 * 1024 * 1024

/** Opens keep-alive connections to one SCIM endpoint; redirects are answers, never followed with the credentials. */
export function openClient(options: {
  dialect: Pick<Dialect, 'headers' | 'contentType'>
  endpoint: string
  credentials: Credentials
  connections: number
  tally: Tally
  patience?: Patience
  signal?: AbortSignal | undefined
}): Client {
  const { tally, signal } = options
  const { retries = 6, timeoutSeconds = 60, longestWaitSeconds = 120, wait = pause } = options.patience ?? {}
  const base = options.endpoint.replace(/\/+$/, '')
  const transport = new URL(base).protocol === 'https:' ? https : http
  const agent = new transport.Agent({ keepAlive: true, maxSockets: options.connections })
  const headers = { ...options.dialect.headers, Authorization: authorization(options.credentials) }

  async function attempt(operation: string, request: Request): Promise<Reply> {
    const started = performance.now()
    let status: number | undefined
    try {
      const answer = await exchange()
      status = answer.status
      return answer
    } finally {
      countRequest(tally, operation, status, (performance.now() - started) / 1000)
    }

    function exchange(): Promise<Reply> {
      const body = request.body && Buffer.from(JSON.stringify(request.body))
      const extra = body && { 'Content-Type': options.dialect.contentType, 'Content-Length': body.length }
      return new Promise((resolve, reject) => {
        const sent = transport.request(
          base + request.path,
          { agent, method: request.method, headers: { ...headers, ...extra }, ...(signal && { signal }) },
          (received) => {
            readText(received).then((text) => {
              clearTimeout(timer)
              const { statusCode = 0, headers: answered } = received
              resolve({ status: statusCode, body: parse(text), retryAfter: answered['retry-after'] })
            }, fail)
          },
        )
        const timer = setTimeout(
          () => sent.destroy(new Error(`no answer within ${timeoutSeconds} s`)),
          timeoutSeconds * 1000,
        )
        function fail(error: Error): void {
          clearTimeout(timer)
          reject(error)
        }
        sent.on('error', fail)
        sent.end(body)
      })
    }
  }

  async function send(operation: string, request: Request): Promise<Answer> {
    for (let attempts = 1; ; attempts += 1) {
      signal?.throwIfAborted()
      let delay: number
      try {
        const { retryAfter, ...answer } = await attempt(operation, request)
        const busy = answer.status === 429 || answer.status === 503
        if (!busy || attempts > retries) return { ...answer, attempts }
        delay = Math.min(
          retryAfterSeconds(retryAfter, Date.now()) ?? backOffSeconds(attempts),
          longestWaitSeconds,
        )
      } catch (error) {
        signal?.throwIfAborted()
        if (attempts > retries) throw new NoAnswer(describe(error), { cause: error })
        delay = backOffSeconds(attempts)
      }
      tally.retries += 1
      await wait(delay, signal)
    }
  }

  return { send, close: () => agent.destroy() }
}

/** Seconds that a Retry-After header asks for: a number or a date; undefined without a readable one. @see RFC 9110 §10.2.3 */
export function retryAfterSeconds(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined
  if (/^\d+$/.test(header)) return Number(header)
  const date = Date.parse(header)
  return Number.isNaN(date) ? undefined : Math.max(0, (date - now) / 1000)
}

// Half of the wait is random, so that parallel requests do not come back together.
function backOffSeconds(attempts: number): number {
  const longest = Math.min(FIRST_BACK_OFF_SECONDS * 2 ** (attempts - 1), LONGEST_BACK_OFF_SECONDS)
  return longest * (0.5 + Math.random() / 2)
}

function pause(seconds: number, signal: AbortSignal | undefined): Promise<unknown> {
  return sleep(seconds * 1000, undefined, signal && { signal })
}

function authorization(credentials: Credentials): string {
  if ('token' in credentials) return `Bearer ${credentials.token}`
  return `Basic ${Buffer.from(`${credentials.key}:${credentials.secret}`).toString('base64')}`
}

async function readText(received: http.IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  let length = 0
  for await (const part of received as AsyncIterable<Buffer>) {
    length += part.length
    if (length > LONGEST_ANSWER_BYTES) throw new Error('the answer is longer than 64 MB')
    parts.push(part)
  }
  return Buffer.concat(parts).toString('utf8')
}

function parse(text: string): unknown {
  if (text === '') return undefined
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}

// Node reports a refused connection to a name with two addresses as an AggregateError without words of its own.
function describe(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return describe(error.errors[0])
  return error instanceof Error ? error.message : String(error)
}
