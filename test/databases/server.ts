// A PostgreSQL server of the kind that operators run: it listens on the network, and asks for passwords.
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chownSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { type Binaries, binariesOf, findBinaries } from '#platform/postgres/binaries.ts'
import { findIdentity, type Identity, makePrivateFolder, runAs } from '#platform/postgres/identity.ts'
import { makePlace } from '#platform/postgres/place.ts'
import { isPostmaster } from '#platform/postgres/postmaster.ts'
import { roomyFolder } from '#test/setup/roomy-folder.ts'

/** A login by password over TCP. */
export interface Login {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  readonly database: string
}

export interface Server {
  readonly superuser: Login
  /** Major version. */
  readonly version: number
  /** Writes a file that the server may read, and nobody else. @returns its path */
  write(name: string, text: string): string
  /** Ends in order, and starts again on the same port. */
  restart(): Promise<void>
  /** Ends at once, as in a crash. */
  kill(): Promise<void>
  /** Makes another server that follows this one, and takes no writes until it is promoted. */
  standby(): Promise<Server>
  /** Ends, and removes its files. */
  remove(): Promise<void>
}

const PREFIX = 'doorlist-server-'
const START_MILLISECONDS = 60_000
const PASSWORD = 'superuser-of-this-test'
/** Nothing here has to outlive a power cut. */
const SETTINGS = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  max_connections: '100',
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
}

/** Where a server is, and how it is run. */
interface Plan {
  readonly home: string
  readonly cluster: string
  readonly binaries: Binaries
  readonly identity: Identity
  readonly settings: Readonly<Record<string, string>>
}

/**
 * Starts a server on a new cluster.
 * @param packageFolder of the npm package with its programs; undefined: those of the embedded PostgreSQL
 */
export async function startServer(
  packageFolder?: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<Server> {
  sweep()
  const { home, cluster, identity } = makeHome()
  const binaries = packageFolder ? binariesOf(packageFolder, home, identity) : findBinaries(home, identity)
  initialize(cluster, binaries, identity)
  return run({ home, cluster, binaries, identity, settings })
}

/** Ends and removes the servers of runs that were killed; the folder's name says whose it is. */
function sweep(): void {
  for (const name of readdirSync(roomyFolder())) {
    const owner = Number(name.match(`^${PREFIX}(\\d+)-`)?.[1])
    if (!owner || lives(owner)) continue
    const home = join(roomyFolder(), name)
    const cluster = join(home, 'cluster')
    const pidFile = join(cluster, 'postmaster.pid')
    const pid = existsSync(pidFile) ? Number(readFileSync(pidFile, 'utf8').split('\n')[0]) : 0
    if (pid > 0 && isPostmaster(pid, cluster)) process.kill(pid, 'SIGQUIT')
    rmSync(home, { recursive: true, force: true, maxRetries: 5 })
  }
}

function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

function makeHome() {
  const home = mkdtempSync(join(roomyFolder(), `${PREFIX}${process.pid}-`))
  const cluster = join(home, 'cluster')
  const identity = findIdentity(cluster)
  makePlace(home, identity, false)
  makePrivateFolder(cluster, identity)
  return { home, cluster, identity }
}

async function run(plan: Plan): Promise<Server> {
  const port = await freePort()
  const superuser = { host: '127.0.0.1', port, user: 'postgres', password: PASSWORD, database: 'postgres' }
  let running = await launch(plan, superuser)
  const version = Number.parseInt(readFileSync(join(plan.cluster, 'PG_VERSION'), 'utf8'), 10)
  return {
    superuser,
    version,
    write: (name, text) => writeOwned(plan, name, text),
    async restart() {
      await running.end('SIGINT')
      running = await launch(plan, superuser)
    },
    kill: () => running.end('SIGQUIT'),
    standby: () => copyOf(plan, superuser),
    async remove() {
      await running.end('SIGINT')
      rmSync(plan.home, { recursive: true, force: true })
    },
  }
}

interface Running {
  end(signal: NodeJS.Signals): Promise<void>
}

async function launch({ cluster, binaries, identity, settings }: Plan, superuser: Login): Promise<Running> {
  const all = { ...SETTINGS, ...settings, port: String(superuser.port) }
  const args = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const child = spawn(binaries.postgres, ['-D', cluster, ...args], {
    ...runAs(identity),
    cwd: cluster,
    env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  child.stderr.on('data', (chunk) => {
    said = `${said}${chunk}`.slice(-4_000)
  })
  const ended = once(child, 'exit')
  await untilReady(superuser, () => (child.exitCode === null ? undefined : said))
  return {
    async end(signal) {
      child.kill(signal)
      await ended
    },
  }
}

/** A copy that is made while the server runs, as a base backup is. @see PostgreSQL manual, 25.3.4 "Making a Base Backup" */
async function copyOf(plan: Plan, primary: Login): Promise<Server> {
  const { home, cluster, identity } = makeHome()
  const client = new pg.Client(primary)
  await client.connect()
  await client.query(`select pg_backup_start('standby', true)`)
  const skipped = new Set(['postmaster.pid', 'postmaster.opts'])
  cpSync(plan.cluster, cluster, {
    recursive: true,
    filter: (source) => !skipped.has(source.slice(plan.cluster.length + 1)),
  })
  const { rows } = await client.query<{ label: string }>(
    'select labelfile as label from pg_backup_stop(false)',
  )
  await client.end()
  const { host, port, user, password } = primary
  const copy = { ...plan, home, cluster, identity }
  writeOwned(copy, 'backup_label', rows[0]?.label ?? '')
  writeOwned(copy, 'standby.signal', '')
  if (identity.uid !== undefined) execFileSync('chown', ['-R', `${identity.uid}:${identity.gid}`, cluster])
  const source = `host=${host} port=${port} user=${user} password=${password}`
  return run({ ...copy, settings: { ...plan.settings, primary_conninfo: source } })
}

function writeOwned({ cluster, identity: { uid, gid } }: Plan, name: string, text: string): string {
  const path = join(cluster, name)
  writeFileSync(path, text, { mode: 0o600 })
  if (uid !== undefined && gid !== undefined) chownSync(path, uid, gid)
  return path
}

function initialize(cluster: string, binaries: Binaries, identity: Identity): void {
  const passwordFile = join(cluster, '..', 'password')
  writeFileSync(passwordFile, PASSWORD, { mode: 0o644 })
  const locale = process.platform === 'linux' ? 'C.UTF-8' : 'C'
  const access = ['--username=postgres', '--auth=scram-sha-256', `--pwfile=${passwordFile}`]
  execFileSync(
    binaries.initdb,
    ['-D', cluster, '--encoding=UTF8', `--locale=${locale}`, ...access, '--no-sync'],
    { ...runAs(identity), cwd: cluster, env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' }, stdio: 'pipe' },
  )
}

/** @param ended returns what the server said, once it has ended */
async function untilReady(login: Login, ended: () => string | undefined): Promise<void> {
  const giveUp = Date.now() + START_MILLISECONDS
  for (;;) {
    const client = new pg.Client(login)
    client.on('error', () => {})
    try {
      await client.connect()
      return
    } catch (cause) {
      const said = ended() ?? (Date.now() > giveUp ? String(cause) : undefined)
      if (said !== undefined) throw new Error(`The server does not start: ${said}`, { cause })
      await sleep(50)
    } finally {
      await client.end().catch(() => {})
    }
  }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}
