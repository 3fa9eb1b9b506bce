// Refuses connection poolers that give each transaction another connection. Prepared statements and session settings
// belong to one connection, so the service would look ready while every statement fails.
import type pg from 'pg'
import { Refused } from '#errors.ts'
import { connectTo, type Target } from './route.ts'

const ROUNDS = 3

/** Checks that clients don't share connections. @throws {Refused} if they do */
export async function refuseSharedConnections(serving: Target): Promise<void> {
  const { client: one, way } = await connectTo(serving)
  try {
    const { client: other } = await connectTo({ ...way, query_timeout: 2_000 })
    try {
      if (await areShared(one, other))
        throw new Refused(
          'DATABASE_URL leads to a connection pooler in transaction or statement mode. Use its session mode, or connect to PostgreSQL directly',
        )
    } finally {
      await other.end()
    }
  } finally {
    await one.end()
  }
}

/**
 * Returns whether two clients reach the same server process, or one client reaches two. Poolers in session mode pass.
 */
async function areShared(one: pg.Client, other: pg.Client): Promise<boolean> {
  const own = await processOf(one)
  for (let round = 0; round < ROUNDS; round++) {
    if ((await processOf(other)) === own || (await processOf(one)) !== own) return true
    // A pooler doesn't lend a connection while it is in a transaction, so this forces another one.
    await other.query('begin')
    const isAnother = (await processOf(other)) === own || (await processOf(one)) !== own
    await other.query('rollback')
    if (isAnother) return true
  }
  return false
}

/**
 * Returns the id of the server process. Makes a setting first, because some poolers bind a session to its client only
 * then.
 */
async function processOf(client: pg.Client): Promise<number | undefined> {
  await client.query(`set app.tenant = ''`)
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid')
  return rows[0]?.pid
}
