import type { FastifyReply, FastifyRequest } from 'fastify'
import { NotFound } from '#errors.ts'

/** Sends the error as JSON with the one member `error`. */
export function sendOperatorError(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  if (error instanceof NotFound) return send(reply, 404, error.message)
  const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500
  if (status >= 400 && status < 500) return send(reply, status, 'The request is malformed')
  request.log.error({ err: error, requestId: request.id }, 'an operator request failed')
  return send(reply, 500, 'Internal error')
}

function send(reply: FastifyReply, status: number, error: string): FastifyReply {
  return reply.code(status).type('application/json; charset=utf-8').send({ error })
}
