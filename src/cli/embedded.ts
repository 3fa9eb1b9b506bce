// The embedded PostgreSQL, for the length of one command: attached to where it runs, started where it does not. A
// command that started it stops it again, but not under other commands that came to share it.
import { setTimeout as sleep } from 'node:timers/promises'
import { Refused, Unavailable } from '#errors.ts'
import type { migrate } from '#platform/migrations.ts'
import { attachPostgres, startPostgres } from '#platform/postgres.ts'
import { waitForLastGuest } from '#platform/postgres-guests.ts'

export type Connection = Parameters<typeof migrate>[0]

interface Embedded {
  readonly connection: Connection
  /** Undefined where another process looks after the server. */
  readonly stop?: () => Promise<void>
}

const ATTEMPTS = 30
const ATTEMPT_MILLISECONDS = 500
const LAST_GUEST_MILLISECONDS = 30_000

/** @throws {Refused} another process starts or stops the server in this moment */
export async function reachEmbedded(dataDir: string): Promise<Embedded> {
  const connection = await attachPostgres(dataDir)
  return connection ? { connection } : startPostgres({ dataDir })
}

export async function leaveEmbedded({ connection, stop }: Embedded): Promise<void> {
  if (!stop) return
  await waitForLastGuest(connection, LAST_GUEST_MILLISECONDS).catch(() => {}) // a server that cannot be asked is stopped all the same
  await stop()
}

/** Tries to come in again while the server is just being started or stopped by another process. */
export async function patiently<Result>(enter: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await enter()
    } catch (error) {
      const passing = error instanceof Refused || error instanceof Unavailable
      if (!passing || attempt === ATTEMPTS) throw error
      await sleep(ATTEMPT_MILLISECONDS)
    }
  }
}
