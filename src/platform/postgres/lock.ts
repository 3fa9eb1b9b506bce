// Who supervises a cluster: the holder of an advisory lock in it, on a connection of its own. The server gives the lock
// to one process only and takes it back the moment that process ends, however it ends: no file with a number that may
// be somebody else's by now. The same connection tells its holder at once when the server is gone.
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { Refused } from '#errors.ts'
import type { Connection } from './postmaster.ts'

export interface SupervisorLock {
  /** Resolves when the lock is gone: released, or the server ended. */
  readonly lost: Promise<void>
  release(): Promise<void>
}

const KEY = 3_667_561
/** A command line tool that is about to end, or a killed process whose connection is just being closed. */
const PATIENCE_MILLISECONDS = 2_000

/** @throws {Refused} when another process is the supervisor */
export async function takeSupervisorLock(connection: Connection): Promise<SupervisorLock> {
  const client = new pg.Client({ ...connection, application_name: `doorlist supervisor ${process.pid}` })
  client.on('error', () => {}) // `lost` tells
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

/** A server that is frozen does not even say goodbye. */
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
