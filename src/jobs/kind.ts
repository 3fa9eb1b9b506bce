import type { AuditContext } from '#audit/record.ts'
import type { TenantTx } from '#platform/database/database.ts'

/** A job at the start of a batch. */
export interface RunningJob {
  readonly id: string
  readonly payload: unknown
  /** `next` of the batch before; null in the first batch. */
  readonly position: unknown
  readonly createdAt: Date
  /** The administrator who started the job; the audit events of its changes name them. */
  readonly auditContext: AuditContext
}

export interface Batch {
  /** Number of objects that were processed. */
  readonly done: number
  /** Where the next batch starts; undefined after the last. */
  readonly next: object | undefined
}

/**
 * Does one batch of a job, in at most a second and only inside the transaction. If it fails, or the process ends, nothing of
 * it has happened, and it runs again from the same position.
 */
export type JobKind = (tx: TenantTx, job: RunningJob) => Promise<Batch>

export type JobKinds = Readonly<Record<string, JobKind>>
