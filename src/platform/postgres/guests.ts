import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'

const LOOK_MILLISECONDS = 100

/** Resolves when nobody else is connected to the database any more, or when the time is over. */
export async function waitForLastGuest(connection: pg.ClientConfig, milliseconds: number): Promise<void> {
  const client = new pg.Client(connection)
  client.on('error', () => {}) // its queries fail and say so
  await client.connect()
  const giveUp = Date.now() + milliseconds
  try {
    while (Date.now() < giveUp && (await hasGuests(client))) await sleep(LOOK_MILLISECONDS)
  } finally {
    await client.end()
  }
}

async function hasGuests(client: pg.Client): Promise<boolean> {
  // Of other roles' connections only this much can be seen; the server's own workers have no user.
  const { rowCount } = await client.query(`select from pg_stat_activity where pid <> pg_backend_pid()
    and datname = current_database() and usesysid is not null limit 1`)
  return rowCount !== 0
}
