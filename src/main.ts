// Starts and stops `doorlist serve`: creates everything that runs, passes each part what it needs, and stops the
// parts in reverse order.
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
import { openStore, prepareFirstStart } from './service/store.ts'
import { type Undo, undoAll } from './service/undo.ts'
import { welcome } from './welcome.ts'

export interface Service {
  /** The URL of the service, without a trailing slash. */
  readonly url: string
  readonly db: Database
  /** Warnings for operators about missing protection. */
  readonly warnings: readonly string[]
  /** A description of the database for the terminal, such as "embedded PostgreSQL". */
  readonly database: string
  /** While there is no owner: the URL of the page that creates one. */
  readonly setupLink: string | undefined
  /** Lets running requests finish, then stops everything in reverse order. */
  stop(): Promise<void>
}

/**
 * Starts the service. If a part can't start, or `stopping` is aborted, stops what has already started.
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
    // a missing or wrong key must fail the start, not the first use of a secret
    const seal = await step(openSeal(db, config))
    const setupLink = await step(prepareFirstStart(db, config))
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

/** Runs `doorlist serve` until a stop signal or an uncaught error. */
export async function serve(config: Config): Promise<void> {
  const log = createLog(config.logLevel)
  const { stopping } = listenForStop()
  const service = await startService(config, log, stopping).catch((error) => endedEarly(error, log))
  const { url: publicUrl, database, setupLink, warnings } = service
  // Measured since the process started. The terminal gets text, the log gets fields.
  const milliseconds = performance.now()
  log.info({ publicUrl, database, milliseconds: Math.round(milliseconds) }, 'ready')
  process.stderr.write(welcome({ publicUrl, database, milliseconds, setupLink, warnings }))
  await Promise.race([aborted(stopping), struck(log)])
  log.info('draining')
  await service.stop()
  log.info('stopped')
}

/**
 * Exits with code 0 after a stop signal. A pending migration of an external database would otherwise keep the process
 * running.
 */
function endedEarly(error: unknown, log: Log): never {
  if (!(error instanceof Interrupted)) throw error
  log.info('stopped before it was ready')
  process.exit(0)
}

/**
 * Resolves on an uncaught error. What is in memory can't be trusted any more, so the service stops as if told to, but
 * with exit code 1, and its process manager restarts it.
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
