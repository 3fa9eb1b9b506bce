import pg from 'pg'
import type { House } from '../harness.ts'

/** Takes the database of a house away while something is looked at, and gives it back. */
export async function withoutDatabase(house: House, look: () => Promise<void>): Promise<void> {
  const { database } = house.connection
  const client = new pg.Client({ ...house.connection, database: 'postgres' })
  await client.connect()
  try {
    await rename(client, database, `${database}_away`)
    await look()
  } finally {
    await rename(client, `${database}_away`, database)
    await client.end()
  }
}

/** A database can be renamed while nobody is in it; the service comes back at once, so it takes a few tries. */
async function rename(client: pg.Client, from: string, to: string, tries = 50): Promise<void> {
  try {
    await client.query(
      `select pg_terminate_backend(pid, 1000) from pg_stat_activity where datname = '${from}'`,
    )
    await client.query(`alter database ${from} rename to ${to}`)
  } catch (error) {
    if (tries === 0) throw error
    await rename(client, from, to, tries - 1)
  }
}
