// The wiring of `doorlist serve`: everything that runs is made here and handed what it needs, and stopped in reverse.
import { performance } from 'node:perf_hooks'
import type { Config } from '#config.ts'
import { openSeal } from '#identity-providers/secrets.ts'
import type { Database } from '#platform/database/database.ts'
import { boundHeap } from '#platform/heap.ts'
import { createLog, type Log } from '#platform/log.ts'
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
  /** On a first run: where the first owner is made. */
  readonly setupLink: string | undefined
  /** Lets running requests end, then stops what was started. */
  stop(): Promise<void>
}

/** Starts the service; when a part cannot start, what was started before is stopped again. */
export async function startService(config: Config, log: Log): Promise<Service> {
  boundHeap()
  const undo: Undo = []
  try {
    const { db, applied } = await openStore(config, log, undo)
    const logs = openLogs(db, config, log, undo)
    if (applied.length > 0)
      logs.system.record({ event: 'database-migrated', name: applied.at(-1) ?? '', detail: { applied } })
    const seal = await openSeal(db, config) // a missing or wrong key is found out now, not at the first secret
    const setupLink = await furnish(db, config)
    const figures = openWorkFigures()
    const server = await openDoors({ db, seal, config, log, logs, figures, undo })
    const url = config.publicUrl ?? listeningAt(server, config)
    await enterGateway(db, listeningAt(server, config), config, log, logs, undo)
    const background = { db, config, log, systemLog: logs.system, figures }
    startHousekeeping(background, undo)
    startSealing(background, undo)
    startJobs(db, log, undo)
    return {
      url,
      db,
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
  const service = await startService(config, log)
  const database = config.databaseUrl ? 'external PostgreSQL' : 'embedded PostgreSQL'
  const { url: publicUrl, setupLink } = service
  // Measured from the start of the process; the terminal gets words, the log gets fields.
  const milliseconds = performance.now()
  process.stderr.write(welcome({ publicUrl, database, milliseconds, setupLink }))
  log.info({ publicUrl, database, milliseconds: Math.round(milliseconds) }, 'ready')
  await Promise.race([toldToStop(), struck(log)])
  log.info('draining')
  await service.stop()
  log.info('stopped')
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

/** Resolves at the first SIGTERM or SIGINT; a second one ends the process at once. */
export function toldToStop(): Promise<void> {
  return new Promise((resolve) => {
    let told = false
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.on(signal, () => {
        if (told) process.exit(1)
        told = true
        resolve()
      })
    }
  })
}
