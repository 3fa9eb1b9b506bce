import pg from 'pg'
import { DataRefused, TooCostly, Unavailable } from '#errors.ts'

/** The identity provider changed since the request was authenticated: authenticate again. */
export class StaleScope extends Error {}

// SQLSTATE codes, PostgreSQL manual, appendix A.
const SERIALIZATION = new Set(['40001', '40P01'])
const STATEMENT_TIMEOUT = '57014'
const STALE_SCOPE = 'DL001'
/** Not our statement's fault: no connection, no resources, shutting down, locked, read-only, or not permitted. */
const UNAVAILABLE_CLASSES = new Set(['08', '53', '57', '58', 'XX'])
const UNAVAILABLE_CODES = new Set(['55P03', '25006', '25P03', '42501', '26000', '28000', '28P01', '3D000'])

/** Of data exceptions, and of values that are larger than a limit of the server's own (an index row, say). */
const REFUSED_CLASSES = new Set(['22', '54'])

const READ_ONLY = '25006'
const UNKNOWN_STATEMENT = '26000'

/** The server takes no writes any more; another may have taken its place. */
export function isReadOnly(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.code === READ_ONLY
}

export function isRetryable(error: unknown): boolean {
  if (!(error instanceof pg.DatabaseError)) return false
  return SERIALIZATION.has(error.code ?? '') || error.code === UNKNOWN_STATEMENT || isReadOnly(error)
}

function isUnavailable(code: string): boolean {
  return SERIALIZATION.has(code) || UNAVAILABLE_CODES.has(code) || UNAVAILABLE_CLASSES.has(code.slice(0, 2))
}

/**
 * Turns what the driver throws into an error of the house. Errors that a statement provokes on purpose (a unique index
 * that decides, say) pass through as `pg.DatabaseError`; anything that is no database error passes through untouched.
 * @param statementMilliseconds how long a statement was allowed to take
 */
export function databaseError(error: unknown, statementMilliseconds = 2_500): unknown {
  if (error instanceof pg.DatabaseError) {
    const code = error.code ?? ''
    if (code === STALE_SCOPE) return new StaleScope('the identity provider has changed', { cause: error })
    if (code === STATEMENT_TIMEOUT)
      return new TooCostly('The request takes too long to answer', {
        seconds: statementMilliseconds / 1_000,
        cause: error,
      })
    if (REFUSED_CLASSES.has(code.slice(0, 2)))
      return new DataRefused('A value in the request cannot be stored or compared', { cause: error })
    return isUnavailable(code) ? new Unavailable('The database is not available', { cause: error }) : error
  }
  return isConnectionFailure(error)
    ? new Unavailable('The database is not available', { cause: error })
    : error
}

/** Whether the connection is of no use after this error: it is gone, or nobody knows what state it is in. */
export function breaksConnection(error: unknown): boolean {
  if (error instanceof pg.DatabaseError) return error.severity === 'FATAL' || error.severity === 'PANIC'
  return isConnectionFailure(error)
}

/** Whether the database itself said no, so that nothing stays of what it was asked; after a silence nobody knows. */
export function isUndone(error: unknown): boolean {
  const said = error instanceof Error && error.cause !== undefined ? error.cause : error
  return said instanceof pg.DatabaseError && !breaksConnection(said)
}

// The driver has no class for these; its messages are part of its tests.
const DRIVER_MESSAGES = [
  'Connection terminated',
  'timeout exceeded when trying to connect',
  'timeout expired',
  'Query read timeout',
  'Client has encountered a connection error and is not queryable',
  'Client was closed and is not queryable',
  'Cannot use a pool after calling end on the pool',
  'Received unexpected',
]

function isConnectionFailure(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if ('code' in error && ('syscall' in error || String(error.code).startsWith('ERR_STREAM'))) return true
  return DRIVER_MESSAGES.some((message) => error.message.startsWith(message))
}

/** The name of the unique index that refused a row, when that is what happened. */
export function violatedIndex(error: unknown): string | undefined {
  return error instanceof pg.DatabaseError && error.code === '23505' ? error.constraint : undefined
}
