// What is measured, and beside what: our service and the floor (the least server that is still honest), each with a
// database of its own in one embedded PostgreSQL with its default, durable settings. All of it is made anew and removed.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { type Connection, startPostgres } from '#platform/postgres.ts'

export interface Target {
  readonly name: 'ours' | 'floor'
  readonly base: string
  readonly token: string
  readonly pid: number
}

export interface Stand {
  readonly folder: string
  readonly databasePid: number
  readonly ours: Target
  readonly floor: Target
  /** Environment that starts our service once more on the same database. */
  readonly environment: NodeJS.ProcessEnv
  close(): Promise<void>
}

const HERE = import.meta.dirname
const OUR_PORT = 41_870
const FLOOR_PORT = 41_871
const START_MILLISECONDS = 30_000

function run(file: string, environment: NodeJS.ProcessEnv): ChildProcess {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', join(HERE, file)], {
    env: { ...process.env, NODE_ENV: 'production', ...environment },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  return child
}

async function until<Value>(what: string, look: () => Promise<Value | undefined>): Promise<Value> {
  const giveUp = Date.now() + START_MILLISECONDS
  for (;;) {
    const value = await look().catch(() => undefined)
    if (value !== undefined) return value
    if (Date.now() > giveUp) throw new Error(`${what} did not start`)
    await sleep(50)
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill('SIGTERM')
  await gone
}

export async function openStand(): Promise<Stand> {
  const folder = mkdtempSync(join(tmpdir(), 'doorlist-bench-'))
  const children: ChildProcess[] = []
  const postgres = await startPostgres({ dataDir: folder })
  async function close(): Promise<void> {
    await Promise.all(children.map(end))
    await postgres.stop()
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    return {
      folder,
      databasePid: postgres.pid,
      close,
      ...(await startServers(folder, postgres.connection, children)),
    }
  } catch (error) {
    await close()
    throw error
  }
}

async function startServers(
  folder: string,
  { host, port, user, database }: Connection,
  children: ChildProcess[],
) {
  const url = (name: string) => `postgres://${user}@/${name}?host=${encodeURIComponent(host)}&port=${port}`
  await makeFloorDatabase({ host, port, user })
  const answer = join(folder, 'ours.json')
  const environment = {
    DATABASE_URL: url(database),
    DOORLIST_DATA_DIR: join(folder, 'state'),
    DOORLIST_PORT: String(OUR_PORT),
    DOORLIST_SCIM_RATE: '0',
    DOORLIST_LOG_LEVEL: 'warn',
    BENCH_ANSWER: answer,
  }
  const floorSettings = {
    PORT: String(FLOOR_PORT),
    DB_URL: url('floor'),
    DRIVER: 'pg',
    POOL: '8',
    TENANT: '2',
  }
  const floor = run('tools/floor.mjs', floorSettings)
  children.push(run('service.ts', environment), floor)
  const ours = await until('our service', async () => JSON.parse(readFileSync(answer, 'utf8')) as Target)
  const floorBase = `http://127.0.0.1:${FLOOR_PORT}`
  await until('the floor', async () => ((await fetch(`${floorBase}/hello`)).ok ? true : undefined))
  const floorTarget: Target = {
    name: 'floor',
    base: `${floorBase}/scim/v2`,
    token: 'bench',
    pid: floor.pid ?? 0,
  }
  return { environment, ours, floor: floorTarget }
}

async function makeFloorDatabase(connection: pg.ClientConfig): Promise<void> {
  const server = new pg.Client({ ...connection, database: 'postgres' })
  await server.connect()
  await server.query('create database floor')
  await server.end()
  const floor = new pg.Client({ ...connection, database: 'floor' })
  await floor.connect()
  await floor.query(readFileSync(join(HERE, 'tools/floor-schema.sql'), 'utf8'))
  await floor.end()
}

/** The target file of the load generator. */
export function writeTargets(stand: Stand, targets: readonly Target[]): string {
  const file = join(stand.folder, 'targets.json')
  const lines = targets.map(({ name, base, token, pid }) => ({
    name,
    base,
    pid,
    kind: 'scim',
    headers: { Authorization: `Bearer ${token}` },
  }))
  const hello = {
    name: 'hello',
    kind: 'raw',
    base: `http://127.0.0.1:${FLOOR_PORT}`,
    path: '/hello',
    pid: stand.floor.pid,
  }
  writeFileSync(file, JSON.stringify([...lines, hello]))
  return file
}
