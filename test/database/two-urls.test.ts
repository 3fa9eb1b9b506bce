// A PostgreSQL of the operator's own with two users: one that owns the tables, and one that serves.
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { doorlist, type Outcome } from '#test/cli/run.ts'
import { ask } from '#test/faults/idp.ts'

const cluster = inject('cluster')
const roles = inject('roles')
const database = `test_${randomUUID().replaceAll('-', '')}`
const folder = mkdtempSync(join(tmpdir(), 'doorlist-two-urls-'))

beforeAll(() => ask(cluster, `create database ${database} owner ${roles.owner}`))
afterAll(async () => {
  await ask(cluster, `drop database ${database} with (force)`)
  rmSync(folder, { recursive: true })
})

function url(user: string): string {
  const { host, port } = cluster
  return `postgres://localhost/${database}?${new URLSearchParams({ host, port: String(port), user })}`
}

function run(migrationUser: string | undefined, ...args: string[]): Promise<Outcome> {
  return doorlist(
    {
      DATABASE_URL: url(roles.serving),
      DOORLIST_DATA_DIR: folder,
      ...(migrationUser && { DOORLIST_MIGRATION_DATABASE_URL: url(migrationUser) }),
    },
    args,
  )
}

test('the owner is needed to migrate, and only then', async () => {
  const refused = await run(undefined, 'migrate')
  expect(refused.code).toBe(1)
  expect(refused.stderr).toMatch(
    /^doorlist: The database user is not allowed to apply the pending migrations\. Set DOORLIST_MIGRATION_DATABASE_URL .*: permission denied/,
  )
  expect(refused.stderr.trimEnd()).not.toContain('\n')

  const migrated = await run(roles.owner, 'migrate')
  expect([migrated.code, migrated.stderr]).toEqual([0, ''])
  expect(migrated.stdout).toMatch(/^Applied: 0001-tenancy, /)

  // An owner that cannot be reached is not asked.
  for (const owner of [undefined, 'nobody_of_this_name']) {
    const served = await run(owner, 'tenant', 'list', '--json')
    expect([served.code, served.stderr]).toEqual([0, ''])
    expect(JSON.parse(served.stdout)).toMatchObject([{ slug: 'default' }])
  }
  const [owned] = await ask(
    { ...cluster, database },
    `select count(*)::int as tables, bool_and(tableowner = $1) as ours from pg_tables where schemaname = 'public'`,
    [roles.owner],
  )
  expect(owned).toMatchObject({ ours: true })
}, 60_000)
