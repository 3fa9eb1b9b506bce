// How long a session of an administrator lasts.
import { sql } from '#platform/database/sql.ts'

/** Hours after the sign-in, however active the session is. */
export const ABSOLUTE_HOURS = 12
/** Minutes without a request. */
export const IDLE_MINUTES = 60

/** A condition on a session `s`: it hasn't expired. */
export const LIVE = sql`s.created_at > now() - make_interval(hours => ${ABSOLUTE_HOURS})
  and s.last_seen_at > now() - make_interval(mins => ${IDLE_MINUTES})`
