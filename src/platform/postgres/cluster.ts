// The cluster on disk: where it is, where its socket goes, and how it is made.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import type { Binaries } from './binaries.ts'
import { type Identity, makePrivateFolder, runAs } from './identity.ts'
import { SUPERUSER } from './logins.ts'
import { withNamelessPrograms } from './nameless.ts'
import { lives, SOCKET_PORT } from './postmaster.ts'

export interface ClusterOptions {
  readonly cluster: string
  readonly binaries: Binaries
  readonly identity: Identity
  /** Whether it is brought to the disk. */
  readonly sync: boolean
  readonly signal?: AbortSignal | undefined
  /** Processes that end with this one; see `ServerPlan`. */
  readonly started: Set<number>
}

const LONGEST_WORDS = 4_000

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
  const { cluster, identity, signal } = options
  if (existsSync(join(cluster, 'PG_VERSION'))) return
  removeParts(cluster)
  const part = `${cluster}.new-${process.pid}`
  mkdirSync(part, { recursive: true })
  makePrivateFolder(part, identity)
  try {
    const initialize = (binaries: Binaries) => runInitdb({ ...options, binaries }, part)
    if (identity.isNameless) await withNamelessPrograms(options.binaries, `${part}-programs`, initialize)
    else await initialize(options.binaries)
    renameSync(part, cluster)
  } catch (cause) {
    signal?.throwIfAborted()
    if (!existsSync(join(cluster, 'PG_VERSION')))
      throw new Error('Cannot make the database cluster', { cause })
  } finally {
    rmSync(part, { recursive: true, force: true })
  }
}

/** Removes what processes left behind that were killed while they made a cluster. */
function removeParts(cluster: string): void {
  const prefix = `${basename(cluster)}.new-`
  for (const name of readdirSync(dirname(cluster)).filter((each) => each.startsWith(prefix))) {
    const pid = Number.parseInt(name.slice(prefix.length), 10)
    if (pid === process.pid || !lives(pid))
      rmSync(join(dirname(cluster), name), { recursive: true, force: true })
  }
}

/** Runs initdb to its end, also when that is brought about by `signal`: then no process of it writes any more. */
async function runInitdb(options: ClusterOptions, folder: string): Promise<void> {
  const { binaries, identity, sync, signal, started } = options
  signal?.throwIfAborted()
  const child = spawn(binaries.initdb, initdbArguments(folder, sync), {
    ...runAs(identity),
    cwd: folder,
    env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' },
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true, // a process group of its own, so that the servers that it runs end with it
  })
  const group = -(child.pid ?? 0)
  const end = () => void (group && process.kill(group, 'SIGTERM'))
  signal?.addEventListener('abort', end)
  started.add(group)
  let words = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    words = `${words}${text}`.slice(-LONGEST_WORDS)
  })
  try {
    const [code] = (await once(child, 'close')) as [number | null]
    if (code !== 0) throw new Error(`initdb ended with ${code}: ${words.trim()}`)
  } finally {
    started.delete(group)
    signal?.removeEventListener('abort', end)
  }
}

function initdbArguments(folder: string, sync: boolean): string[] {
  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8']
  // The socket's folder is closed to all but the account that owns these files and could read them anyway (decision 0022).
  const access = [`--username=${SUPERUSER}`, '--auth-local=trust', '--auth-host=reject']
  return ['-D', folder, ...locale, ...access, '--no-instructions', ...(sync ? [] : ['--no-sync'])]
}
