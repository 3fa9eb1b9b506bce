// Turns errors into responses of the API. @see RFC 9457
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import {
  Busy,
  Conflict,
  DataRefused,
  Invalid,
  Malformed,
  NotFound,
  Refusal,
  Refused,
  Stale,
  Throttled,
  TooCostly,
  Unauthenticated,
  Unavailable,
} from '#errors.ts'
import { StaleScope } from '#platform/database/errors.ts'
import { TooManyRequests } from '#platform/limits/token-bucket.ts'
import { ScimError } from '#protocol/scim/messages/error.ts'
import { logDataRefused } from '../data-refused.ts'
import type { Problem } from './contract/problem.ts'

export const PROBLEM_JSON = 'application/problem+json; charset=utf-8'
const RETRY_SECONDS = 5

const TITLES: Record<number, string> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  409: 'Conflict',
  412: 'Precondition Failed',
  413: 'Content Too Large',
  414: 'URI Too Long',
  415: 'Unsupported Media Type',
  422: 'Unprocessable Content',
  429: 'Too Many Requests',
  431: 'Request Header Fields Too Large',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
}

type Errors = NonNullable<Problem['errors']>

/** A refusal with a code of its own, such as `step-up-required`. */
export class ApiRefusal extends Error {
  readonly status: number
  readonly code: string
  readonly errors: Errors | undefined
  /** Further members of the response that only this refusal has. */
  readonly more: Partial<Problem>
  constructor(status: number, code: string, message: string, errors?: Errors, more: Partial<Problem> = {}) {
    super(message)
    this.status = status
    this.code = code
    this.errors = errors
    this.more = more
  }
}

function toProblem(error: unknown): Problem {
  if (error instanceof ApiRefusal)
    return { ...problem(error.status, error.code, error.message, error.errors), ...error.more }
  if (error instanceof ScimError) return problem(error.status, error.code, error.message)
  const body = problemOf(error)
  return error instanceof Refusal && error.reason ? { ...body, code: error.reason.code } : body
}

/** Returns the status and code for a class of errors. Refusals in the catalogue (protocol/scim/refusals) have codes of their own. */
function problemOf(error: unknown): Problem {
  if (error instanceof NotFound) return problem(404, 'not-found', error.message)
  if (error instanceof Conflict)
    return problem(409, 'conflict', error.message, [{ field: error.attribute, message: error.message }])
  if (error instanceof Malformed)
    return problem(400, 'malformed', error.message, [{ field: error.field, message: error.rule }])
  if (error instanceof DataRefused) return problem(400, 'malformed', error.message)
  if (error instanceof Invalid)
    return problem(422, 'invalid', error.message, [{ field: error.field, message: ruleOf(error) }])
  if (error instanceof Stale) return problem(412, 'stale', error.message)
  if (error instanceof Refused) return problem(403, 'refused', error.message)
  if (error instanceof Unauthenticated) return problem(401, 'unauthenticated', error.message)
  if (error instanceof TooManyRequests || error instanceof Throttled)
    return problem(429, 'too-many-requests', error.message)
  if (error instanceof TooCostly)
    return problem(400, 'too-costly', 'This search takes too long. Narrow it down.')
  if (error instanceof Busy) return problem(503, 'busy', error.message)
  if (error instanceof Unavailable || error instanceof StaleScope)
    return problem(503, 'unavailable', 'The database cannot be reached now; try again in a moment')
  return fromFramework(error)
}

/** Returns the message without the name of the field in front of it. */
function ruleOf({ field, message }: Invalid): string {
  return message.startsWith(`${field} `) ? message.slice(field.length + 1) : message
}

function fromFramework(error: unknown): Problem {
  const { validation, validationContext, statusCode } = error as Partial<FastifyError>
  if (validation) {
    const errors = validation.map((fault) => ({
      field: fieldOf(fault) || (validationContext ?? 'body'),
      message: fault.message ?? 'is not valid',
    }))
    const [first] = errors
    return problem(400, 'malformed', `${first?.field} ${first?.message}`, errors)
  }
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500)
    return problem(statusCode, 'malformed', 'The request is malformed')
  return problem(500, 'internal', 'Something went wrong. The log has the details under this request ID.')
}

function fieldOf({ instancePath, params }: { instancePath: string; params: Record<string, unknown> }) {
  const path = instancePath.split('/').slice(1)
  const name = params.missingProperty ?? params.additionalProperty
  return [...path, ...(typeof name === 'string' ? [name] : [])].join('.')
}

export function problem(status: number, code: string, detail: string, errors?: Errors): Problem {
  const title = TITLES[status] ?? 'Error'
  return { type: 'about:blank', title, status, detail, code, ...(errors && { errors }) }
}

/** Sends the error. Internal causes go to the log, never to the client. */
export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const body = toProblem(error)
  logDataRefused(error, request)
  if (body.status >= 500 && body.status !== 503)
    request.log.error({ err: error, req: request }, 'an API request failed')
  if (body.status === 503) reply.header('retry-after', RETRY_SECONDS)
  if (error instanceof TooManyRequests || error instanceof Throttled)
    reply.header('retry-after', error.retrySeconds)
  return reply
    .code(body.status)
    .header('content-type', PROBLEM_JSON)
    .send(JSON.stringify({ ...body, requestId: request.id }))
}
