import type { AuditContext } from '#audit/record.ts'
import type { TenantTx } from '#platform/database/database.ts'

/** A job at the beginning of one of its batches. */
export interface RunningJob {
  readonly id: string
  readonly payload: unknown
  /** What the batch before gave back; null at the beginning. */
  readonly position: unknown
  readonly createdAt: Date
  /** Whoever asked for the job: the events of its changes are theirs. */
  readonly auditContext: AuditContext
}

export interface Batch {
  /** How many were dealt with. */
  readonly done: number
  /** Where the next batch begins; undefined when this was the last. */
  readonly next: object | undefined
}

/**
 * Does one batch of a job, of a second at most, and only inside the transaction: when it fails, or the process ends,
 * nothing of it has happened, and it is done again from the same position.
 */
export type JobKind = (tx: TenantTx, job: RunningJob) => Promise<Batch>

export type JobKinds = Readonly<Record<string, JobKind>>
