// HTTP as it is written: the path goes out letter by letter, unlike with fetch, which would tidy it first.
import { once } from 'node:events'
import { type ClientRequest, type IncomingMessage, request as open } from 'node:http'
import { connect } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'

export interface RawRequest {
  readonly method: string
  /** From the first slash on, percent-escapes as they are. */
  readonly path: string
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly body?: string | Uint8Array | undefined
  /** Sends the body in chunks, without Content-Length. */
  readonly chunked?: boolean
}

export interface RawResponse {
  readonly status: number
  /** Names in lower case; repeated ones joined by a comma. */
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
  readonly milliseconds: number
}

/** Bodies from here on wait a little for an answer that comes before them, such as 413. */
const LARGE_BYTES = 524_288
const EARLY_ANSWER_MILLISECONDS = 300
const CHUNK_BYTES = 65_536

/**
 * Sends one request on a connection of its own.
 * @param origin `http://127.0.0.1:8080`
 * @throws when the connection ends before the answer does
 */
export async function raw(
  origin: string,
  { method, path, headers, body, chunked }: RawRequest,
): Promise<RawResponse> {
  const { hostname, port } = new URL(origin)
  const started = performance.now()
  const bytes = body === undefined ? undefined : Buffer.from(body)
  const length = bytes && !chunked ? { 'Content-Length': String(bytes.length) } : {}
  const request = open({ hostname, port, method, path, agent: false, headers: { ...headers, ...length } })
  const answer = answerTo(request)
  // A server may answer and hang up while the body is still on its way: that is an answer, not a failure.
  const answered = answer.then(
    () => true,
    () => true,
  )
  await sendBody(request, bytes, answered)
  const response = await answer
  return { ...response, milliseconds: performance.now() - started }
}

function answerTo(request: ClientRequest): Promise<Omit<RawResponse, 'milliseconds'>> {
  return new Promise((resolve, reject) => {
    request.on('error', reject)
    request.on('response', (response: IncomingMessage) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        resolve({
          status: response.statusCode ?? 0,
          headers: flat(response),
          text: Buffer.concat(chunks).toString('utf8'),
        })
        request.destroy()
      })
    })
  })
}

function flat({ headersDistinct }: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headersDistinct).map(([name, values]) => [name, (values ?? []).join(', ')]),
  )
}

async function sendBody(request: ClientRequest, bytes: Buffer | undefined, answered: Promise<boolean>) {
  if (bytes === undefined || bytes.length < LARGE_BYTES) return void request.end(bytes)
  request.flushHeaders()
  if (await Promise.race([answered, pause(EARLY_ANSWER_MILLISECONDS, false)])) return
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
    if (request.destroyed) return
    const flowing = request.write(bytes.subarray(at, at + CHUNK_BYTES))
    if (
      !flowing &&
      (await Promise.race([
        answered,
        once(request, 'drain').then(
          () => false,
          () => true,
        ),
      ]))
    )
      return
  }
  request.end()
}

/** Writes bytes to the server and reads until it closes or falls silent; for what no HTTP client would send. */
export function rawBytes(
  origin: string,
  bytes: string | Uint8Array,
  silenceMilliseconds = 2_000,
): Promise<string> {
  const { hostname, port } = new URL(origin)
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    const done = () => {
      socket.destroy()
      resolve(Buffer.concat(chunks).toString('latin1'))
    }
    const socket = connect(Number(port), hostname, () => socket.write(bytes))
    socket.setTimeout(silenceMilliseconds, done)
    socket.on('data', (chunk: Buffer) => chunks.push(chunk))
    socket.on('end', done)
    socket.on('error', (error) => (chunks.length > 0 ? done() : reject(error)))
  })
}

/** The answer's body as JSON; undefined when there is none. @throws SyntaxError naming what came instead */
export function jsonOf(response: RawResponse): unknown {
  if (response.text === '') return undefined
  try {
    return JSON.parse(response.text)
  } catch {
    throw new SyntaxError(`not JSON (${response.status}): ${response.text.slice(0, 300)}`)
  }
}
