// Statements are prepared for a connection, and settings made for it. A pooler that hands each transaction to another connection
// loses both, so that the service would seem ready while every statement fails.
import type pg from 'pg'
import { Refused } from '#errors.ts'
import { connectTo, type Target } from './route.ts'

const ROUNDS = 3

/** @throws {Refused} connections are shared between clients */
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

/** Whether two clients meet the same process of the server, or one meets two. Poolers that keep a session for one client pass. */
async function areShared(one: pg.Client, other: pg.Client): Promise<boolean> {
  const own = await processOf(one)
  for (let round = 0; round < ROUNDS; round++) {
    if ((await processOf(other)) === own || (await processOf(one)) !== own) return true
    // Whatever is in a transaction is not lent to others.
    await other.query('begin')
    const isAnother = (await processOf(other)) === own || (await processOf(one)) !== own
    await other.query('rollback')
    if (isAnother) return true
  }
  return false
}

/** Sets something first: some poolers keep a session for its client from then on. */
async function processOf(client: pg.Client): Promise<number | undefined> {
  await client.query(`set app.tenant = ''`)
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid')
  return rows[0]?.pid
}
