// Starts the work that doesn't belong to a request: daily housekeeping, sealing the audit log, and jobs.
import { setTimeout as sleep } from 'node:timers/promises'
import { purgeSigningKeys } from '#access/purge-signing-keys.ts'
import { purgeSignIns } from '#administrators/housekeeping.ts'
import { ensureAuditPartitions } from '#audit/partitions.ts'
import { sealAudit } from '#audit/seal.ts'
import type { Config } from '#config.ts'
import { actOnUsersJob, USER_JOB } from '#directory/administration/user-job.ts'
import { purgeRevisions } from '#directory/groups/purge-revisions.ts'
import { PROFILES_JOB, recomputeProfilesJob } from '#directory/profiles/recompute-profiles.ts'
import { purgeOrphans } from '#directory/purge.ts'
import { purgeDeletedUsers } from '#directory/users/purge-deleted-users.ts'
import { purgeCeremonies } from '#factors/ceremonies.ts'
import { purgeGateways } from '#gateways/list.ts'
import { checkVerifiedDomains } from '#identity-providers/domains/check-domains.ts'
import { openJobWorker, purgeJobs, resumeFailedJobs } from '#jobs/worker.ts'
import { purgeLogs } from '#logs/purge.ts'
import type { SystemLog } from '#logs/system.ts'
import type { Database } from '#platform/database/database.ts'
import type { Log } from '#platform/log.ts'
import { openDns } from '#platform/network/dns.ts'
import type { WorkFigures } from '#platform/work-figures.ts'
import { purgeUserSignIns } from '#sign-in/housekeeping.ts'
import { purgeGuesses, purgeKnownBrowsers } from '#throttle/housekeeping.ts'
import { startWork, type Work } from './background-work.ts'
import { reportUnlessAway } from './logs.ts'
import type { Undo } from './undo.ts'

const DAY_MILLISECONDS = 86_400_000
const MINUTE_MILLISECONDS = 60_000
const SEAL_MILLISECONDS = 2_000

export interface HousekeepingOptions {
  readonly db: Database
  readonly config: Pick<Config, 'dnsServers' | 'deletedUserDays'>
  readonly log: Log
  readonly systemLog: SystemLog
  readonly figures: WorkFigures
}

/** Starts daily housekeeping: creates partitions of the audit log, and deletes data that has expired. */
export function startHousekeeping(
  { db, config, log, systemLog, figures }: HousekeepingOptions,
  undo: Undo,
): void {
  const dns = openDns(config.dnsServers)
  const nothing = (work: Promise<unknown>) => work.then(() => undefined)
  const pieces: Work[] = [
    {
      name: 'audit_partitions',
      title: 'Creating audit log partitions',
      run: () => nothing(ensureAuditPartitions(db)),
    },
    {
      name: 'orphans',
      title: 'Removing users of deleted identity providers',
      run: (signal) => purgeOrphans(db, signal),
    },
    {
      name: 'deleted_users',
      title: 'Removing deleted users after the retention period',
      run: (signal) => purgeDeletedUsers(db, config.deletedUserDays, signal),
    },
    {
      name: 'group_revisions',
      title: 'Removing old group revisions',
      run: (signal) => purgeRevisions(db, signal),
    },
    {
      name: 'administrator_sign_ins',
      title: 'Removing old administrator sign-ins',
      run: () => nothing(purgeSignIns(db)),
    },
    {
      name: 'ceremonies',
      title: 'Removing expired passkey ceremonies',
      run: (signal) => purgeCeremonies(db, signal),
    },
    {
      name: 'user_sign_ins',
      title: 'Removing old user sign-ins',
      run: (signal) => purgeUserSignIns(db, signal),
    },
    {
      name: 'known_browsers',
      title: 'Removing browsers that were not used for long',
      run: (signal) => purgeKnownBrowsers(db, signal),
    },
    { name: 'logs', title: 'Removing old log events', run: (signal) => purgeLogs(db, signal) },
    {
      name: 'unfinished_profiles',
      title: 'Resuming profile updates that failed',
      run: () => resumeFailedJobs(db, PROFILES_JOB),
    },
    {
      name: 'signing_keys',
      title: 'Removing signing keys whose tokens have expired',
      run: () => purgeSigningKeys(db),
    },
    { name: 'gateways', title: 'Removing gateways that are gone', run: () => nothing(purgeGateways(db)) },
    { name: 'jobs', title: 'Removing old jobs', run: (signal) => purgeJobs(db, signal) },
    {
      name: 'domains',
      title: 'Checking email domains',
      run: (signal) => nothing(checkVerifiedDomains(db, dns, signal)),
    },
  ]
  // Many guesses could fill their table within a day, so this runs every minute.
  const soon: Work[] = [
    { name: 'guesses', title: 'Removing old counts of guesses', run: (signal) => purgeGuesses(db, signal) },
  ]
  const works = [
    startWork(pieces, { log, systemLog, figures, everyMilliseconds: DAY_MILLISECONDS }),
    startWork(soon, { log, systemLog, figures, everyMilliseconds: MINUTE_MILLISECONDS }),
  ]
  undo.push(async () => void (await Promise.all(works.map((work) => work.stop()))))
}

/** Seals the audit log every few seconds. One process does; the others find its lock taken. */
export function startSealing({ db, log, systemLog, figures }: HousekeepingOptions, undo: Undo): void {
  const notSealed = reportUnlessAway((error) => {
    log.warn({ err: error }, 'the audit log could not be sealed')
    systemLog.record({ event: 'audit-not-sealed', name: 'Audit log' })
  })
  const stopping = new AbortController()
  const seal = async () => {
    const { behind, waitsFor } = await sealAudit(db, { signal: stopping.signal })
    figures.behind('audit_seal', behind)
    if (waitsFor > 0)
      systemLog.record({
        event: 'audit-not-sealed',
        name: 'Audit log',
        detail: { behind, openTransactions: waitsFor },
      })
  }
  const run = async () => {
    while (!stopping.signal.aborted) {
      await seal().catch(notSealed)
      await sleep(SEAL_MILLISECONDS, undefined, { signal: stopping.signal, ref: false }).catch(() => {})
    }
  }
  const running = run()
  undo.push(() => {
    stopping.abort()
    return running
  })
}

/** Starts to run jobs. Every process runs jobs, whichever process they were created in. */
export function startJobs(db: Database, log: Log, undo: Undo): void {
  const onError = reportUnlessAway((error) => log.warn({ err: error }, 'a batch of a job failed'))
  const worker = openJobWorker(
    db,
    { [USER_JOB]: actOnUsersJob, [PROFILES_JOB]: recomputeProfilesJob },
    onError,
  )
  undo.push(() => worker.close())
}
