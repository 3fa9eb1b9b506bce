// The one place where the SCIM door says no: every error of the house in the words of RFC 7644 §3.12.

import type { FastifyReply, FastifyRequest } from 'fastify'
import {
  Conflict,
  DataRefused,
  Invalid,
  Malformed,
  NotFound,
  Refused,
  Stale,
  TooCostly,
  Unauthenticated,
  Unavailable,
} from '#errors.ts'
import { StaleScope } from '#platform/database/errors.ts'
import { TooManyRequests } from '#platform/limits/token-bucket.ts'
import { ScimError } from '#protocol/scim/messages/error.ts'
import { setDataHeaders } from '../data-headers.ts'
import { logDataRefused } from '../data-refused.ts'

export const SCIM_JSON = 'application/scim+json; charset=utf-8'

/** Seconds after which a client is asked to try again while the database is away. */
const RETRY_SECONDS = 5

function fastifyStatus(error: unknown): { status: number; code: string } | undefined {
  if (!(error instanceof Error) || !('statusCode' in error) || typeof error.statusCode !== 'number')
    return undefined
  return { status: error.statusCode, code: 'code' in error ? String(error.code) : '' }
}

const TOO_LARGE = 'FST_ERR_CTP_BODY_TOO_LARGE'
const FRAMEWORK_WORDS: Record<string, string> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'Content-Type must be application/scim+json or application/json',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'The body is not as long as Content-Length says',
  FST_ERR_BAD_URL: 'The path holds a malformed percent escape',
  FST_ERR_MAX_PARAM_LENGTH: 'The path is longer than any path of this service',
}

/** @param maxPayloadSize bytes that the body may have had */
export function toScimError(error: unknown, maxPayloadSize?: number): ScimError {
  if (error instanceof ScimError) return error
  if (error instanceof NotFound) return new ScimError(404, undefined, error.message)
  if (error instanceof Conflict) return new ScimError(409, 'uniqueness', error.message)
  if (error instanceof Stale) return new ScimError(412, undefined, error.message)
  if (error instanceof Malformed) {
    return new ScimError(400, error.field === 'filter' ? 'invalidFilter' : 'invalidValue', error.message)
  }
  if (error instanceof DataRefused) return new ScimError(400, 'invalidValue', error.message)
  if (error instanceof Invalid) return new ScimError(400, 'invalidValue', error.message)
  if (error instanceof Refused) return new ScimError(403, undefined, error.message)
  if (error instanceof Unauthenticated) return new ScimError(401, undefined, error.message)
  if (error instanceof TooManyRequests) return new ScimError(429, undefined, error.message)
  // Stale once more: the identity provider is being changed this very moment.
  if (error instanceof TooCostly || error instanceof Unavailable || error instanceof StaleScope) {
    return new ScimError(503, undefined, 'The service cannot reach its database now; try again', {
      cause: error,
    })
  }
  const framework = fastifyStatus(error)
  if (framework && framework.status >= 400 && framework.status < 500) {
    const detail =
      framework.code === TOO_LARGE
        ? `The body is larger than the maxPayloadSize (${maxPayloadSize}) of this endpoint`
        : (FRAMEWORK_WORDS[framework.code] ?? 'The request is malformed')
    return new ScimError(framework.status, framework.status === 400 ? 'invalidSyntax' : undefined, detail)
  }
  return new ScimError(500, undefined, 'Internal error', { cause: error })
}

function retryAfter(error: unknown, status: number): number | undefined {
  if (error instanceof TooManyRequests) return error.retrySeconds
  return status === 503 ? RETRY_SECONDS : undefined
}

/** Answers the error; what went wrong inside goes to the log, never to the caller. */
export function sendScimError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const scim = toScimError(error, request.routeOptions.bodyLimit)
  logDataRefused(error, request)
  if (scim.status === 500 || scim.status === 503)
    request.log.error({ err: scim.cause ?? error, requestId: request.id }, 'a provisioning request failed')
  const wait = retryAfter(error, scim.status)
  if (wait !== undefined) reply.header('retry-after', wait)
  if (scim.status === 401) {
    reply.header(
      'www-authenticate',
      'Bearer realm="Doorlist SCIM", Basic realm="Doorlist SCIM", charset="UTF-8"',
    )
  }
  setDataHeaders(reply)
  return reply.code(scim.status).header('content-type', SCIM_JSON).send(JSON.stringify(scim.toBody()))
}
