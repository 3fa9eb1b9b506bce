// Far more clients than connections, at full speed and while something holds every statement up.
import pg from 'pg'
import { expect, onTestFinished, test } from 'vitest'
import { attachPostgres, type Connection } from '#platform/postgres/embedded.ts'
import { openHistory } from './history.ts'
import { makeIdp, openClient } from './idp.ts'
import { checkLedger } from './ledger.ts'
import { makeGroup, writeFor, writeUntil } from './load.ts'
import { dataFolder, startService } from './service.ts'

const CLIENTS = 500
/** Longer than a request waits. */
const HELD_MILLISECONDS = 5_000

/** Keeps everybody else from a table. @returns lets them in again */
async function lockTable(connection: Connection, table: string): Promise<() => Promise<void>> {
  const client = new pg.Client(connection)
  await client.connect()
  await client.query(`begin; lock table ${table} in access exclusive mode`)
  return () => client.end()
}

test('500 clients at once are served or told to come again, and none is left waiting', async () => {
  const dataDir = dataFolder()
  const service = await startService({ dataDir })
  onTestFinished(() => void service.end('SIGTERM'))
  const logins = await attachPostgres(dataDir)
  if (!logins) throw new Error('the embedded PostgreSQL does not run')
  const idp = await makeIdp(logins.serving)
  const client = openClient(() => service.url, idp)
  const history = openHistory()
  const load = { client, history, groupId: await makeGroup(client), workers: CLIENTS, pauseMilliseconds: 500 }

  await writeFor(500, load)
  expect(client.violations).toEqual([])

  for (const table of ['directory_user', 'identity_provider']) {
    const held = new AbortController()
    const unlock = await lockTable(logins.owner, table)
    const writing = writeUntil(held.signal, load)
    const alive = await fetch(`${service.url}/healthz`)
    expect(alive.status).toBe(200)
    await new Promise((resolve) => setTimeout(resolve, HELD_MILLISECONDS))
    await unlock()
    held.abort()
    await writing
    expect(client.violations).toEqual([])
  }
  expect(client.statuses.get(503), 'told to come again').toBeGreaterThanOrEqual(CLIENTS)

  const refused = client.statuses.get(503)
  await writeFor(300, { ...load, workers: 16 })
  expect(client.statuses.get(503)).toBe(refused)
  expect(await history.check(client, load.groupId)).toEqual([])
  expect(await checkLedger(logins.owner, idp.id)).toEqual([])
  expect(client.violations).toEqual([])
}, 120_000)
