import { type Database, SYSTEM } from '#platform/database/database.ts'
import { inSteps } from '#platform/database/in-steps.ts'
import { sql } from '#platform/database/sql.ts'
import { BROWSER_DAYS } from './known-browsers.ts'
import { LONGEST_MINUTES } from './limits.ts'

/** Limits the table under a flood of guesses at invented names from many networks; the oldest counts are deleted first. */
const MOST_COUNTS = 500_000

/** Deletes counts whose window has ended, and the oldest ones above the limit. @returns how many */
export async function purgeGuesses(
  db: Database,
  signal?: AbortSignal,
  mostCounts = MOST_COUNTS,
): Promise<number> {
  const expired = sql`started_at < now() - make_interval(mins => ${LONGEST_MINUTES})`
  const tooMany = sql`started_at <= (
    select started_at from sign_in_throttle order by started_at desc offset ${mostCounts} limit 1)`
  let deleted = 0
  for (const over of [expired, tooMany])
    deleted += await inSteps(
      async (limit) => {
        const gone = await db.run(
          SYSTEM,
          sql`delete from sign_in_throttle where subject in (
            select subject from sign_in_throttle where ${over} order by started_at limit ${limit}
            for update skip locked) returning subject`,
        )
        return gone.length
      },
      { signal },
    )
  return deleted
}

/** Deletes known browsers that weren't used for long. @returns how many */
export function purgeKnownBrowsers(db: Database, signal?: AbortSignal): Promise<number> {
  return inSteps(
    async (limit) => {
      const gone = await db.run(
        SYSTEM,
        sql`delete from known_browser where digest in (
          select digest from known_browser where last_used_at < now() - make_interval(days => ${BROWSER_DAYS})
          order by last_used_at limit ${limit}) returning digest`,
      )
      return gone.length
    },
    { signal },
  )
}
