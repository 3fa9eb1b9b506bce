// Turns errors into responses of the OAuth door. @see RFC 6749 §5.2
import type { FastifyReply, FastifyRequest } from 'fastify'
import {
  DataRefused,
  Malformed,
  NotFound,
  Refused,
  TooCostly,
  Unauthenticated,
  Unavailable,
} from '#errors.ts'
import { TooManyRequests } from '#platform/limits/token-bucket.ts'
import { logDataRefused } from '../data-refused.ts'

type Code =
  | 'invalid_request'
  | 'invalid_client'
  | 'unauthorized_client'
  | 'unsupported_grant_type'
  | 'invalid_scope'
  // Codes of the authorization endpoint (§4.1.2.1): the token endpoint has none for failures of the server.
  | 'server_error'
  | 'temporarily_unavailable'

export class OAuthError extends Error {
  readonly code: Code
  readonly status: number
  constructor(code: Code, description: string, status: number = code === 'invalid_client' ? 401 : 400) {
    super(description)
    this.code = code
    this.status = status
  }
}

const RETRY_SECONDS = 5

const FRAMEWORK_WORDS: Record<string, string> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'The body is larger than a token request can be',
  FST_ERR_CTP_INVALID_MEDIA_TYPE:
    'Content-Type must be application/x-www-form-urlencoded or application/json',
}

export function toOAuthError(error: unknown): OAuthError {
  if (error instanceof OAuthError) return error
  if (error instanceof Unauthenticated) return new OAuthError('invalid_client', error.message)
  if (error instanceof Malformed || error instanceof DataRefused)
    return new OAuthError('invalid_request', error.message)
  if (error instanceof NotFound) return new OAuthError('invalid_request', error.message, 404)
  if (error instanceof Refused) return new OAuthError('unauthorized_client', error.message)
  if (error instanceof TooManyRequests) return new OAuthError('temporarily_unavailable', error.message, 429)
  if (error instanceof TooCostly) {
    const detail = `The database did not finish this within ${error.seconds} s; try again`
    return new OAuthError('temporarily_unavailable', detail, 503)
  }
  if (error instanceof Unavailable) {
    return new OAuthError(
      'temporarily_unavailable',
      'The service cannot reach its database now; try again',
      503,
    )
  }
  const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500
  if (status < 400 || status >= 500) return new OAuthError('server_error', 'Internal error', 500)
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return new OAuthError('invalid_request', FRAMEWORK_WORDS[code] ?? 'The request is malformed', status)
}

/** Sends the error. Internal causes go to the log, never to the client. */
export function sendOAuthError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { code, message, status } = toOAuthError(error)
  logDataRefused(error, request)
  if (status >= 500) request.log.error({ err: error }, 'a token request failed')
  // A client gets the same error for every fault of its assertion; the log has the reason for the operator.
  if (error instanceof Unauthenticated && error.cause)
    request.log.info({ reason: String(error.cause) }, 'a client assertion was refused')
  if (error instanceof TooManyRequests) reply.header('retry-after', error.retrySeconds)
  else if (status === 503) reply.header('retry-after', RETRY_SECONDS)
  if (status === 401) reply.header('www-authenticate', 'Basic realm="Doorlist OAuth", charset="UTF-8"')
  return reply
    .code(status)
    .type('application/json; charset=utf-8')
    .send({ error: code, error_description: message })
}
