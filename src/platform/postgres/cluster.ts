// The database cluster on disk: its folder, its socket, and its creation.
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
  /** Whether initdb writes the cluster safely to disk (fsync). */
  readonly sync: boolean
  readonly signal?: AbortSignal | undefined
  /** Processes that end with this one; see {@link ServerPlan}. */
  readonly started: Set<number>
}

const LONGEST_WORDS = 4_000

// macOS allows a socket path of 103 bytes, Linux 107. PostgreSQL adds its file name to the folder.
const LONGEST_SOCKET_FOLDER = 103 - `/.s.PGSQL.${SOCKET_PORT}`.length

export function clusterFolder(dataDir: string): string {
  return join(dataDir, 'postgres')
}

/**
 * Returns the folder of the socket: the cluster, or a temporary folder if the path would be too long. The temporary
 * folder is named after the identity of the cluster's folder, not its path, because a copy may later have the same
 * path.
 */
export function socketPath(cluster: string): string {
  if (Buffer.byteLength(cluster) <= LONGEST_SOCKET_FOLDER) return cluster
  const { dev, ino } = statSync(cluster, { bigint: true })
  const name = createHash('sha256').update(`${dev}:${ino}`).digest('hex').slice(0, 16)
  return join(tmpdir(), `doorlist-${name}`)
}

/** Returns the folder of the socket, and creates it if it is missing. */
export function makeSocketFolder(cluster: string, identity: Identity): string {
  const folder = socketPath(cluster)
  if (folder !== cluster) makePrivateFolder(folder, identity)
  return folder
}

/**
 * Creates the cluster if there is none. It is created under another name and renamed, so that neither a kill nor a
 * second process leaves an incomplete cluster.
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

/** Removes incomplete clusters of processes that were killed. */
function removeParts(cluster: string): void {
  const prefix = `${basename(cluster)}.new-`
  for (const name of readdirSync(dirname(cluster)).filter((each) => each.startsWith(prefix))) {
    const pid = Number.parseInt(name.slice(prefix.length), 10)
    if (pid === process.pid || !lives(pid))
      rmSync(join(dirname(cluster), name), { recursive: true, force: true })
  }
}

/** Runs initdb and waits for its end, even if `signal` stops it, so that none of its processes still writes. */
async function runInitdb(options: ClusterOptions, folder: string): Promise<void> {
  const { binaries, identity, sync, signal, started } = options
  signal?.throwIfAborted()
  const child = spawn(binaries.initdb, initdbArguments(folder, sync), {
    ...runAs(identity),
    cwd: folder,
    env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' },
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true, // its own process group, so that the servers it starts end with it
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
  // Only the account that owns these files can open the socket's folder, and it could read them anyway (decision
  // 0022).
  const access = [`--username=${SUPERUSER}`, '--auth-local=trust', '--auth-host=reject']
  return ['-D', folder, ...locale, ...access, '--no-instructions', ...(sync ? [] : ['--no-sync'])]
}
