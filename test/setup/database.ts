// A database of its own for a test file: a clone of the migrated template, dropped when the file is done.
import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { afterAll, beforeAll, inject } from 'vitest'
import type { Connection } from '#platform/postgres/embedded.ts'

export interface TestDatabase {
  /** As the cluster's superuser. Known at once; the database is there from `beforeAll` on. */
  readonly connection: Connection
  /** As the role that the service logs in as. */
  readonly serving: Connection
  /** `connection` as a value of DATABASE_URL. */
  readonly url: string
}

/** Call at the top of a test file. */
export function testDatabase(): TestDatabase {
  const { connection, serving, create, drop } = plannedClone()
  beforeAll(create)
  afterAll(drop)
  const { host, port, user, database } = connection
  const url = `postgres://${user}@/${database}?host=${encodeURIComponent(host)}&port=${port}`
  return { connection, serving, url }
}

/** A clone that the caller drops. */
export async function cloneDatabase(): Promise<{
  connection: Connection
  serving: Connection
  drop(): Promise<void>
}> {
  const { create, ...clone } = plannedClone()
  await create()
  return clone
}

function plannedClone() {
  const cluster = inject('cluster')
  const template = inject('template')
  const database = `test_${randomUUID().replaceAll('-', '')}`
  const { owner, serving } = inject('roles')
  const copy = `create database ${database} template ${template} owner ${owner} strategy file_copy`
  return {
    connection: { ...cluster, database },
    serving: { ...cluster, database, user: serving },
    // A clone does not have the privileges of its template.
    create: () =>
      run(
        cluster,
        copy,
        `revoke all on database ${database} from public`,
        `grant connect on database ${database} to ${serving}`,
      ),
    drop: () => run(cluster, `drop database if exists ${database} with (force)`),
  }
}

async function run(connection: Connection, ...statements: string[]): Promise<void> {
  const client = new pg.Client(connection)
  await client.connect()
  try {
    for (const statement of statements) await client.query(statement)
  } finally {
    await client.end()
  }
}
