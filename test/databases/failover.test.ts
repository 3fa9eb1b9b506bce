// A database of several servers, of which one takes writes: the service finds it, follows when another takes its place, and
// says so when there is none.
import { mkdirSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { doorlist } from '#test/cli/run.ts'
import { dataFolder, startService } from '#test/faults/service.ts'
import { createIdp, lifeOfAUser } from './lifecycle.ts'
import { makeUsers, query } from './roles.ts'
import { type Server, startServer } from './server.ts'

let primary: Server
let standby: Server

beforeAll(async () => {
  primary = await startServer()
  await query(primary.superuser, 'create role doorlist_app')
  await makeUsers(primary, 'two-urls')
  await query(primary.superuser, 'create database doorlist owner doorlist_owner')
  standby = await primary.standby()
}, 120_000)
afterAll(async () => {
  await standby?.remove()
  await primary?.remove()
})

function urlTo(servers: readonly Server[], user = 'doorlist_app'): string {
  const hosts = servers.map(({ superuser: { host, port } }) => `${host}:${port}`).join(',')
  return `postgres://${user}:${primary.superuser.password}@${hosts}/doorlist?target_session_attrs=read-write`
}

async function readiness(url: string) {
  const response = await fetch(`${url}/readyz`)
  return { code: response.status, ...((await response.json()) as object) }
}

const POLLING = { timeout: 30_000, interval: 200 }

test('the service follows the primary, and reports a standby that nothing has taken the place of', async () => {
  const dataDir = dataFolder()
  mkdirSync(dataDir)
  const both = [standby, primary]
  const settings = {
    DATABASE_URL: urlTo(both),
    DOORLIST_MIGRATION_DATABASE_URL: urlTo(both, 'doorlist_owner'),
    DOORLIST_DATA_DIR: dataDir,
  }
  const service = await startService({ dataDir, databaseUrl: urlTo(both), env: settings })
  expect(await readiness(service.url)).toMatchObject({ code: 200, database: 'ready' })
  const idp = await createIdp({ ...settings, DOORLIST_PUBLIC_URL: service.url }, dataDir)
  await lifeOfAUser(idp)

  const caughtUp = async () => {
    const [row] = await query<{ behind: string }>(
      primary.superuser,
      `select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), replay_lsn)::text as behind from pg_stat_replication`,
    )
    return row?.behind
  }
  await expect.poll(caughtUp, POLLING).toBe('0')
  await primary.kill()
  await expect.poll(() => readiness(service.url), POLLING).toMatchObject({ code: 503, database: 'read-only' })
  expect(service.output()).not.toContain(primary.superuser.password)

  const refused = await doorlist(settings, ['tenant', 'list'])
  expect(refused.code).toBe(1)
  expect(refused.stderr).toMatch(
    /^doorlist: None of the database's servers can be used: [\d.:]+: The database server is a read-only standby\. Doorlist needs the primary; [\d.:]+: connect ECONNREFUSED [\d.:]+\n$/,
  )
  const alone = await doorlist({ ...settings, DATABASE_URL: urlTo([standby]) }, ['tenant', 'list'])
  expect([alone.code, alone.stderr]).toEqual([
    1,
    'doorlist: The database server is a read-only standby. Doorlist needs the primary\n',
  ])

  await query(standby.superuser, 'select pg_promote()')
  await expect.poll(() => readiness(service.url), POLLING).toMatchObject({ code: 200, database: 'ready' })
  await lifeOfAUser(idp)
  expect(await service.end('SIGTERM')).toEqual([0, null])
  const verified = await doorlist(settings, ['audit', 'verify'])
  expect(verified.code, verified.stdout + verified.stderr).toBe(0)
}, 180_000)
