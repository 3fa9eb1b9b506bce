import type { FastifyRequest } from 'fastify'
import { DataRefused } from '#errors.ts'

/**
 * Logs a value that reached the database although it cannot be kept there, as the defect of ours that it is. PostgreSQL's
 * message quotes the value, which may be a secret, so the place is logged and the message is not.
 */
export function logDataRefused(error: unknown, { log, id, method, routeOptions }: FastifyRequest): void {
  if (!(error instanceof DataRefused)) return
  const {
    code,
    routine,
    stack = '',
  } = (error.cause ?? {}) as { code?: string; routine?: string; stack?: string }
  const frames = stack.split('\n').filter((line) => /^ {4}at /.test(line))
  log.error(
    { sqlState: code, routine, frames, route: `${method} ${routeOptions.url}`, requestId: id },
    'a value that no check refused reached the database',
  )
}
