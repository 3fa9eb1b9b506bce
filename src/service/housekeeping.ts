// What is done off every request: daily housekeeping, the seal of the audit log, jobs.
import { ensureAuditPartitions } from '#audit/partitions.ts'
import { sealAudit } from '#audit/seal.ts'
import { purgeOrphans, purgeRevisions } from '#directory/purge.ts'
import { PROFILES_JOB, recomputeProfilesJob } from '#directory/recompute-profiles.ts'
import { actOnUsersJob, USER_JOB } from '#directory/user-job.ts'
import { purgeCeremonies } from '#factors/ceremonies.ts'
import { purgeGateways } from '#gateways/list.ts'
import { openJobWorker, purgeJobs } from '#jobs/worker.ts'
import { purgeLogs } from '#logs/purge.ts'
import type { SystemLog } from '#logs/system.ts'
import type { Database } from '#platform/database.ts'
import type { Log } from '#platform/log.ts'
import { purgeUserSignIns } from '#sign-in/housekeeping.ts'
import { purgeSignIns } from '#tenancy/housekeeping.ts'
import { tellUnlessAway } from './logs.ts'
import type { Undo } from './undo.ts'

const DAY_MILLISECONDS = 86_400_000
const SEAL_MILLISECONDS = 2_000

/** What is done once in a while, off every request: partitions of the audit log, remains of what is gone or too old. */
export function startHousekeeping(db: Database, log: Log, systemLog: SystemLog, undo: Undo): void {
  const report = (name: string) => (error: unknown) => {
    log.warn({ err: error }, `${name} failed; it is tried again tomorrow`)
    systemLog.record({ event: 'work-failed', name })
  }
  const purge = () =>
    Promise.all([
      purgeOrphans(db),
      purgeRevisions(db),
      purgeSignIns(db),
      purgeCeremonies(db),
      purgeUserSignIns(db),
      purgeLogs(db),
      purgeGateways(db),
      purgeJobs(db),
    ]).catch(report('housekeeping'))
  const keep = () =>
    Promise.all([ensureAuditPartitions(db).catch(report('making audit partitions')), purge()])
  const timer = setInterval(keep, DAY_MILLISECONDS)
  timer.unref()
  // One process seals; the others find its lock taken.
  const notSealed = tellUnlessAway((error) => {
    log.warn({ err: error }, 'the audit log could not be sealed')
    systemLog.record({ event: 'audit-not-sealed', name: 'Audit log' })
  })
  const sealer = setInterval(() => void sealAudit(db).catch(notSealed), SEAL_MILLISECONDS)
  sealer.unref()
  const first = purge() // the partitions were made before anything was served
  undo.push(() => {
    clearInterval(timer)
    clearInterval(sealer)
    return first
  })
}

/** Every process does jobs, whoever asked for them where. */
export function startJobs(db: Database, log: Log, undo: Undo): void {
  const onError = tellUnlessAway((error) => log.warn({ err: error }, 'a batch of a job failed'))
  const worker = openJobWorker(
    db,
    { [USER_JOB]: actOnUsersJob, [PROFILES_JOB]: recomputeProfilesJob },
    onError,
  )
  undo.push(() => worker.close())
}
