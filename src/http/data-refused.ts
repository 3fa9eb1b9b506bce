import type { FastifyRequest } from 'fastify'
import { DataRefused } from '#errors.ts'

/**
 * Logs a value that PostgreSQL can't store and that our own checks should have refused. PostgreSQL's message quotes the
 * value, which may be a secret, so only the place in the code is logged.
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
    'the database refused a value that should have been validated before',
  )
}
