// The embedded PostgreSQL, for the length of one command: attached to where it runs, started where it does not. A
// command that started it stops it again, but not under other commands that came to share it.
import { setTimeout as sleep } from 'node:timers/promises'
import { Refused, Unavailable } from '#errors.ts'
import { attachPostgres, type EmbeddedLogins, startPostgres } from '#platform/postgres/embedded.ts'
import { waitForLastGuest } from '#platform/postgres/guests.ts'
import { unlessAborted } from '#platform/stop-signals.ts'

interface Embedded {
  readonly logins: EmbeddedLogins
  /** Undefined where another process looks after the server. */
  readonly stop?: () => Promise<void>
}

const ATTEMPTS = 30
const ATTEMPT_MILLISECONDS = 500
const LAST_GUEST_MILLISECONDS = 30_000

/** @throws {Refused} another process starts or stops the server in this moment */
export async function reachEmbedded(dataDir: string, signal: AbortSignal): Promise<Embedded> {
  const logins = await attachPostgres(dataDir, signal)
  return logins ? { logins } : startPostgres({ dataDir, signal })
}

/** @param stopping aborted: commands that share the server are not waited for */
export async function leaveEmbedded({ logins, stop }: Embedded, stopping: AbortSignal): Promise<void> {
  if (!stop) return
  const leaving = waitForLastGuest(logins.serving, LAST_GUEST_MILLISECONDS)
  await unlessAborted(stopping, leaving).catch(() => {}) // a server that cannot be asked is stopped all the same
  await stop()
}

/** Tries to come in again while the server is just being started or stopped by another process. */
export async function patiently<Result>(enter: () => Promise<Result>, signal: AbortSignal): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await enter()
    } catch (error) {
      const passing = error instanceof Refused || error instanceof Unavailable
      if (!passing || attempt === ATTEMPTS) throw error
      await unlessAborted(signal, sleep(ATTEMPT_MILLISECONDS))
    }
  }
}
