// The wiring of `doorlist serve`: everything that runs is made here and handed what it needs, and stopped in reverse.
import { performance } from 'node:perf_hooks'
import type { Config } from '#config.ts'
import { openSeal } from '#identity-providers/secrets.ts'
import type { Database } from '#platform/database/database.ts'
import { boundHeap } from '#platform/heap.ts'
import { createLog, type Log } from '#platform/log.ts'
import { aborted, Interrupted, listenForStop, unlessAborted } from '#platform/stop-signals.ts'
import { openWorkFigures } from '#platform/work-figures.ts'
import { listeningAt } from './service/address.ts'
import { openDoors } from './service/doors.ts'
import { startHousekeeping, startJobs, startSealing } from './service/housekeeping.ts'
import { enterGateway, openLogs } from './service/logs.ts'
import { furnish, openStore } from './service/store.ts'
import { type Undo, undoAll } from './service/undo.ts'
import { welcome } from './welcome.ts'

export interface Service {
  /** How it is reached, without a trailing slash. */
  readonly url: string
  readonly db: Database
  /** What is less safe than it could be. */
  readonly warnings: readonly string[]
  /** Which one it is, in words. */
  readonly database: string
  /** On a first run: where the first owner is made. */
  readonly setupLink: string | undefined
  /** Lets running requests end, then stops what was started. */
  stop(): Promise<void>
}

/**
 * Starts the service; when a part cannot start, or `stopping` is aborted, what was started before is stopped again.
 * @throws the reason of `stopping`
 */
export async function startService(
  config: Config,
  log: Log,
  stopping = new AbortController().signal,
): Promise<Service> {
  boundHeap()
  const undo: Undo = []
  const step = <Result>(work: Promise<Result>) => unlessAborted(stopping, work)
  try {
    const { db, applied, database, warnings } = await openStore(config, log, undo, stopping)
    const logs = openLogs(db, config, log, undo)
    if (applied.length > 0)
      logs.system.record({ event: 'database-migrated', name: applied.at(-1) ?? '', detail: { applied } })
    for (const warning of warnings)
      logs.system.record({ event: 'protection-missing', name: 'PostgreSQL', detail: { warning } })
    const seal = await step(openSeal(db, config)) // a missing or wrong key is found out now, not at the first secret
    const setupLink = await step(furnish(db, config))
    const figures = openWorkFigures()
    const server = await step(openDoors({ db, seal, config, log, logs, figures, warnings, undo }))
    const url = config.publicUrl ?? listeningAt(server, config)
    await step(enterGateway(db, listeningAt(server, config), config, log, logs, undo))
    const background = { db, config, log, systemLog: logs.system, figures }
    startHousekeeping(background, undo)
    startSealing(background, undo)
    startJobs(db, log, undo)
    return {
      url,
      db,
      warnings,
      database,
      setupLink: setupLink && `${url}/admin/setup/${setupLink}`,
      stop: () => undoAll(undo, log),
    }
  } catch (error) {
    await undoAll(undo, log)
    throw error
  }
}

/** `doorlist serve`: runs until it is told to stop. */
export async function serve(config: Config): Promise<void> {
  const log = createLog(config.logLevel)
  const { stopping } = listenForStop()
  const service = await startService(config, log, stopping).catch((error) => endedEarly(error, log))
  const { url: publicUrl, database, setupLink, warnings } = service
  // Measured from the start of the process; the terminal gets words, the log gets fields.
  const milliseconds = performance.now()
  log.info({ publicUrl, database, milliseconds: Math.round(milliseconds) }, 'ready')
  process.stderr.write(welcome({ publicUrl, database, milliseconds, setupLink, warnings }))
  await Promise.race([aborted(stopping), struck(log)])
  log.info('draining')
  await service.stop()
  log.info('stopped')
}

/** Ends the process, when it was told to stop: a migration of a database that is not ours may still be waiting. */
function endedEarly(error: unknown, log: Log): never {
  if (!(error instanceof Interrupted)) throw error
  log.info('stopped before it was ready')
  process.exit(0)
}

/**
 * Resolves at an error that nobody caught. What is in memory can no longer be trusted: the service ends as if it were
 * told to, with exit code 1, and whoever watches over it starts it again.
 */
function struck(log: Log): Promise<void> {
  return new Promise((resolve) => {
    process.on('uncaughtException', (error, origin) => {
      log.fatal({ err: error, origin }, 'an error that nobody caught; stopping')
      process.exitCode = 1
      resolve()
    })
  })
}
