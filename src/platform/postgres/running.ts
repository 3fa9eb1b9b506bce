// Finds the server that runs on a cluster and proves it: the server must see a file that was just created in the
// folder. `postmaster.pid` and the path of the socket aren't proof, because folders are copied and moved.
import { randomBytes } from 'node:crypto'
import { closeSync, openSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { socketPath } from './cluster.ts'
import { MAINTENANCE_DATABASE, SERVING, SUPERUSER } from './logins.ts'
import { connectionTo, readPostmaster } from './postmaster.ts'

/**
 * `busy`: a server is starting, recovering or stopping. `unprepared`: it accepts clients, but the service can't log
 * in yet. `silent`: no server answers. `foreign`: the server uses another folder.
 */
export type Answer = 'ready' | 'unprepared' | 'busy' | 'silent' | 'foreign'

export interface Running {
  readonly pid: number
  /** Folder of its socket. */
  readonly host: string
  /** Whether the service can log in. It can't on a new cluster, or on one from a version that served as superuser. */
  readonly prepared: boolean
}

const PAUSE_MILLISECONDS = 100
const CONNECT_MILLISECONDS = 5_000

/**
 * Returns the server that runs on a cluster; undefined if there is none. Waits for one that is starting, recovering
 * or stopping until `giveUpAt` (milliseconds since the epoch).
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
  // If a folder was moved while its server runs, its socket has moved too.
  for (const host of new Set([socketPath(cluster), postmaster.host])) {
    const answer = await askServer(cluster, host)
    if (answer === 'ready' || answer === 'unprepared')
      return { pid: postmaster.pid, host, prepared: answer === 'ready' }
    isBusy ||= answer === 'busy'
  }
  return isBusy ? 'busy' : undefined
}

/** Asks once which server answers at a socket. @param host folder of the socket */
export async function askServer(cluster: string, host: string): Promise<Answer> {
  if (!isOwnFolder(host, cluster)) return 'foreign'
  const client = new pg.Client({
    ...connectionTo(host, SUPERUSER, MAINTENANCE_DATABASE),
    connectionTimeoutMillis: CONNECT_MILLISECONDS,
    query_timeout: CONNECT_MILLISECONDS,
  })
  client.on('error', () => {}) // its query fails with the same error
  // The file is empty, so that it can be created even on a full disk.
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
    // The server refuses for now: it is starting or stopping (57P03), or has no connection left (53300).
    return error instanceof pg.DatabaseError ? 'busy' : 'silent'
  } finally {
    rmSync(join(cluster, proof), { force: true })
    await client.end().catch(() => {})
  }
}

/**
 * Returns whether the socket's folder belongs to us or to the cluster's owner. In the temporary folder, somebody else
 * could have created it.
 */
function isOwnFolder(host: string, cluster: string): boolean {
  const owner = statSync(host, { throwIfNoEntry: false })?.uid
  return owner !== undefined && (owner === process.getuid?.() || owner === statSync(cluster).uid)
}
