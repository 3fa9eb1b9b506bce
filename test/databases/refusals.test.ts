// Databases and users that can't work are refused before anything is written, with the statements that help.
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { doorlist, type Outcome } from '#test/cli/run.ts'
import { ask } from '#test/faults/idp.ts'

const cluster = inject('cluster')
const folder = mkdtempSync(join(tmpdir(), 'doorlist-refusals-'))
const name = () => `test_${randomUUID().replaceAll('-', '')}`
const [owner, reader] = [name(), name()]
const databases: string[] = []

beforeAll(() => ask(cluster, `create role ${owner} login; create role ${reader} login`))
afterAll(async () => {
  for (const database of databases) await ask(cluster, `drop database ${database} with (force)`)
  await ask(cluster, `drop role ${owner}; drop role ${reader}`)
  rmSync(folder, { recursive: true })
})

async function makeDatabase(options = ''): Promise<string> {
  const database = name()
  databases.push(database)
  await ask(cluster, `create database ${database} owner ${owner} ${options}`)
  return database
}

function url(user: string, database: string): string {
  const { host, port } = cluster
  return `postgres:///${database}?${new URLSearchParams({ host, port: String(port), user })}`
}

function list(settings: Record<string, string>): Promise<Outcome> {
  return doorlist({ DOORLIST_DATA_DIR: folder, ...settings }, ['tenant', 'list'])
}

test('a serving user that is no member of the role is refused with the statement to run, and works after it', async () => {
  const database = await makeDatabase()
  const settings = {
    DATABASE_URL: url(reader, database),
    DOORLIST_MIGRATION_DATABASE_URL: url(owner, database),
  }
  const refused = await list(settings)
  expect([refused.code, refused.stderr]).toEqual([
    1,
    `doorlist: The user of DATABASE_URL, ${reader}, isn't a member of the role doorlist_app. Run as an administrator of the server: GRANT doorlist_app TO "${reader}"\n`,
  ])
  expect(
    await ask({ ...cluster, database }, 'select from pg_tables where schemaname = $1', ['public']),
  ).toEqual([])

  await ask(cluster, `grant doorlist_app to "${reader}"`)
  const listed = await list(settings)
  expect([listed.code, listed.stderr]).toEqual([0, ''])
})

test('where the owner of the tables serves, no other user can', async () => {
  const database = await makeDatabase()
  const owned = await list({ DATABASE_URL: url(owner, database) })
  expect([owned.code, owned.stderr]).toEqual([0, ''])
  const [rights] = await ask<{ tables: number }>(
    { ...cluster, database },
    `select count(*)::int as tables from information_schema.table_privileges where grantee = 'doorlist_app'`,
  )
  expect(rights).toEqual({ tables: 0 })

  const other = await list({
    DATABASE_URL: url('doorlist_app', database),
    DOORLIST_MIGRATION_DATABASE_URL: url(owner, database),
  })
  expect([other.code, other.stderr]).toEqual([
    1,
    "doorlist: The database user doorlist_app can't read this database's tables. Set DATABASE_URL to the user that created them\n",
  ])
})

test('a database that can not hold every text is refused', async () => {
  const database = await makeDatabase(
    `template template0 encoding 'LATIN1' locale 'C' locale_provider 'libc'`,
  )
  const { code, stderr } = await list({ DATABASE_URL: url(owner, database) })
  expect([code, stderr]).toEqual([
    1,
    "doorlist: The database has the encoding LATIN1. Create one with UTF8: CREATE DATABASE doorlist ENCODING 'UTF8' TEMPLATE template0\n",
  ])
})
