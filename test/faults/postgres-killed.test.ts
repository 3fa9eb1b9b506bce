// The service's own PostgreSQL is killed with -9 under write load; the service brings it back and does not end.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test, vi } from 'vitest'
import { attachPostgres } from '#platform/postgres/embedded.ts'
import { back } from './faults.ts'
import { openHistory } from './history.ts'
import { makeIdp, openClient } from './idp.ts'
import { checkLedger } from './ledger.ts'
import { makeGroup, writeFor, writeUntil } from './load.ts'
import { dataFolder, startService } from './service.ts'

const ROUNDS = 8
const LONGEST_LOAD_MILLISECONDS = 300

function postmaster(dataDir: string): number {
  return Number(readFileSync(join(dataDir, 'postgres/postmaster.pid'), 'utf8').split('\n')[0])
}

async function openScene() {
  const dataDir = dataFolder()
  let service = await startService({ dataDir })
  const logins = await attachPostgres(dataDir)
  if (!logins) throw new Error('the embedded PostgreSQL does not run')
  const idp = await makeIdp(logins.serving)
  const again = async () => {
    service = await startService({ dataDir })
  }
  return { dataDir, connection: logins.owner, idp, again, service: () => service }
}

test('the service outlives its PostgreSQL, brings it back, and every acknowledged write is there', async () => {
  const { dataDir, connection, idp, service } = await openScene()
  const client = openClient(() => service().url, idp)
  const history = openHistory()
  const load = { client, history, groupId: await makeGroup(client) }
  for (let round = 0; round < ROUNDS; round++) {
    const away = new AbortController()
    const writing = writeUntil(away.signal, load)
    await sleep(Math.random() * LONGEST_LOAD_MILLISECONDS)
    const killed = postmaster(dataDir)
    process.kill(killed, 'SIGKILL')
    await vi.waitUntil(() => postmaster(dataDir) !== killed, { timeout: 10_000, interval: 20 })
    await back(connection)
    const returned = performance.now()
    while ((await client.send('GET', '/Users?count=1')).status !== 200) await sleep(20)
    expect(performance.now() - returned).toBeLessThan(5_000)
    away.abort()
    await writing
    expect(await history.check(client, load.groupId)).toEqual([])
  }
  const refused = client.statuses.get(503)
  expect(refused, 'the fault was felt').toBeGreaterThan(0)
  await writeFor(300, { ...load, workers: 16 })
  expect(client.statuses.get(503)).toBe(refused)
  expect(client.violations).toEqual([])
  expect(await checkLedger(connection, idp.id)).toEqual([])
  expect(await service().end('SIGTERM')).toEqual([0, null])
}, 120_000)

test('killed together, the service and its PostgreSQL come back with every acknowledged write', async () => {
  const { dataDir, connection, idp, service, again } = await openScene()
  const client = openClient(() => service().url, idp, { vanishes: true })
  const history = openHistory()
  const load = { client, history, groupId: await makeGroup(client) }
  for (let round = 0; round < 4; round++) {
    const away = new AbortController()
    const writing = writeUntil(away.signal, load)
    await sleep(Math.random() * LONGEST_LOAD_MILLISECONDS)
    away.abort()
    process.kill(postmaster(dataDir), 'SIGKILL')
    await service().end('SIGKILL')
    await writing
    await again()
    expect(await history.check(client, load.groupId)).toEqual([])
  }
  expect(client.violations).toEqual([])
  expect(await checkLedger(connection, idp.id)).toEqual([])
  expect(await service().end('SIGTERM')).toEqual([0, null])
}, 120_000)
