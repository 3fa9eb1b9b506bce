// Finds the server that runs on a cluster and proves that it does: it has to see a file that was just made in the
// folder. What `postmaster.pid` and the path of the socket say is no proof, because folders are copied and moved.
import { randomBytes } from 'node:crypto'
import { closeSync, openSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { socketPath } from './cluster.ts'
import { MAINTENANCE_DATABASE, SERVING, SUPERUSER } from './logins.ts'
import { connectionTo, readPostmaster } from './postmaster.ts'

/**
 * `busy`: a server is there but is starting, recovering or stopping. `unprepared`: it takes clients, but the service can't
 * log in yet. `foreign`: it serves another folder.
 */
export type Answer = 'ready' | 'unprepared' | 'busy' | 'silent' | 'foreign'

export interface Running {
  readonly pid: number
  /** Folder of its socket. */
  readonly host: string
  /** Whether the service can log in: not on a new cluster, nor on one made by a version that served as superuser. */
  readonly prepared: boolean
}

const PAUSE_MILLISECONDS = 100
const CONNECT_MILLISECONDS = 5_000

/**
 * Returns the server that runs on a cluster; undefined when none does.
 * One that is starting, recovering or stopping is waited for until `giveUpAt` (milliseconds since the epoch).
 */
export async function findRunning(
  cluster: string,
  { giveUpAt = Number.POSITIVE_INFINITY, signal }: { giveUpAt?: number; signal?: AbortSignal | undefined },
): Promise<Running | undefined> {
  for (;;) {
    const found = await look(cluster)
    if (found !== 'busy') return found
    if (Date.now() > giveUpAt) return undefined
    await sleep(PAUSE_MILLISECONDS, undefined, { signal })
  }
}

async function look(cluster: string): Promise<Running | 'busy' | undefined> {
  const postmaster = readPostmaster(cluster)
  if (!postmaster) return undefined
  let isBusy = false
  // A folder that was moved while its server runs has the socket at its new place.
  for (const host of new Set([socketPath(cluster), postmaster.host])) {
    const answer = await askServer(cluster, host)
    if (answer === 'ready' || answer === 'unprepared')
      return { pid: postmaster.pid, host, prepared: answer === 'ready' }
    isBusy ||= answer === 'busy'
  }
  return isBusy ? 'busy' : undefined
}

/** Asks once who answers at a socket. @param host folder of the socket */
export async function askServer(cluster: string, host: string): Promise<Answer> {
  if (!isOwnFolder(host, cluster)) return 'foreign'
  const client = new pg.Client({
    ...connectionTo(host, SUPERUSER, MAINTENANCE_DATABASE),
    connectionTimeoutMillis: CONNECT_MILLISECONDS,
    query_timeout: CONNECT_MILLISECONDS,
  })
  client.on('error', () => {}) // its query fails and says so
  // Without content, so that it can be made on a disk that is full.
  const proof = `doorlist-proof-${randomBytes(16).toString('hex')}`
  closeSync(openSync(join(cluster, proof), 'wx'))
  try {
    await client.connect()
    const { rows } = await client.query<{ ours: boolean; prepared: boolean }>(
      `select (pg_stat_file($1, true)).size is not null as ours,
        exists (select from pg_roles where rolname = $2 and rolcanlogin) as prepared`,
      [proof, SERVING],
    )
    if (!rows[0]?.ours) return 'foreign'
    return rows[0].prepared ? 'ready' : 'unprepared'
  } catch (error) {
    // A refusal that passes: the server starts or stops (57P03), or has no connection left (53300).
    return error instanceof pg.DatabaseError ? 'busy' : 'silent'
  } finally {
    rmSync(join(cluster, proof), { force: true })
    await client.end().catch(() => {})
  }
}

/** In the temporary folder, somebody else could have put a socket at our path. */
function isOwnFolder(host: string, cluster: string): boolean {
  const owner = statSync(host, { throwIfNoEntry: false })?.uid
  return owner !== undefined && (owner === process.getuid?.() || owner === statSync(cluster).uid)
}
