// Remains of sign-ins and sessions that are over, deleted once in a while.
import { type Database, SYSTEM } from '#platform/database.ts'
import { raw, type Sql, sql } from '#platform/sql.ts'
import { ABSOLUTE_HOURS } from './sessions.ts'

const ROWS = 5_000
/** Of messages that may be forgotten; an hour late, for clocks that are apart: what is still accepted must still be known. */
export const OUTLIVED = raw(`expires_at < now() - interval '1 hour'`)
/** The most that an administrator can allow. */
const DEVICE_DAYS = 90

/** In steps that are each short. */
export async function purgeUserSignIns(db: Database): Promise<void> {
  const steps = [
    sql`delete from user_attempt where id in
      (select id from user_attempt where expires_at < now() order by expires_at limit ${ROWS}) returning id`,
    sql`delete from user_link where digest in
      (select digest from user_link where expires_at < now() order by expires_at limit ${ROWS}) returning user_id`,
    sql`delete from user_device where digest in
      (select digest from user_device where created_at < now() - make_interval(days => ${DEVICE_DAYS})
        order by created_at limit ${ROWS}) returning user_id`,
    sql`delete from user_session where id in
      (select id from user_session where created_at < now() - make_interval(hours => ${ABSOLUTE_HOURS})
        order by created_at limit ${ROWS}) returning id`,
    sql`delete from used_message where (idp_id, message_id) in
      (select idp_id, message_id from used_message where ${OUTLIVED} order by expires_at limit ${ROWS})
      returning idp_id`,
  ]
  for (const step of steps) await inSteps(db, step)
}

async function inSteps(db: Database, step: Sql): Promise<void> {
  for (let deleted = ROWS; deleted === ROWS; ) deleted = (await db.run(SYSTEM, step)).length
}
