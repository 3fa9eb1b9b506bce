// What runs on a cluster: what the server's `postmaster.pid`, the process table and the socket say.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'

/** How to reach the server: `host` is the folder of its socket. */
export interface Connection {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly database: string
}

/** What `postmaster.pid` says about the server that runs, or ran last. */
export interface Postmaster {
  readonly pid: number
  /** Folder of its socket. */
  readonly host: string
  /** Whether it says that it takes clients; a file left behind by a kill may still say so. */
  readonly ready: boolean
}

/**
 * `busy`: a server is there but is starting, recovering or stopping. `unprepared`: it takes clients, but the role or the
 * database that was asked for does not exist, or may not log in.
 */
export type Answer = 'ready' | 'unprepared' | 'busy' | 'silent'

/** Only names the socket: no server here listens on a network port. */
export const SOCKET_PORT = 5432

/** @param host folder of the socket */
export function connectionTo(host: string, user: string, database: string): Connection {
  return { host, port: SOCKET_PORT, user, database }
}

/** Reads `postmaster.pid`, which is there while a server runs and stays behind when it was killed. */
export function readPostmaster(cluster: string): Postmaster | undefined {
  const lines = readIfThere(join(cluster, 'postmaster.pid'))?.split('\n')
  const pid = Number(lines?.[0])
  const host = lines?.[4]?.trim()
  if (!(pid > 0) || !host) return undefined
  return { pid, host, ready: lines?.[7]?.trim() === 'ready' }
}

/**
 * PostgreSQL will not start while the process lives that `postmaster.pid` or the lock file beside the socket names, yet
 * after a restart of a container that number may be anybody's, and where nobody reaps orphans it may be a zombie's. We
 * then put our own number there: the server ignores its parent's, and still refuses while a process of the old server
 * holds the shared memory.
 * @param host folder of the socket
 */
export function disownStalePostmaster(cluster: string, host: string): void {
  for (const file of [join(cluster, 'postmaster.pid'), join(host, `.s.PGSQL.${SOCKET_PORT}.lock`)]) {
    const text = readIfThere(file)
    const pid = Number(text?.split('\n')[0])
    if (!text || !(pid > 0) || isPostmaster(pid, cluster)) continue
    writeFileSync(file, text.replace(/^\s*\d+/, String(process.pid)))
  }
}

/** Whether a process lives and is the server of this cluster; in doubt yes (there is no /proc on macOS). */
export function isPostmaster(pid: number, cluster: string): boolean {
  if (!lives(pid)) return false
  const stat = readIfThere(`/proc/${pid}/stat`)
  if (stat === undefined) return !existsSync('/proc/self/stat')
  if (!/\(postgres\) [^ZX]/.test(stat)) return false
  const command = readIfThere(`/proc/${pid}/cmdline`)
  return !command || command.split('\0').includes(cluster)
}

function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

/** No such role, or one that may not log in; no such database. */
const UNPREPARED = new Set(['28000', '3D000'])

/** Tries to connect once, for 5 s at most. */
export async function askServer(connection: Connection): Promise<Answer> {
  const client = new pg.Client({ ...connection, connectionTimeoutMillis: 5_000 })
  client.on('error', () => {})
  try {
    await client.connect()
    return 'ready'
  } catch (error) {
    if (!(error instanceof pg.DatabaseError)) return 'silent'
    // Other refusals pass: the server starts or stops (57P03), or has no connection left (53300).
    return UNPREPARED.has(error.code ?? '') ? 'unprepared' : 'busy'
  } finally {
    await client.end().catch(() => {})
  }
}
