import pg from 'pg'
import { DataRefused, TooCostly, Unavailable } from '#errors.ts'

/** The identity provider has changed since the request was authenticated. Authenticate it again. */
export class StaleScope extends Error {}

// SQLSTATE codes: PostgreSQL manual, appendix A.
const SERIALIZATION = new Set(['40001', '40P01'])
const STATEMENT_TIMEOUT = '57014'
const STALE_SCOPE = 'DL001'
/** Not caused by our statement: no connection, no resources, shutting down, locked, read-only or not permitted. */
const UNAVAILABLE_CLASSES = new Set(['08', '53', '57', '58', 'XX'])
const UNAVAILABLE_CODES = new Set(['55P03', '25006', '25P03', '42501', '26000', '28000', '28P01', '3D000'])

/** Invalid data, and values that exceed a limit of the server, such as the size of an index row. */
const REFUSED_CLASSES = new Set(['22', '54'])

const READ_ONLY = '25006'
const UNKNOWN_STATEMENT = '26000'

/** Returns whether the server no longer accepts writes; another one may have replaced it. */
export function isReadOnly(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.code === READ_ONLY
}

/** Returns whether the same statement may succeed if it is repeated, possibly on another server. */
export function isRetryable(error: unknown): boolean {
  if (!(error instanceof pg.DatabaseError)) return false
  return SERIALIZATION.has(error.code ?? '') || error.code === UNKNOWN_STATEMENT || isReadOnly(error)
}

function isUnavailable(code: string): boolean {
  return SERIALIZATION.has(code) || UNAVAILABLE_CODES.has(code) || UNAVAILABLE_CLASSES.has(code.slice(0, 2))
}

/**
 * Converts an error of the driver into one of the errors in #errors.ts. Errors that a statement provokes on purpose,
 * such as a violated unique index, stay `pg.DatabaseError`. Errors that don't come from the database are returned
 * unchanged.
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

/** Returns whether the connection can't be used after this error, because it is closed or in an unknown state. */
export function breaksConnection(error: unknown): boolean {
  if (error instanceof pg.DatabaseError) return error.severity === 'FATAL' || error.severity === 'PANIC'
  return isConnectionFailure(error)
}

/**
 * Returns whether the database itself refused the statement, so that nothing of it was kept. If the server didn't
 * answer, that isn't known.
 */
export function isUndone(error: unknown): boolean {
  const said = error instanceof Error && error.cause !== undefined ? error.cause : error
  return said instanceof pg.DatabaseError && !breaksConnection(said)
}

// The driver has no class for these errors, but its tests fix their messages.
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

/** Returns the name of the unique index that refused a row; undefined for any other error. */
export function violatedIndex(error: unknown): string | undefined {
  return error instanceof pg.DatabaseError && error.code === '23505' ? error.constraint : undefined
}
