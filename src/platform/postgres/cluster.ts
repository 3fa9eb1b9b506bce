// The cluster on disk: where it is, where its socket goes, and how it is made.
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Binaries } from './binaries.ts'
import { type Identity, makePrivateFolder, runAs } from './identity.ts'
import { SUPERUSER } from './logins.ts'
import { SOCKET_PORT } from './postmaster.ts'

export interface ClusterOptions {
  readonly cluster: string
  readonly binaries: Binaries
  readonly identity: Identity
  /** Whether it is brought to the disk. */
  readonly sync: boolean
  readonly signal?: AbortSignal | undefined
}

const run = promisify(execFile)

// macOS allows a socket path of 103 bytes, Linux 107; PostgreSQL adds its file name to the folder.
const LONGEST_SOCKET_FOLDER = 103 - `/.s.PGSQL.${SOCKET_PORT}`.length

export function clusterFolder(dataDir: string): string {
  return join(dataDir, 'postgres')
}

/**
 * The folder of the socket: the cluster itself, or one in the temporary folder when the path would be too long. That one is
 * named after the folder and not after its path, where a copy may take its place.
 */
export function socketPath(cluster: string): string {
  if (Buffer.byteLength(cluster) <= LONGEST_SOCKET_FOLDER) return cluster
  const { dev, ino } = statSync(cluster, { bigint: true })
  const name = createHash('sha256').update(`${dev}:${ino}`).digest('hex').slice(0, 16)
  return join(tmpdir(), `doorlist-${name}`)
}

/** The same folder, made where it is missing. */
export function makeSocketFolder(cluster: string, identity: Identity): string {
  const folder = socketPath(cluster)
  if (folder !== cluster) makePrivateFolder(folder, identity)
  return folder
}

/**
 * Makes the cluster where there is none. It is made beside its place and renamed, so that neither a kill half-way nor
 * a second process doing the same leaves half a cluster.
 */
export async function makeCluster(options: ClusterOptions): Promise<void> {
  const { cluster, binaries, identity, sync, signal } = options
  if (existsSync(join(cluster, 'PG_VERSION'))) return
  const part = `${cluster}.new-${process.pid}`
  rmSync(part, { recursive: true, force: true })
  mkdirSync(part, { recursive: true })
  makePrivateFolder(part, identity)
  try {
    await run(binaries.initdb, initdbArguments(part, sync), {
      ...runAs(identity),
      cwd: part,
      env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' },
      signal,
    })
    renameSync(part, cluster)
  } catch (cause) {
    signal?.throwIfAborted()
    if (!existsSync(join(cluster, 'PG_VERSION')))
      throw new Error('Cannot make the database cluster', { cause })
  } finally {
    rmSync(part, { recursive: true, force: true, maxRetries: 10 }) // processes that were told to end may still write
  }
}

function initdbArguments(folder: string, sync: boolean): string[] {
  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8']
  // The socket's folder is closed to all but the account that owns these files and could read them anyway (decision 0022).
  const access = [`--username=${SUPERUSER}`, '--auth-local=trust', '--auth-host=reject']
  return ['-D', folder, ...locale, ...access, '--no-instructions', ...(sync ? [] : ['--no-sync'])]
}
