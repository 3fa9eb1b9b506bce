// How long a session of an administrator lasts.
import { sql } from '#platform/database/sql.ts'

/** From the sign-in on, whatever is done. */
export const ABSOLUTE_HOURS = 12
/** Without a request. */
export const IDLE_MINUTES = 60

/** The session `s` is not over. */
export const LIVE = sql`s.created_at > now() - make_interval(hours => ${ABSOLUTE_HOURS})
  and s.last_seen_at > now() - make_interval(mins => ${IDLE_MINUTES})`
