// Reads which process runs on a cluster, from the server's `postmaster.pid` and the process table. Both can be wrong:
// the file may have been copied with its folder, and the process id may have been reused. running.ts checks it.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** How to connect to the server; `host` is the folder of its socket. */
export interface Connection {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly database: string
}

/** What `postmaster.pid` says about the current or last server. */
export interface Postmaster {
  readonly pid: number
  /** Folder of its socket. */
  readonly host: string
  /** Whether it says that the server accepts clients. That may be outdated if the server was killed. */
  readonly ready: boolean
}

/** Only part of the socket's name: the server doesn't listen on a network port. */
export const SOCKET_PORT = 5432

/** Returns how to connect to the server. @param host folder of the socket */
export function connectionTo(host: string, user: string, database: string): Connection {
  return { host, port: SOCKET_PORT, user, database }
}

/**
 * Returns the content of `postmaster.pid`; undefined if there is none. The file exists while a server runs, and
 * remains if the server is killed.
 */
export function readPostmaster(cluster: string): Postmaster | undefined {
  const lines = readIfThere(join(cluster, 'postmaster.pid'))?.split('\n')
  const pid = Number(lines?.[0])
  const host = lines?.[4]?.trim()
  if (!(pid > 0) || !host) return undefined
  return { pid, host, ready: lines?.[7]?.trim() === 'ready' }
}

/**
 * Lets a server start although lock files name a process that is alive but isn't the server. PostgreSQL refuses to
 * start while the process in `postmaster.pid`, or in the lock file beside the socket, is alive. After a restart of a
 * container, another process may have that id, or a zombie that nobody reaps. So this writes our own id into the
 * files: the server ignores its parent's id, and still refuses while a process of the old server uses the shared
 * memory.
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

/** Returns whether a process is alive and is the server of this cluster; true if that can't be determined. */
export function isPostmaster(pid: number, cluster: string): boolean {
  if (!lives(pid)) return false
  if (!existsSync('/proc/self/stat')) return commandOf(pid)?.includes(cluster) ?? true
  const stat = readIfThere(`/proc/${pid}/stat`)
  if (stat === undefined) return false
  if (!/\(postgres\) [^ZX]/.test(stat)) return false
  return isSameFolder(`/proc/${pid}/cwd`, cluster) ?? true
}

/**
 * Returns whether two paths lead to the same folder; undefined if one can't be read. Paths alone aren't enough,
 * because a copy may now have the path with which a server was started.
 */
function isSameFolder(one: string, other: string): boolean | undefined {
  try {
    const [a, b] = [statSync(one, { bigint: true }), statSync(other, { bigint: true })]
    return a.dev === b.dev && a.ino === b.ino
  } catch {
    return undefined
  }
}

/** Returns the command of a process on systems without /proc, such as macOS. */
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
