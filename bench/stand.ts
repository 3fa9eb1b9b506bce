// A stand runs what is measured: our service and others, each with its own database in one embedded PostgreSQL with
// its default, durable settings. Everything is created for the stand and removed afterwards.
import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { type Connection, startPostgres } from '#platform/postgres/embedded.ts'
import type { Target } from './answer.ts'
import { end, freePort, ready, startServer, until } from './processes.ts'

const HERE = import.meta.dirname

export interface Stand {
  readonly folder: string
  readonly databasePid: number
  readonly connection: Connection
  /** Returns the URL of a database of the stand. */
  url(database: string): string
  /** Creates a database. */
  create(database: string): Promise<void>
  /** Ends the child process together with the stand, whatever happens. */
  keep(child: ChildProcess): ChildProcess
  close(): Promise<void>
}

async function openStand(): Promise<Stand> {
  const folder = mkdtempSync(join(tmpdir(), 'doorlist-bench-'))
  const children: ChildProcess[] = []
  const postgres = await startPostgres({ dataDir: folder })
  // The superuser, because databases of peers are also created here.
  const connection = { ...postgres.logins.owner, user: 'postgres' }
  const { host, port, user } = connection
  return {
    folder,
    databasePid: postgres.pid,
    connection,
    url: (name) => `postgres://${user}@/${name}?host=${encodeURIComponent(host)}&port=${port}`,
    create: (name) => query(connection, 'postgres', `create database ${name}`),
    keep(child) {
      children.push(child)
      return child
    },
    async close() {
      await Promise.all(children.map(end))
      await postgres.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Opens a stand, runs `work` and closes the stand. */
export async function withStand<Result>(work: (stand: Stand) => Promise<Result>): Promise<Result> {
  const stand = await openStand()
  try {
    return await work(stand)
  } finally {
    await stand.close()
  }
}

export async function query(connection: Connection, database: string, ...texts: string[]): Promise<void> {
  const client = new pg.Client({ ...connection, database })
  await client.connect()
  try {
    for (const text of texts) await client.query(text)
  } finally {
    await client.end()
  }
}

/** Returns the settings of our service. All its processes on a stand share a database. */
export function ourSettings(stand: Stand, port: number, database = stand.connection.database) {
  return {
    DATABASE_URL: stand.url(database),
    DOORLIST_DATA_DIR: join(stand.folder, 'state'),
    DOORLIST_PORT: String(port),
    DOORLIST_SCIM_RATE: '0',
    DOORLIST_TRUSTED_PROXIES: '127.0.0.1',
    DOORLIST_LOG_LEVEL: 'warn',
  }
}

/** Starts our service with a new tenant and identity provider. */
export async function startOurs(stand: Stand): Promise<Target> {
  return (await startFirst(stand)).target
}

async function startFirst(stand: Stand): Promise<{ target: Target; server: ChildProcess }> {
  const answer = join(stand.folder, 'ours.json')
  const settings = ourSettings(stand, await freePort())
  const server = stand.keep(startServer('service.ts', { ...settings, BENCH_ANSWER: answer }))
  return { target: await ready(server, answer), server }
}

/**
 * Starts our service twice and returns the second start, at which the database is already migrated and the sources
 * compiled.
 */
export async function startOursSettled(stand: Stand): Promise<Target> {
  const { target, server } = await startFirst(stand)
  await end(server)
  return startOursAgain(stand, target)
}

/** Starts another process of our service on the same database. */
export async function startOursAgain(stand: Stand, first: Target): Promise<Target> {
  const port = await freePort()
  const node = stand.keep(startServer('service.ts', ourSettings(stand, port)))
  const base = first.base.replace(new URL(first.base).host, `127.0.0.1:${port}`)
  await until('our second process', node, async () => answers(`http://127.0.0.1:${port}/readyz`))
  return { ...first, base, pid: node.pid ?? 0 }
}

const answers = async (url: string) => ((await fetch(url)).ok ? true : undefined)

/** Starts the floor: the smallest server that still does honest work. */
export async function startFloor(stand: Stand): Promise<Target> {
  const { settings, base } = await floorSettings(stand)
  const server = stand.keep(startServer('tools/floor.mjs', settings))
  await until('the floor', server, async () => answers(`${base}/hello`))
  return { name: 'floor', base: `${base}/scim/v2`, token: 'bench', pid: server.pid ?? 0 }
}

/** Creates the floor's database and returns the settings to start it. */
export async function floorSettings(stand: Stand) {
  await stand.create('floor')
  await query(stand.connection, 'floor', floorSchema())
  const port = await freePort()
  const settings = { PORT: String(port), DB_URL: stand.url('floor'), DRIVER: 'pg', POOL: '8', TENANT: '2' }
  return { settings, base: `http://127.0.0.1:${port}` }
}

export const floorSchema = () => readFileSync(join(HERE, 'tools/floor-schema.sql'), 'utf8')
