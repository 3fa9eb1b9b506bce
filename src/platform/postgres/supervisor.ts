// Keeps one server running: notices when it is gone, restarts it as often as necessary, and stops it when told to.
import { setTimeout as sleep } from 'node:timers/promises'
import { Refused } from '#errors.ts'
import { type SupervisorLock, takeSupervisorLock } from './lock.ts'
import { prepareLogins, supervisorTo } from './logins.ts'
import { isPostmaster, readPostmaster } from './postmaster.ts'
import { bringUp, type Server, type ServerPlan } from './server.ts'

/** A running server and our lock on it. */
export interface Held {
  readonly server: Server
  readonly lock: SupervisorLock
}

const FIRST_PAUSE_MILLISECONDS = 100
const LONGEST_PAUSE_MILLISECONDS = 5_000
/** How long to wait before clients are disconnected, and then before the server is stopped without a checkpoint. */
const POLITE_MILLISECONDS = 2_000
const PATIENT_MILLISECONDS = 60_000

/**
 * Starts the server, or takes it over, and locks it.
 * @throws {Refused} if another process supervises the server
 * @throws the reason of `signal` if it is aborted
 */
export async function hold(plan: ServerPlan, signal?: AbortSignal): Promise<Held> {
  const server = await bringUp(plan, signal)
  let lock: SupervisorLock | undefined
  try {
    if (!server.prepared) await prepareLogins(server.host)
    lock = await takeSupervisorLock(supervisorTo(server.host))
    signal?.throwIfAborted()
    plan.started.add(server.pid) // also if it was taken over
    return { server, lock }
  } catch (error) {
    const isAnothers = server.adopted || error instanceof Refused
    if (lock || !isAnothers) await shutDown(plan, server, lock)
    else plan.started.delete(server.pid)
    throw error
  }
}

/** Supervises a server that {@link hold} has started and locked. */
export class Supervisor {
  readonly #plan: ServerPlan
  readonly #onExit: (problem: Error) => void
  readonly #stopping = new AbortController()
  readonly #watching: Promise<void>
  /** Undefined while the server is down. */
  #held: Held | undefined
  #pid: number

  constructor(plan: ServerPlan, held: Held, onExit: (problem: Error) => void) {
    this.#plan = plan
    this.#onExit = onExit
    this.#held = held
    this.#pid = held.server.pid
    this.#watching = this.#watch()
  }

  /** Process id of the current or last server. */
  get pid(): number {
    return this.#pid
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    if (!this.#held) await this.#watching // a restart may be succeeding right now
    if (this.#held) await shutDown(this.#plan, this.#held.server, this.#held.lock)
  }

  async #watch(): Promise<void> {
    while (this.#held && !this.#stopping.signal.aborted) {
      await this.#held.lock.lost
      this.#held = undefined
      if (!this.#stopping.signal.aborted) this.#plan.started.delete(this.#pid)
      if (this.#stopping.signal.aborted) return
      this.#onExit(new Error(`PostgreSQL (process ${this.#pid}) is gone; starting it again`))
      this.#held = await this.#bringBack()
      if (this.#held) this.#pid = this.#held.server.pid
    }
  }

  /** Restarts the server, and repeats that until it succeeds. @returns undefined only if we are told to stop */
  async #bringBack(): Promise<Held | undefined> {
    const { signal } = this.#stopping
    for (let pause = FIRST_PAUSE_MILLISECONDS; !signal.aborted; ) {
      try {
        return await hold(this.#plan, signal)
      } catch (problem) {
        if (!signal.aborted) this.#onExit(problem as Error)
      }
      await sleep(pause, undefined, { signal }).catch(() => {})
      pause = Math.min(pause * 2, LONGEST_PAUSE_MILLISECONDS)
    }
    return undefined
  }
}

/**
 * Stops the server in three steps. SIGTERM refuses new clients and lets connected ones finish, such as a command.
 * SIGINT disconnects them. SIGQUIT stops waiting for the disk. No committed data is lost.
 */
async function shutDown(
  { cluster, started }: ServerPlan,
  { pid }: Server,
  lock?: SupervisorLock,
): Promise<void> {
  signal(pid, 'SIGTERM') // before the lock is released, because nobody can take over a server that refuses clients
  await lock?.release()
  if (!(await ended(cluster, pid, POLITE_MILLISECONDS))) {
    signal(pid, 'SIGINT')
    if (!(await ended(cluster, pid, PATIENT_MILLISECONDS))) {
      signal(pid, 'SIGQUIT')
      await ended(cluster, pid, POLITE_MILLISECONDS)
    }
  }
  started.delete(pid)
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch {
    // The process has already ended.
  }
}

async function ended(cluster: string, pid: number, milliseconds: number): Promise<boolean> {
  const giveUp = Date.now() + milliseconds
  // An orderly shutdown removes the file last. A server that we took over may remain as a zombie.
  const runs = () => readPostmaster(cluster)?.pid === pid && isPostmaster(pid, cluster)
  while (runs()) {
    if (Date.now() > giveUp) return false
    await sleep(20)
  }
  return true
}
