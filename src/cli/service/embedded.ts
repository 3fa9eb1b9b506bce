// Uses the embedded PostgreSQL for one command: connects if it runs, starts it if it doesn't. A command that started it
// stops it again, after other commands that share it have ended.
import { setTimeout as sleep } from 'node:timers/promises'
import { isChosen } from '#config.ts'
import { Refused, Unavailable } from '#errors.ts'
import { attachPostgres, type EmbeddedLogins, startPostgres } from '#platform/postgres/embedded.ts'
import { waitForLastGuest } from '#platform/postgres/guests.ts'
import { unlessAborted } from '#platform/stop-signals.ts'

interface Embedded {
  readonly logins: EmbeddedLogins
  /** Undefined if another process supervises the server. */
  readonly stop?: () => Promise<void>
}

const ATTEMPTS = 30
const ATTEMPT_MILLISECONDS = 500
const LAST_GUEST_MILLISECONDS = 30_000

/** @throws {Refused} when another process is just starting or stopping the server */
export async function reachEmbedded(dataDir: string, signal: AbortSignal): Promise<Embedded> {
  const logins = await attachPostgres(dataDir, signal)
  return logins ? { logins } : startPostgres({ dataDir, mayMove: !isChosen(dataDir), signal })
}

/** @param stopping when aborted, it doesn't wait for commands that share the server */
export async function leaveEmbedded({ logins, stop }: Embedded, stopping: AbortSignal): Promise<void> {
  if (!stop) return
  const leaving = waitForLastGuest(logins.serving, LAST_GUEST_MILLISECONDS)
  await unlessAborted(stopping, leaving).catch(() => {}) // a server that doesn't answer is stopped anyway
  await stop()
}

/** Tries again while another process is just starting or stopping the server. */
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
