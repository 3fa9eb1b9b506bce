import { type Database, SYSTEM } from '#platform/database/database.ts'
import { inSteps } from '#platform/database/in-steps.ts'
import { raw, type Sql, sql } from '#platform/database/sql.ts'

/** Days for which events are kept. The audit log is never deleted. */
const KEPT_DAYS = { activity_event: 90, system_event: 90 } as const

/** Returns the lowest id that could have been created so many days ago. @see RFC 9562 §5.7 */
function firstIdOf(daysAgo: number): Sql {
  const milliseconds = sql`floor(extract(epoch from now() - make_interval(days => ${daysAgo})) * 1000)::bigint`
  return sql`(lpad(to_hex(${milliseconds}), 12, '0') || '70008000000000000000')::uuid`
}

/** Deletes old events, in short steps. Ids are ordered by time, so their index finds old rows. */
export async function purgeLogs(db: Database, signal?: AbortSignal): Promise<number> {
  let total = 0
  for (const [table, days] of Object.entries(KEPT_DAYS)) {
    const step = async (limit: number) => {
      const rows = await db.run(
        SYSTEM,
        sql`delete from ${raw(table)} where id in (select id from ${raw(table)}
          where id < ${firstIdOf(days)} order by id limit ${limit}) returning id`,
      )
      return rows.length
    }
    total += await inSteps(step, { signal })
  }
  return total
}
