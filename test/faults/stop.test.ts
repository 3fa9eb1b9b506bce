// How the service ends: told to, by a mistake of its own, and before it begins.
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { expect, test, vi } from 'vitest'
import { attachPostgres } from '#platform/postgres/embedded.ts'
import { childrenOf, freeze, lives } from './faults.ts'
import { makeIdp, openClient } from './idp.ts'
import { dataFolder, type ServiceProcess, serveByCommand, startService } from './service.ts'

const USER = 'urn:ietf:params:scim:schemas:core:2.0:User'

async function openScene() {
  const dataDir = dataFolder()
  const service = await startService({ dataDir })
  const logins = await attachPostgres(dataDir)
  if (!logins) throw new Error('the embedded PostgreSQL does not run')
  const [postgres = 0] = childrenOf(service.pid)
  const client = openClient(() => service.url, await makeIdp(logins.serving))
  return { dataDir, service, connection: logins.owner, postgres, client }
}

async function expectNothingLeft(dataDir: string, service: ServiceProcess, postgres: number): Promise<void> {
  expect(lives(service.pid)).toBe(false)
  expect(lives(postgres)).toBe(false)
  expect(await attachPostgres(dataDir)).toBeUndefined()
}

test('SIGTERM lets running requests end, then stops PostgreSQL, and nothing stays behind', async () => {
  const { dataDir, service, connection, postgres, client } = await openScene()
  const holder = new pg.Client(connection)
  holder.on('error', () => {})
  await holder.connect()
  await holder.query('begin; lock table directory_user in access exclusive mode')
  const running = ['ada', 'bob', 'eve'].map((userName) =>
    client.send('POST', '/Users', { schemas: [USER], userName }),
  )
  await sleep(300) // all of them wait for the table
  const ended = service.end('SIGTERM')
  await vi.waitUntil(() => service.output().includes('"draining"'), { timeout: 5_000 })
  await sleep(200)
  await holder.query('commit')
  await holder.end()
  expect((await Promise.all(running)).map(({ status }) => status)).toEqual([201, 201, 201])
  expect(client.violations).toEqual([])
  expect(await ended).toEqual([0, null])
  await expectNothingLeft(dataDir, service, postgres)
})

test('connections that are open without a request do not keep it', async () => {
  const { dataDir, service, postgres, client } = await openScene()
  expect((await client.send('GET', '/Users')).status).toBe(200) // fetch keeps the connection open
  const started = performance.now()
  expect(await service.end('SIGTERM')).toEqual([0, null])
  expect(performance.now() - started).toBeLessThan(4_000)
  await expectNothingLeft(dataDir, service, postgres)
})

test('told to stop while the database is frozen, it stops when the database wakes up', async () => {
  const { dataDir, service, postgres } = await openScene()
  const frozen = freeze(postgres, 3_000)
  const ended = service.end('SIGTERM')
  await frozen
  expect(await ended).toEqual([0, null])
  await expectNothingLeft(dataDir, service, postgres)
})

test('a mistake of its own is logged, and the service drains, stops PostgreSQL and exits with 1', async () => {
  const { dataDir, service, postgres } = await openScene()
  expect(await service.end('SIGUSR2')).toEqual([1, null])
  expect(service.output()).toMatch(/"level":"fatal".*a promise that nobody awaits/)
  expect(service.output()).toContain('"msg":"stopped"')
  await expectNothingLeft(dataDir, service, postgres)
})

test('a second service on the same data folder is refused in one clear line; the first goes on', async () => {
  const { dataDir, service, client } = await openScene()
  const { exit, output } = await serveByCommand({ dataDir })
  expect(output).toBe(`doorlist: Doorlist already runs on this data folder (process ${service.pid})\n`)
  expect(exit).toEqual([1, null])
  expect((await client.send('GET', '/Users')).status).toBe(200)
  expect(await service.end('SIGTERM')).toEqual([0, null])
})
