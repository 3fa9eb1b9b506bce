// Responses to bytes that aren't a valid HTTP request. Node reports them before there is a route or a reply object.
import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { ScimError } from '#protocol/scim/messages/error.ts'
import { because, type Reason, refuseBecause } from '#protocol/scim/refusals/refusals.ts'
import { DATA_POLICY } from './data-headers.ts'
import { type Format, formatOf } from './formats.ts'
import { contentSecurityPolicy, framed } from './page.ts'
import { PROBLEM_JSON, problem } from './portal/problems.ts'
import { SCIM_JSON } from './scim/errors.ts'
import { messagePage } from './sign-in/errors.ts'
import { STRICT_TRANSPORT_SECURITY } from './strict-transport-security.ts'
import { TEXTS } from './texts/texts.ts'

interface ClientError extends Error {
  readonly code?: string | undefined
  /** The bytes received so far. */
  readonly rawPacket?: unknown
}

const REASONS: Record<string, Reason> = {
  ERR_HTTP_REQUEST_TIMEOUT: because('http-timeout'),
  HPE_HEADER_OVERFLOW: because('headers-too-large'),
}
const JSON_TYPE = 'application/json; charset=utf-8'

/**
 * Responds in the format of the door that the request line names, and closes the connection.
 * @param isReachedByHttps whether the public URL is https
 */
export function answerClientError(error: ClientError, socket: Socket, isReachedByHttps: boolean): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return
  const refusal = refuseBecause(REASONS[error.code ?? ''] ?? because('http-malformed'), error)
  const { status } = refusal
  const begin = Buffer.isBuffer(error.rawPacket) ? error.rawPacket.subarray(0, 128).toString('latin1') : ''
  const format = formatOf(/^\S+ +(\S+)/.exec(begin)?.[1])
  const { type, body } = inFormat(format, refusal)
  const policy = format === 'page' ? contentSecurityPolicy : DATA_POLICY
  const onlyHttps = isReachedByHttps ? `${STRICT_TRANSPORT_SECURITY.join(': ')}\r\n` : ''
  if (socket.writable) {
    socket.write(
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Length: ${Buffer.byteLength(body)}\r\n` +
        `Content-Type: ${type}\r\nX-Content-Type-Options: nosniff\r\nContent-Security-Policy: ${policy}\r\n${onlyHttps}\r\n${body}`,
    )
  }
  socket.destroySoon()
}

function inFormat(format: Format, refusal: ScimError): { type: string; body: string } {
  const { status, code, message: detail } = refusal
  switch (format) {
    case 'scim':
      return { type: SCIM_JSON, body: JSON.stringify(refusal.toBody()) }
    case 'problem':
      return { type: PROBLEM_JSON, body: JSON.stringify(problem(status, code, detail)) }
    case 'oauth':
      return {
        type: JSON_TYPE,
        body: JSON.stringify({ error: 'invalid_request', error_description: detail }),
      }
    case 'operator':
      return { type: JSON_TYPE, body: JSON.stringify({ error: detail }) }
    case 'page':
      return {
        type: 'text/html; charset=utf-8',
        body: framed(messagePage(TEXTS.en.messages.notUnderstood, `${detail}.`), 'en'),
      }
  }
}
