// Who sends a bulk request, for as long as it is worked on: every operation is done by the rights that hold when its turn
// comes, and those that cannot be done any more are not tried one after the other.
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
  /** @throws what the work throws; without trying it, when the caller or the database is gone or the time is up */
  run<Result>(work: Work<Result>): Promise<Result>
  /** What an operation is answered that failed so; our own failures go to the log. */
  refusal(error: unknown): Promise<ScimError>
  /** Why nothing can be done any more, if so. */
  gone(): unknown
  /** The caller as it is now. */
  at(): Provisioner
  /** Tells the log of something that went wrong and needs no answer. */
  warn(error: unknown, what: string): void
}

/** Milliseconds after which no operation is begun; a client, or a proxy before it, would hang up soon. */
const TIME = 25_000

/** @param refresh authenticates the sender anew @throws {Unauthenticated} {Refused} */
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
      // One operation may wait for a lock in vain; only when nothing answers is there no use in trying the others.
      if (error instanceof Unavailable) await at.db.ping().catch((silence) => (gone = silence))
      return scim
    },

    gone: () => gone,
    at: () => at,
    warn: (error, what) => request.log.warn({ err: error }, what),
  }
}
