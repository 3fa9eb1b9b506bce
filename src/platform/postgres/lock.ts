// The supervisor of a cluster holds an advisory lock in it, on its own connection. The server gives the lock to only
// one process, and releases it when that process ends in any way. A file with a process id would be less safe,
// because the id may be reused. The connection also shows at once when the server is gone.
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { Refused } from '#errors.ts'
import type { Connection } from './postmaster.ts'

export interface SupervisorLock {
  /** Resolves when the lock is lost: it was released, or the server ended. */
  readonly lost: Promise<void>
  release(): Promise<void>
}

const KEY = 3_667_561
/** How long to wait for a command that is about to end, or for the server to notice that a supervisor was killed. */
const PATIENCE_MILLISECONDS = 2_000

/** Takes the lock. @throws {Refused} if another process is the supervisor */
export async function takeSupervisorLock(connection: Connection): Promise<SupervisorLock> {
  const client = new pg.Client({ ...connection, application_name: `doorlist supervisor ${process.pid}` })
  client.on('error', () => {}) // `lost` resolves
  const lost = new Promise<void>((resolve) => client.once('end', () => resolve()))
  try {
    await client.connect()
    await lock(client)
  } catch (error) {
    await client.end().catch(() => {})
    throw error
  }
  return { lost, release: () => release(client) }
}

/** Closes the connection. Doesn't wait long, because a server that hangs never confirms it. */
async function release(client: pg.Client): Promise<void> {
  const patience = sleep(PATIENCE_MILLISECONDS, undefined, { ref: false })
  await Promise.race([client.end().catch(() => {}), patience])
}

async function lock(client: pg.Client): Promise<void> {
  const giveUp = Date.now() + PATIENCE_MILLISECONDS
  for (;;) {
    const { rows } = await client.query<{ ours: boolean }>('select pg_try_advisory_lock($1) as ours', [KEY])
    if (rows[0]?.ours) return
    if (Date.now() > giveUp)
      throw new Refused(`Doorlist already runs on this data folder (${await holder(client)})`)
    await sleep(100)
  }
}

async function holder(client: pg.Client): Promise<string> {
  const { rows } = await client.query<{ name: string }>(
    `select application_name as name from pg_locks join pg_stat_activity using (pid)
      where locktype = 'advisory' and objid = $1 and granted`,
    [KEY],
  )
  const pid = rows[0]?.name.match(/\d+$/)?.[0]
  return pid ? `process ${pid}` : 'another process'
}
