// Periodic deletion of expired attempts, links, remembered browsers, sessions, used messages and old conflicts.
import { type Database, SYSTEM } from '#platform/database/database.ts'
import { inSteps } from '#platform/database/in-steps.ts'
import { raw, type Sql, sql } from '#platform/database/sql.ts'
import { CONFLICT_DAYS } from './identity/conflicts.ts'
import { ABSOLUTE_HOURS } from './sessions/sessions.ts'

/** A used message that can be deleted. One hour late, as clocks differ: what is still accepted must still be known. */
export const EXPIRED_MESSAGE = raw(`expires_at < now() - interval '1 hour'`)
/** The most days that an administrator can allow. */
const DEVICE_DAYS = 90

/** Deletes expired rows in short steps. @returns how many */
export async function purgeUserSignIns(db: Database, signal?: AbortSignal): Promise<number> {
  let total = 0
  for (const statement of STATEMENTS) {
    const step = async (limit: number) => (await db.run(SYSTEM, statement(limit))).length
    total += await inSteps(step, { signal })
  }
  return total
}

const STATEMENTS: readonly ((limit: number) => Sql)[] = [
  (limit) => sql`delete from user_attempt where id in
    (select id from user_attempt where expires_at < now() order by expires_at limit ${limit}) returning id`,
  (limit) => sql`delete from user_link where digest in
    (select digest from user_link where expires_at < now() order by expires_at limit ${limit}) returning user_id`,
  (limit) => sql`delete from user_device where digest in
    (select digest from user_device where created_at < now() - make_interval(days => ${DEVICE_DAYS})
      order by created_at limit ${limit}) returning user_id`,
  (limit) => sql`delete from user_session where id in
    (select id from user_session where created_at < now() - make_interval(hours => ${ABSOLUTE_HOURS})
      order by created_at limit ${limit}) returning id`,
  (limit) => sql`delete from used_message where (idp_id, message_id) in
    (select idp_id, message_id from used_message where ${EXPIRED_MESSAGE} order by expires_at limit ${limit})
    returning idp_id`,
  (limit) => sql`delete from identity_conflict where (idp_id, source, identifier) in
    (select idp_id, source, identifier from identity_conflict
      where last_at < now() - make_interval(days => ${CONFLICT_DAYS}) order by last_at limit ${limit})
    returning idp_id`,
]
