import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { expect, onTestFinished, test, vi } from 'vitest'
import { Refused } from '#errors.ts'
import {
  attachPostgres,
  type Connection,
  type EmbeddedLogins,
  type Postgres,
  startPostgres,
} from '#platform/postgres/embedded.ts'
import { roomyFolder } from '#test/setup/roomy-folder.ts'

const settings = { fsync: 'off' }
const SUPERVISE = fileURLToPath(new URL('supervise.ts', import.meta.url))

function dataFolder(name = 'data'): string {
  const folder = mkdtempSync(join(roomyFolder(), 'doorlist-postgres-'))
  chmodSync(folder, 0o711) // run by root, the server is another user and has to pass
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return join(folder, name)
}

async function start(dataDir: string, onExit?: (problem: Error) => void): Promise<Postgres> {
  const postgres = await startPostgres({ dataDir, settings, ...(onExit && { onExit }) })
  onTestFinished(() => postgres.stop())
  return postgres
}

/** A supervisor in a process of its own, which can be killed. */
async function startElsewhere(dataDir: string) {
  const child = spawn(process.execPath, [SUPERVISE, dataDir], { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  const exited = once(child, 'exit')
  const gone = exited.then(() => Promise.reject(new Error('the supervisor ended before its server was up')))
  const [line] = (await Promise.race([once(createInterface(child.stdout), 'line'), gone])) as [string]
  const server = JSON.parse(line) as { pid: number; logins: EmbeddedLogins }
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal)
    return (await exited) as [number | null, string | null]
  }
  return { ...server, supervisor: child.pid, end }
}

async function query(connection: Connection, text: string, values: unknown[] = []): Promise<unknown[]> {
  const client = new pg.Client(connection)
  client.on('error', () => {})
  await client.connect()
  try {
    return (await client.query(text, values)).rows
  } finally {
    await client.end()
  }
}

test('a server starts in an empty folder, reachable through a closed socket only, and stops', async () => {
  const dataDir = dataFolder()
  const postgres = await start(dataDir)
  expect(postgres.adopted).toBe(false)
  expect(postgres.logins.owner).toMatchObject({ database: 'doorlist', host: join(dataDir, 'postgres') })
  expect(statSync(postgres.logins.owner.host).mode & 0o077).toBe(0)
  const sql = `select current_setting('listen_addresses') as network, current_setting('max_connections') as clients,
                      current_setting('server_encoding') as encoding, current_setting('synchronous_commit') as commit`
  const expected = { network: '', clients: '100', encoding: 'UTF8', commit: 'on' }
  expect(await query(postgres.logins.owner, sql)).toEqual([expected])

  await postgres.stop()
  expect(await attachPostgres(dataDir)).toBeUndefined()
  await expect(query(postgres.logins.owner, 'select 1')).rejects.toThrow(/ENOENT|ECONNREFUSED/)
})

test('what was written is there after a stop and a start', async () => {
  const dataDir = dataFolder()
  const first = await start(dataDir)
  await query(first.logins.owner, 'create table note as select 1 as id')
  await first.stop()
  const second = await start(dataDir)
  expect(await query(second.logins.owner, 'select id from note')).toEqual([{ id: 1 }])
})

test('a data folder with a long path gets its socket in a short one', async () => {
  const dataDir = dataFolder('d'.repeat(120))
  const postgres = await start(dataDir)
  onTestFinished(() => rmSync(postgres.logins.owner.host, { recursive: true, force: true }))
  expect(await query(postgres.logins.owner, 'select 1 as one')).toEqual([{ one: 1 }])
  expect(statSync(postgres.logins.owner.host).mode & 0o077).toBe(0)
  expect(await attachPostgres(dataDir)).toEqual(postgres.logins)
})

test('a server killed with -9 is back within seconds, with every acknowledged row', async () => {
  const problems: string[] = []
  const postgres = await start(dataFolder(), ({ message }) => void problems.push(message))
  await query(postgres.logins.owner, 'create table note (id int)')
  const killed = postgres.pid
  let acknowledged = 0
  const writing = (async () => {
    for (let id = 1; ; id++) {
      await query(postgres.logins.owner, 'insert into note values ($1)', [id])
      acknowledged = id
    }
  })().catch(() => {})
  await vi.waitUntil(() => acknowledged >= 20, { timeout: 10_000 })
  process.kill(killed, 'SIGKILL')
  await writing

  await vi.waitUntil(() => postgres.pid !== killed, { timeout: 10_000 })
  expect(problems[0]).toContain(`process ${killed}) is gone`)
  const [{ rows }] = (await query(postgres.logins.owner, 'select count(*)::int as rows from note')) as [
    { rows: number },
  ]
  // One insert more may have been committed without its answer arriving.
  expect(rows - acknowledged).toBeGreaterThanOrEqual(0)
  expect(rows - acknowledged).toBeLessThanOrEqual(1)
})

test('the server of a killed process is taken over, connections and all', async () => {
  const dataDir = dataFolder()
  const orphan = await startElsewhere(dataDir)
  const client = new pg.Client(orphan.logins.owner)
  await client.connect()
  await orphan.end('SIGKILL')
  const postgres = await start(dataDir)
  expect(postgres).toMatchObject({ adopted: true, pid: orphan.pid, logins: orphan.logins })
  expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }])
  await client.end()

  // It is supervised like one of our own.
  process.kill(orphan.pid, 'SIGKILL')
  await vi.waitUntil(() => postgres.pid !== orphan.pid, { timeout: 10_000 })
  expect(await query(postgres.logins.owner, 'select 1 as one')).toEqual([{ one: 1 }])
})

test('the data of a process and a server that were both killed come back', async () => {
  const dataDir = dataFolder()
  const both = await startElsewhere(dataDir)
  await query(both.logins.owner, 'create table note as select 1 as id')
  await both.end('SIGKILL')
  process.kill(both.pid, 'SIGKILL')
  // After a restart of the machine the dead server's number may be somebody else's.
  const stranger = spawn('sleep', ['60'])
  onTestFinished(() => void stranger.kill())
  for (const name of ['postmaster.pid', '.s.PGSQL.5432.lock']) {
    const file = join(both.logins.owner.host, name)
    writeFileSync(file, readFileSync(file, 'utf8').replace(/^\d+/, String(stranger.pid)))
  }
  const postgres = await start(dataDir)
  expect(postgres.adopted).toBe(false)
  expect(await query(postgres.logins.owner, 'select id from note')).toEqual([{ id: 1 }])
})

test('a second supervisor is refused, while others may attach; the first one goes on', async () => {
  const dataDir = dataFolder()
  const first = await startElsewhere(dataDir)
  const refusal = await startPostgres({ dataDir, settings }).catch((error: unknown) => error)
  expect(refusal).toBeInstanceOf(Refused)
  expect((refusal as Error).message).toBe(
    `Doorlist already runs on this data folder (process ${first.supervisor})`,
  )

  const logins = await attachPostgres(dataDir)
  expect(logins).toEqual(first.logins)
  expect(logins && (await query(logins.serving, 'select 1 as one'))).toEqual([{ one: 1 }])
  expect(await first.end('SIGTERM')).toEqual([0, null])
  expect(await attachPostgres(dataDir)).toBeUndefined()
})

test('nothing to attach to in a folder without a cluster', async () => {
  expect(await attachPostgres(dataFolder())).toBeUndefined()
})
