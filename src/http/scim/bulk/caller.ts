// Runs the operations of a bulk request for its sender. Each operation uses the permissions that apply when it
// starts. Once the sender is refused, the database is unavailable or the time is up, no further operations are tried.
import type { Provisioner } from '#directory/provisioner.ts'
import { Unavailable } from '#errors.ts'
import type { Done } from '#protocol/scim/bulk/bulk.ts'
import type { ScimError } from '#protocol/scim/messages/error.ts'
import { refuse } from '#protocol/scim/refusals/refusals.ts'
import type { Dialect } from '../dialect.ts'
import { toScimError } from '../errors.ts'
import { isOutdated } from '../fresh.ts'
import type { ScimRequest } from '../request.ts'

export type Outcome = Done | ScimError
export type Work<Result> = (at: Provisioner, dialect: Dialect) => Promise<Result>

export interface BulkCaller {
  /**
   * Runs the work, with one retry if the identity provider changed.
   * @throws what the work throws; throws without trying if the sender is refused, the database is unavailable or the
   * time is up
   */
  run<Result>(work: Work<Result>): Promise<Result>
  /** Returns the error to report for a failed operation. Internal errors are also logged. */
  refusal(error: unknown): Promise<ScimError>
  /** Returns why no operation can be carried out any more, or undefined. */
  gone(): unknown
  /** Returns the sender with its current permissions. */
  at(): Provisioner
  /** Logs a problem that doesn't affect the response. */
  warn(error: unknown, what: string): void
}

/**
 * In milliseconds. No operation starts after this time, because the client or a proxy would soon close the
 * connection.
 */
const TIME = 25_000

/**
 * Creates the caller of a bulk request.
 * @param refresh authenticates the request again
 * @throws {Unauthenticated} {Refused}
 */
export function bulkCaller(
  first: Provisioner,
  request: ScimRequest,
  dialectOf: (request: ScimRequest) => Dialect,
  refresh: (request: ScimRequest) => Promise<Provisioner>,
): BulkCaller {
  const end = performance.now() + TIME
  let at = first
  let gone: unknown

  async function refreshed(): Promise<Provisioner> {
    try {
      return await refresh(request)
    } catch (error) {
      gone = error
      throw error
    }
  }

  return {
    async run(work) {
      if (gone !== undefined) throw gone
      if (performance.now() > end) throw refuse('bulk-not-begun')
      try {
        return await work(at, dialectOf(request))
      } catch (error) {
        if (!(await isOutdated(at, error))) throw error
        at = await refreshed()
        return work(at, dialectOf(request))
      }
    },

    async refusal(error) {
      const scim = toScimError(error)
      if (error === gone) return scim
      if (scim.status >= 500) request.log.error({ err: scim.cause ?? error }, 'a bulk operation failed')
      // A single operation may time out on a lock. Give up on the others only if the database doesn't respond at all.
      if (error instanceof Unavailable) await at.db.ping().catch((silence) => (gone = silence))
      return scim
    },

    gone: () => gone,
    at: () => at,
    warn: (error, what) => request.log.warn({ err: error }, what),
  }
}
