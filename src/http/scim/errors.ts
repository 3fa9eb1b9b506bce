// Turns every error of the service into a SCIM error. @see RFC 7644 §3.12

import type { FastifyReply, FastifyRequest } from 'fastify'
import {
  Busy,
  DataRefused,
  Invalid,
  Malformed,
  NotFound,
  Refusal,
  TooCostly,
  Unauthenticated,
  Unavailable,
} from '#errors.ts'
import { StaleScope } from '#platform/database/errors.ts'
import { TooManyRequests } from '#platform/limits/token-bucket.ts'
import { ScimError } from '#protocol/scim/messages/error.ts'
import { because, type Reason, refuseBecause } from '#protocol/scim/refusals/refusals.ts'
import { setDataHeaders } from '../data-headers.ts'
import { logDataRefused } from '../data-refused.ts'

export const SCIM_JSON = 'application/scim+json; charset=utf-8'

/** Value of `Retry-After` in seconds while the database is unavailable. */
const RETRY_SECONDS = 5

/** Converts an error. @param maxPayloadSize limit of the body in bytes, for the message */
export function toScimError(error: unknown, maxPayloadSize = 0): ScimError {
  return error instanceof ScimError ? error : refuseBecause(reasonOf(error, maxPayloadSize), error)
}

function reasonOf(error: unknown, maxPayloadSize: number): Reason {
  if (error instanceof Refusal && error.reason) return error.reason
  if (error instanceof Unauthenticated) return because('credentials-invalid')
  if (error instanceof NotFound) return because('endpoint-unknown')
  if (error instanceof Malformed) return reasonOfMalformed(error)
  if (error instanceof DataRefused || error instanceof Invalid) return because('value-unstorable')
  if (error instanceof TooManyRequests) return because('too-many-requests', { seconds: error.retrySeconds })
  if (error instanceof TooCostly) return because('took-too-long', { seconds: error.seconds })
  if (error instanceof StaleScope) return because('idp-changing')
  if (error instanceof Busy) return because('busy')
  if (error instanceof Unavailable) return because('database-unavailable')
  return reasonOfFramework(error, maxPayloadSize) ?? because('internal')
}

function reasonOfMalformed({ field, reason }: Malformed): Reason {
  if (reason === 'too-deep') return because('http-malformed')
  return field === 'filter' ? because('filter-unstorable') : because('address-unstorable', { field })
}

/** Returns the reason of an error that Fastify raised before a route ran. */
function reasonOfFramework(error: unknown, maxPayloadSize: number): Reason | undefined {
  const { statusCode = 500, code } = (error ?? {}) as { statusCode?: number; code?: string }
  switch (code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return because('body-too-large', { limit: maxPayloadSize })
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return because('media-type-unsupported')
    case 'FST_ERR_BAD_URL':
      return because('address-malformed')
    case 'FST_ERR_MAX_PARAM_LENGTH':
      return because('address-too-long')
    default:
      return statusCode >= 400 && statusCode < 500 ? because('http-malformed') : undefined
  }
}

function retryAfter(error: unknown, status: number): number | undefined {
  if (error instanceof TooManyRequests) return error.retrySeconds
  return status === 503 ? RETRY_SECONDS : undefined
}

/** Sends an error. Details of internal errors are logged, never sent. */
export function sendScimError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const scim = toScimError(error, request.routeOptions.bodyLimit)
  request.refusal = scim
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
