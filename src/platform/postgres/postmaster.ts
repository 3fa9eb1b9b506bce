// What runs on a cluster, as the server's `postmaster.pid` and the process table say. Both can be wrong: the file may have
// been copied with its folder, and the number may be another process's by now. `running.ts` asks for proof.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

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

/** Whether a process lives and is the server of this cluster; in doubt yes. */
export function isPostmaster(pid: number, cluster: string): boolean {
  if (!lives(pid)) return false
  if (!existsSync('/proc/self/stat')) return commandOf(pid)?.includes(cluster) ?? true
  const stat = readIfThere(`/proc/${pid}/stat`)
  if (stat === undefined) return false
  if (!/\(postgres\) [^ZX]/.test(stat)) return false
  return isSameFolder(`/proc/${pid}/cwd`, cluster) ?? true
}

/** Undefined when one of them can't be looked at. The path that a server was started with may be a copy's by now. */
function isSameFolder(one: string, other: string): boolean | undefined {
  try {
    const [a, b] = [statSync(one, { bigint: true }), statSync(other, { bigint: true })]
    return a.dev === b.dev && a.ino === b.ino
  } catch {
    return undefined
  }
}

/** Where there is no /proc, as on macOS. */
function commandOf(pid: number): string | undefined {
  try {
    return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' })
  } catch {
    return undefined
  }
}

export function lives(pid: number): boolean {
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
