// The cluster on disk: where it is, where its socket goes, and how it is made.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, realpathSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Binaries } from './binaries.ts'
import { type Identity, makePrivateFolder, runAs } from './identity.ts'
import { SUPERUSER } from './logins.ts'
import { SOCKET_PORT } from './postmaster.ts'

// macOS allows a socket path of 103 bytes, Linux 107; PostgreSQL adds its file name to the folder.
const LONGEST_SOCKET_FOLDER = 103 - `/.s.PGSQL.${SOCKET_PORT}`.length

export function clusterFolder(dataDir: string): string {
  return join(dataDir, 'postgres')
}

/** The folder of the socket: the cluster itself, or one in the temporary folder when the path would be too long. */
export function socketFolder(cluster: string, identity: Identity): string {
  if (Buffer.byteLength(cluster) <= LONGEST_SOCKET_FOLDER) return cluster
  const name = createHash('sha256').update(realpathSync(cluster)).digest('hex').slice(0, 16)
  const folder = join(tmpdir(), `doorlist-${name}`)
  makePrivateFolder(folder, identity)
  return folder
}

/**
 * Makes the cluster where there is none. It is made beside its place and renamed, so that neither a kill half-way nor
 * a second process doing the same leaves half a cluster.
 */
export function makeCluster(cluster: string, binaries: Binaries, identity: Identity, sync: boolean): void {
  if (existsSync(join(cluster, 'PG_VERSION'))) return
  const part = `${cluster}.new-${process.pid}`
  rmSync(part, { recursive: true, force: true })
  mkdirSync(part, { recursive: true })
  makePrivateFolder(part, identity)
  try {
    execFileSync(binaries.initdb, initdbArguments(part, sync), {
      ...runAs(identity),
      cwd: part,
      env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    renameSync(part, cluster)
  } catch (cause) {
    if (!existsSync(join(cluster, 'PG_VERSION')))
      throw new Error('Cannot make the database cluster', { cause })
  } finally {
    rmSync(part, { recursive: true, force: true })
  }
}

function initdbArguments(folder: string, sync: boolean): string[] {
  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8']
  // The socket's folder is closed to all but the account that owns these files and could read them anyway (decision 0022).
  const access = [`--username=${SUPERUSER}`, '--auth-local=trust', '--auth-host=reject']
  return ['-D', folder, ...locale, ...access, '--no-instructions', ...(sync ? [] : ['--no-sync'])]
}
