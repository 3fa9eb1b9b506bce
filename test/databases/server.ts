// A PostgreSQL server of the kind that operators run: it listens on the network, and asks for passwords.
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { type Binaries, binariesOf, findBinaries } from '#platform/postgres/binaries.ts'
import {
  findIdentity,
  type Identity,
  makePrivateFolder,
  openDataFolder,
  runAs,
} from '#platform/postgres/identity.ts'
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
  /** The cluster's folder, and as whom its files have to be written. */
  readonly folder: string
  readonly identity: Identity
  readonly binaries: Binaries
  /** Rereads its configuration. */
  reload(): void
  /** Ends it at once, as a crash would. */
  kill(): Promise<void>
  stop(): Promise<void>
}

const START_MILLISECONDS = 60_000
const PASSWORD = 'superuser-of-this-test'
/** Nothing here has to outlive a power cut. */
const SETTINGS = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  max_connections: '100',
  listen_addresses: '127.0.0.1',
}

/**
 * Starts a server on a new cluster.
 * @param packageFolder of the npm package with its programs; undefined: those of the embedded PostgreSQL
 */
export async function startServer(
  packageFolder: string | undefined,
  settings: Readonly<Record<string, string>> = {},
): Promise<Server> {
  const home = mkdtempSync(join(roomyFolder(), 'doorlist-server-'))
  const cluster = join(home, 'cluster')
  const identity = findIdentity(cluster)
  openDataFolder(home, identity)
  const binaries = packageFolder ? binariesOf(packageFolder, home, identity) : findBinaries(home, identity)
  makePrivateFolder(cluster, identity)
  initialize(cluster, binaries, identity)
  return run(home, cluster, binaries, identity, settings)
}

/** Starts a server on a cluster that is there. */
async function run(
  home: string,
  cluster: string,
  binaries: Binaries,
  identity: Identity,
  settings: Readonly<Record<string, string>>,
): Promise<Server> {
  const port = await freePort()
  const all = { ...SETTINGS, port: String(port), unix_socket_directories: '', ...settings }
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
  const superuser = { host: '127.0.0.1', port, user: 'postgres', password: PASSWORD, database: 'postgres' }
  const end = (signal: NodeJS.Signals) => {
    if (child.exitCode === null) child.kill(signal)
    return ended
  }
  await untilReady(
    superuser,
    () => child.exitCode !== null,
    () => said,
  )
  return {
    superuser,
    folder: cluster,
    identity,
    binaries,
    reload: () => void child.kill('SIGHUP'),
    kill: async () => void (await end('SIGQUIT')),
    stop: async () => {
      await end('SIGINT')
      rmSync(home, { recursive: true, force: true })
    },
  }
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

async function untilReady(login: Login, ended: () => boolean, said: () => string): Promise<void> {
  const giveUp = Date.now() + START_MILLISECONDS
  for (;;) {
    const client = new pg.Client(login)
    client.on('error', () => {})
    try {
      await client.connect()
      return
    } catch (error) {
      if (ended() || Date.now() > giveUp)
        throw new Error(`The server does not start: ${said()}`, { cause: error })
      await sleep(50)
    } finally {
      await client.end().catch(() => {})
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}
