import { findJob, type Job as StoredJob } from '#jobs/jobs.ts'
import type { Database } from '#platform/database/database.ts'
import { withIsoTimes } from '../iso-times.ts'
import type { Job } from './contract.ts'

/** Returns a stored job as the contract has it. */
export function jobOf(job: StoredJob): Job {
  return withIsoTimes(job)
}

/** @throws {NotFound} */
export async function readJob(db: Database, tenantId: string, id: string): Promise<Job> {
  return jobOf(await findJob(db, tenantId, id))
}
