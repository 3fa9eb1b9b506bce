import { type Database, SYSTEM } from '#platform/database/database.ts'
import { sql } from '#platform/database/sql.ts'
import { RETIRING_PERIOD } from './signing-keys.ts'

const ROWS = 1_000

/** Deletes keys that are no longer published, of all tenants, up to 1,000. @returns how many */
export async function purgeSigningKeys(db: Database): Promise<number> {
  const ended = sql`select id from gateway_key where signs_until < now() - ${RETIRING_PERIOD} limit ${ROWS}`
  return (await db.run(SYSTEM, sql`delete from gateway_key where id in (${ended}) returning id`)).length
}
