import { type Database, SYSTEM } from '#platform/database.ts'
import { raw, sql } from '#platform/sql.ts'

/** Days for which events are kept; the audit log is kept for ever. */
export const KEPT_DAYS = { activity_event: 90, system_event: 90 } as const

const BATCH = 5_000

/** Takes away what is too old. @returns how many events went */
export async function purgeLogs(db: Database): Promise<number> {
  let total = 0
  for (const [table, days] of Object.entries(KEPT_DAYS)) {
    let gone: number
    do {
      gone = await purgeBatch(db, table, days)
      total += gone
    } while (gone === BATCH)
  }
  return total
}

/** A part, so that no statement runs long. Ids are made in the order of time: what is old is found along them. */
async function purgeBatch(db: Database, table: string, days: number): Promise<number> {
  const rows = await db.run(
    SYSTEM,
    sql`delete from ${raw(table)} where id in (select id from ${raw(table)}
      where id < uuidv7(make_interval(days => ${-days})) order by id limit ${BATCH}) returning id`,
  )
  return rows.length
}
