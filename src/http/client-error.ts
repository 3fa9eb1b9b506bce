// What is answered when the bytes that came are no HTTP request at all: there is no route yet, and no reply object.
import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { ScimError } from '#protocol/scim/error.ts'

interface ClientError extends Error {
  readonly code?: string | undefined
  /** What had come so far. */
  readonly rawPacket?: unknown
}

const STATUS: Record<string, number> = { ERR_HTTP_REQUEST_TIMEOUT: 408, HPE_HEADER_OVERFLOW: 431 }
const WORDS: Record<number, string> = {
  400: 'The request is not well-formed HTTP',
  408: 'The request did not arrive in time',
  431: 'The address and headers are larger than this service accepts',
}

/** In SCIM's words where the request line names the SCIM door, in plain JSON elsewhere; then the connection is closed. */
export function answerClientError(error: ClientError, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return
  const status = STATUS[error.code ?? ''] ?? 400
  const detail = WORDS[status] ?? ''
  const begin = Buffer.isBuffer(error.rawPacket) ? error.rawPacket.subarray(0, 64).toString('latin1') : ''
  const isScim = /^[A-Z]+ \/+scim\//.test(begin)
  const body = JSON.stringify(isScim ? new ScimError(status, undefined, detail).toBody() : { error: detail })
  const type = isScim ? 'application/scim+json; charset=utf-8' : 'application/json; charset=utf-8'
  if (socket.writable) {
    socket.write(
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Length: ${Buffer.byteLength(body)}\r\n` +
        `Content-Type: ${type}\r\nX-Content-Type-Options: nosniff\r\n\r\n${body}`,
    )
  }
  socket.destroySoon()
}
