import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'

const LOOK_MILLISECONDS = 100

/** Waits until no other client is connected to the database, or the time is over. */
export async function waitForLastGuest(connection: pg.ClientConfig, milliseconds: number): Promise<void> {
  const client = new pg.Client(connection)
  client.on('error', () => {}) // its queries fail with the same error
  await client.connect()
  const giveUp = Date.now() + milliseconds
  try {
    while (Date.now() < giveUp && (await hasGuests(client))) await sleep(LOOK_MILLISECONDS)
  } finally {
    await client.end()
  }
}

async function hasGuests(client: pg.Client): Promise<boolean> {
  // Only these columns of other roles' connections are visible. The server's own processes have no user.
  const { rowCount } = await client.query(`select from pg_stat_activity where pid <> pg_backend_pid()
    and datname = current_database() and usesysid is not null limit 1`)
  return rowCount !== 0
}
