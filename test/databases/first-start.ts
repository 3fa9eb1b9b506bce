// A first start on an empty database of the operator's server, and what an operator does with it.
import { randomUUID } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { expect } from 'vitest'
import { doorlist } from '#test/cli/run.ts'
import { dataFolder, startService } from '#test/faults/service.ts'
import { createIdp, lifeOfAUser } from './lifecycle.ts'
import { query, type Users, urlOf } from './roles.ts'
import type { Login } from './server.ts'

/** What is said of a login that could do more than the service does, by the user's name. */
const WARNINGS: Readonly<Record<string, RegExp>> = {
  postgres:
    /logs in to PostgreSQL as postgres\..* run programs on the database server\. Use two database users/,
  db_manager: /logs in to PostgreSQL as db_manager\..* leave the role that protects the data, /,
  db_user:
    /logs in to PostgreSQL as db_user\. If a statement were injected, it could turn row-level security off/,
}

/** Starts the service on a new database, uses it, starts it again without the owner, and verifies the audit log. */
export async function firstStart(superuser: Login, { owner, serving }: Users): Promise<void> {
  const database = `start_${randomUUID().replaceAll('-', '')}`
  await query(superuser, `create database ${database} owner ${owner}`)
  try {
    const url = (user: string) => urlOf({ ...superuser, user, database })
    const dataDir = dataFolder()
    mkdirSync(dataDir)
    const env = owner === serving ? {} : { DOORLIST_MIGRATION_DATABASE_URL: url(owner) }
    const settings = { DATABASE_URL: url(serving), DOORLIST_DATA_DIR: dataDir }
    const first = await startService({ dataDir, databaseUrl: url(serving), env })
    await expectReady(first.url, WARNINGS[serving])
    expect(first.output()).toMatch(
      WARNINGS[serving] ? /\n {2}Warning: The service logs in/ : /Doorlist is ready/,
    )
    await lifeOfAUser(await createIdp({ ...settings, DOORLIST_PUBLIC_URL: first.url }, dataDir))
    expect(await first.end('SIGTERM')).toEqual([0, null])

    const second = await startService({ dataDir, databaseUrl: url(serving) })
    await expectReady(second.url, WARNINGS[serving])
    expect(await second.end('SIGTERM')).toEqual([0, null])

    const verified = await doorlist(settings, ['audit', 'verify'])
    expect(verified.code, verified.stdout + verified.stderr).toBe(0)
    const events = await query(
      { ...superuser, database },
      `select change from system_event where action = 'protection-missing'`,
    )
    expect(events).toHaveLength(WARNINGS[serving] ? 2 : 0)
  } finally {
    await query(superuser, `drop database if exists ${database} with (force)`)
  }
}

async function expectReady(url: string, warning: RegExp | undefined): Promise<void> {
  const response = await fetch(`${url}/readyz`)
  const body = (await response.json()) as { warnings: string[] }
  expect([response.status, body]).toMatchObject([200, { status: 'ready', database: 'ready' }])
  expect(body.warnings).toEqual(warning ? [expect.stringMatching(warning)] : [])
}
