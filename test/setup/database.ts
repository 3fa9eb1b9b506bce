// A database of its own for a test file: a clone of the migrated template, dropped when the file is done.
import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { afterAll, beforeAll, inject } from 'vitest'
import type { Connection } from '#platform/postgres.ts'

export interface TestDatabase {
  /** Known at once; the database is there from `beforeAll` on. */
  readonly connection: Connection
  /** The same as a value of DATABASE_URL. */
  readonly url: string
}

/** Call at the top of a test file. */
export function testDatabase(): TestDatabase {
  const { connection, create, drop } = plannedClone()
  beforeAll(create)
  afterAll(drop)
  const { host, port, user, database } = connection
  const url = `postgres://${user}@/${database}?host=${encodeURIComponent(host)}&port=${port}`
  return { connection, url }
}

/** A clone that the caller drops. */
export async function cloneDatabase(): Promise<{ connection: Connection; drop(): Promise<void> }> {
  const { connection, create, drop } = plannedClone()
  await create()
  return { connection, drop }
}

function plannedClone() {
  const cluster = inject('cluster')
  const template = inject('template')
  const database = `test_${randomUUID().replaceAll('-', '')}`
  return {
    connection: { ...cluster, database },
    create: () => run(cluster, `create database ${database} template ${template} strategy file_copy`),
    drop: () => run(cluster, `drop database if exists ${database} with (force)`),
  }
}

async function run(connection: Connection, sql: string): Promise<void> {
  const client = new pg.Client(connection)
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}
