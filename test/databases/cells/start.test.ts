// A first start on an empty database of the operator's server, and what an operator does with it.
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { doorlist } from '#test/cli/run.ts'
import { createIdp, lifeOfAUser } from '#test/databases/lifecycle.ts'
import { query, urlOf } from '#test/databases/roles.ts'
import type { Login } from '#test/databases/server.ts'
import { dataFolder, startService } from '#test/faults/service.ts'

const cluster = inject('cluster') as Login
const { owner, serving } = inject('roles')
const database = `start_${randomUUID().replaceAll('-', '')}`
const login = (user: string) => ({ ...cluster, user, database })
const migrationUrl = { DOORLIST_MIGRATION_DATABASE_URL: urlOf(login(owner)) }

beforeAll(() => query(cluster, `create database ${database} owner ${owner}`))
afterAll(() => query(cluster, `drop database if exists ${database} with (force)`))

test('the service starts on an empty database, serves, starts again without the owner, and its audit log is whole', async () => {
  const dataDir = dataFolder()
  const databaseUrl = urlOf(login(serving))
  const first = await startService({ dataDir, databaseUrl, ...(owner !== serving && { env: migrationUrl }) })
  expect(await ready(first.url)).toMatchObject({ status: 200 })
  const settings = { DATABASE_URL: databaseUrl, DOORLIST_DATA_DIR: dataDir, DOORLIST_PUBLIC_URL: first.url }
  await lifeOfAUser(await createIdp(settings, dataDir))
  expect(await first.end('SIGTERM')).toEqual([0, null])

  const second = await startService({ dataDir, databaseUrl })
  expect(await ready(second.url)).toMatchObject({ status: 200 })
  expect(await second.end('SIGTERM')).toEqual([0, null])

  const verified = await doorlist(settings, ['audit', 'verify'])
  expect(verified.code, verified.stdout + verified.stderr).toBe(0)
}, 120_000)

async function ready(url: string): Promise<{ status: number; body: unknown }> {
  const response = await fetch(`${url}/readyz`)
  return { status: response.status, body: await response.json() }
}
