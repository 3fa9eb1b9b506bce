// Deletes expired sign-in attempts and sessions of administrators. The service calls it regularly.
import { type Database, SYSTEM } from '#platform/database/database.ts'
import { raw, sql } from '#platform/database/sql.ts'

import { ABSOLUTE_HOURS, IDLE_MINUTES } from './sign-in/session-age.ts'

const ROWS = 5_000

/** Deletes them in steps, so that no statement runs long. */
export async function purgeSignIns(db: Database): Promise<void> {
  await purge(db, 'sign_in_attempt', 'digest', 'expires_at < now()', 'expires_at')
  const tooOld = `created_at < now() - interval '${ABSOLUTE_HOURS} hours'`
  await purge(db, 'administrator_session', 'id', tooOld, 'created_at')
  const idle = `last_seen_at < now() - interval '${IDLE_MINUTES} minutes'`
  await purge(db, 'administrator_session', 'id', idle, 'last_seen_at')
}

async function purge(db: Database, table: string, key: string, over: string, order: string): Promise<void> {
  for (let deleted = ROWS; deleted === ROWS; ) {
    const gone = await db.run(
      SYSTEM,
      sql`delete from ${raw(table)} where ${raw(key)} in
        (select ${raw(key)} from ${raw(table)} where ${raw(over)} order by ${raw(order)} limit ${ROWS})
        returning ${raw(key)}`,
    )
    deleted = gone.length
  }
}
