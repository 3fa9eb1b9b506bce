// An HTTP client that sends exactly the bytes it is given, on connections that are kept open: quick enough for thousands of
// requests, and free of the tidying that other clients do.
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'

export interface WireRequest {
  readonly method: string
  /** Percent-escapes as they are; each character is one byte. */
  readonly target: string
  /** Each character is one byte. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body?: Buffer | undefined
}

export interface WireResponse {
  readonly status: number
  /** Names in lower case; repeated ones joined by a comma. */
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
}

export interface Wire {
  send(request: WireRequest): Promise<WireResponse>
  close(): void
}

/** Bodies from here on wait a little for an answer that comes before them, such as 413. */
const LARGE_BYTES = 200_000
const EARLY_ANSWER_MILLISECONDS = 50
/** When it was not waited for long enough: then the server may close before its answer is read. */
const LATE_ANSWER_MILLISECONDS = 3_000
const SILENCE_MILLISECONDS = 20_000

/** @param origin `http://127.0.0.1:8080` */
export function openWire(origin: string): Wire {
  const { hostname, port } = new URL(origin)
  const idle: Socket[] = []

  async function send(request: WireRequest, patience = EARLY_ANSWER_MILLISECONDS): Promise<WireResponse> {
    const kept = idle.pop()
    const socket = kept ?? (await opened(hostname, Number(port)))
    try {
      const { response, isReusable } = await exchange(socket, request, patience)
      if (isReusable) idle.push(socket)
      else socket.destroy()
      return response
    } catch (error) {
      socket.destroy()
      if (!(error instanceof NoAnswer)) throw error
      // The server may close a connection at the moment at which it is used again.
      if (kept) return send(request, patience)
      if (isLarge(request) && patience === EARLY_ANSWER_MILLISECONDS)
        return send(request, LATE_ANSWER_MILLISECONDS)
      throw error
    }
  }

  return {
    send: (request) => send(request),
    close: () => void idle.splice(0).forEach((socket) => void socket.destroy()),
  }
}

class NoAnswer extends Error {}

async function opened(hostname: string, port: number): Promise<Socket> {
  const socket = connect(port, hostname)
  socket.on('error', () => {}) // whoever waits for the answer is told by `close`
  socket.setNoDelay(true)
  await once(socket, 'connect')
  return socket
}

function isLarge({ body }: WireRequest): boolean {
  return body !== undefined && body.length >= LARGE_BYTES
}

async function exchange(socket: Socket, request: WireRequest, patience: number) {
  const { method, target, headers, body } = request
  const length: [string, string][] = body ? [['content-length', String(body.length)]] : []
  const lines = [...headers, ...length].map(([name, value]) => `${name}: ${value}\r\n`)
  const head = Buffer.from(`${method} ${target} HTTP/1.1\r\n${lines.join('')}\r\n`, 'latin1')
  const answer = readAnswer(socket, method)
  if (body && isLarge(request)) {
    socket.write(head)
    const isEarly = await Promise.race([
      answer.then(
        () => true,
        () => true,
      ),
      pause(patience, false),
    ])
    if (isEarly) return { response: (await answer).response, isReusable: false }
    socket.write(body)
  } else socket.write(body ? Buffer.concat([head, body]) : head)
  return answer
}

interface Answer {
  readonly response: WireResponse
  readonly isReusable: boolean
}

function readAnswer(socket: Socket, method: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    let bytes = Buffer.alloc(0)
    const done = (settle: () => void) => {
      socket.off('data', onData).off('close', onClose).off('timeout', onTimeout).setTimeout(0)
      settle()
    }
    const onData = (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk])
      const answer = answerIn(bytes, method, false)
      if (answer) done(() => resolve(answer))
    }
    const onClose = () => {
      const answer = answerIn(bytes, method, true)
      const error =
        bytes.length === 0 ? new NoAnswer('the connection was closed') : new Error(`cut off: ${bytes}`)
      done(() => (answer ? resolve(answer) : reject(error)))
    }
    const onTimeout = () => done(() => reject(new Error('no answer came in time')))
    socket.on('data', onData).on('close', onClose).on('timeout', onTimeout).setTimeout(SILENCE_MILLISECONDS)
  })
}

/** The answer, when all of it has come. */
function answerIn(bytes: Buffer, method: string, isClosed: boolean): Answer | undefined {
  const end = bytes.indexOf('\r\n\r\n')
  if (end < 0) return undefined
  const [statusLine = '', ...lines] = bytes.subarray(0, end).toString('latin1').split('\r\n')
  const status = Number(statusLine.split(' ')[1])
  if (status < 200) return answerIn(bytes.subarray(end + 4), method, isClosed)
  const headers = readHeaders(lines)
  const rest = bytes.subarray(end + 4)
  const hasBody = method !== 'HEAD' && status !== 204 && status !== 304
  const body = hasBody ? bodyIn(rest, headers, isClosed) : Buffer.alloc(0)
  if (!body) return undefined
  return {
    response: { status, headers, text: body.toString('utf8') },
    isReusable: headers.connection !== 'close',
  }
}

function readHeaders(lines: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const line of lines) {
    const colon = line.indexOf(':')
    const name = line.slice(0, colon).toLowerCase()
    const value = line.slice(colon + 1).trim()
    headers[name] = name in headers ? `${headers[name]}, ${value}` : value
  }
  return headers
}

function bodyIn(bytes: Buffer, headers: Record<string, string>, isClosed: boolean): Buffer | undefined {
  if (headers['transfer-encoding'] === 'chunked') return unchunked(bytes)
  const length = headers['content-length']
  if (length === undefined) return isClosed ? bytes : undefined
  return bytes.length >= Number(length) ? bytes.subarray(0, Number(length)) : undefined
}

function unchunked(bytes: Buffer): Buffer | undefined {
  const chunks: Buffer[] = []
  for (let at = 0; ; ) {
    const lineEnd = bytes.indexOf('\r\n', at)
    if (lineEnd < 0) return undefined
    const size = Number.parseInt(bytes.subarray(at, lineEnd).toString('latin1'), 16)
    const start = lineEnd + 2
    if (bytes.length < start + size + 2) return undefined
    if (size === 0) return Buffer.concat(chunks)
    chunks.push(bytes.subarray(start, start + size))
    at = start + size + 2
  }
}
