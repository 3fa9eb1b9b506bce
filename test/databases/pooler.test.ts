// PgBouncer between the service and its database: it works where a client keeps its connection, and is refused where
// connections are shared. Runs where PgBouncer is installed, as in CI.
import { mkdirSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { doorlist } from '#test/cli/run.ts'
import { dataFolder, serveByCommand, startService } from '#test/faults/service.ts'
import { createIdp, lifeOfAUser } from './lifecycle.ts'
import { isPoolerInstalled, type Pooler, startPooler } from './pooler.ts'
import { makeUsers, query, urlOf } from './roles.ts'
import { type Server, startServer } from './server.ts'

const USERS = ['doorlist_app', 'doorlist_owner']
let server: Server

beforeAll(async () => {
  if (!isPoolerInstalled) return
  server = await startServer()
  await query(server.superuser, 'create role doorlist_app')
  await makeUsers(server, 'two-urls')
  await query(server.superuser, 'create database doorlist owner doorlist_owner')
}, 120_000)
afterAll(() => server?.remove())

function settingsThrough(pooler: Pooler) {
  const login = (user: string) => pooler.through({ ...server.superuser, user, database: 'doorlist' })
  return {
    DATABASE_URL: urlOf(login('doorlist_app')),
    DOORLIST_MIGRATION_DATABASE_URL: urlOf(login('doorlist_owner')),
  }
}

test.runIf(isPoolerInstalled)(
  'everything works through a pooler in session mode',
  async () => {
    const pooler = await startPooler(server, 'session', USERS)
    try {
      const dataDir = dataFolder()
      mkdirSync(dataDir)
      const settings = { ...settingsThrough(pooler), DOORLIST_DATA_DIR: dataDir }
      const service = await startService({ dataDir, databaseUrl: settings.DATABASE_URL, env: settings })
      expect((await fetch(`${service.url}/readyz`)).status).toBe(200)
      await lifeOfAUser(await createIdp({ ...settings, DOORLIST_PUBLIC_URL: service.url }, dataDir))
      expect(await service.end('SIGTERM')).toEqual([0, null])
      const verified = await doorlist(settings, ['audit', 'verify'])
      expect(verified.code, verified.stdout + verified.stderr).toBe(0)
    } finally {
      await pooler.stop()
    }
  },
  120_000,
)

test.runIf(isPoolerInstalled).each(['transaction', 'statement'] as const)(
  'a pooler in %s mode is refused at the start, in one line',
  async (mode) => {
    const pooler = await startPooler(server, mode, USERS)
    try {
      const settings = settingsThrough(pooler)
      const { exit, output } = await serveByCommand({
        dataDir: dataFolder(),
        databaseUrl: settings.DATABASE_URL,
        env: settings,
      })
      expect(exit).toEqual([1, null])
      expect(output).toBe(
        'doorlist: DATABASE_URL leads to a connection pooler in transaction or statement mode. Use its session mode, or connect to PostgreSQL directly\n',
      )
    } finally {
      await pooler.stop()
    }
  },
  60_000,
)
