// Reads request counts: by day for charts, and of the last hours for the health of a sync.
import type { Database } from '#platform/database/database.ts'
import { raw, sql } from '#platform/database/sql.ts'
import { RECENT_HOURS } from './health.ts'

export interface Totals {
  readonly requests: number
  readonly lookUps: number
  readonly created: number
  readonly changed: number
  readonly deactivated: number
  readonly deleted: number
  readonly failed: number
  readonly unkept: number
}

export interface DayTotals extends Totals {
  /** A date such as `2026-03-04`, in the requested time zone. */
  readonly day: string
}

const SUMS =
  raw(`coalesce(sum(requests), 0)::float8 as requests, coalesce(sum(look_ups), 0)::float8 as "lookUps",
  coalesce(sum(created), 0)::float8 as created, coalesce(sum(changed), 0)::float8 as changed,
  coalesce(sum(deactivated), 0)::float8 as deactivated, coalesce(sum(deleted), 0)::float8 as deleted,
  coalesce(sum(failed), 0)::float8 as failed, coalesce(sum(unkept), 0)::float8 as unkept`)

/**
 * Returns the totals of the last days, oldest first, including days without requests.
 * @param zone an IANA time zone, such as `Asia/Tokyo`
 */
export function dailyTotals(
  db: Database,
  tenantId: string,
  idpId: string,
  { days, zone }: { readonly days: number; readonly zone: string },
): Promise<DayTotals[]> {
  return db.run<DayTotals>(
    { tenantId },
    sql`with span as materialized (
        select d::date as day, d at time zone ${zone} as begins, (d + interval '1 day') at time zone ${zone} as ends
        from generate_series(date_trunc('day', now() at time zone ${zone}) - make_interval(days => ${days - 1}::int),
          date_trunc('day', now() at time zone ${zone}), '1 day') d)
      select to_char(s.day, 'YYYY-MM-DD') as day, t.* from span s cross join lateral (
        select ${SUMS} from scim_hour h where h.idp_id = ${idpId} and h.tenant_id = ${tenantId}
          and h.hour >= s.begins and h.hour < s.ends) t
      order by s.day`,
  )
}

export interface RecentTotals extends Totals {
  readonly idpId: string
}

/** Returns the totals of the last hours, for each identity provider of the tenant that sent requests. */
export function recentTotals(db: Database, tenantId: string): Promise<RecentTotals[]> {
  return db.run<RecentTotals>(
    { tenantId },
    sql`select idp_id as "idpId", ${SUMS} from scim_hour where tenant_id = ${tenantId}
      and hour > now() - make_interval(hours => ${RECENT_HOURS}) group by idp_id`,
  )
}
