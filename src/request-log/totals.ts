// Reads how much came: by day for a chart, and of the last hours for the state of a sync.
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
  /** `2026-03-04`, in the zone that was asked for. */
  readonly day: string
}

const SUMS =
  raw(`coalesce(sum(requests), 0)::float8 as requests, coalesce(sum(look_ups), 0)::float8 as "lookUps",
  coalesce(sum(created), 0)::float8 as created, coalesce(sum(changed), 0)::float8 as changed,
  coalesce(sum(deactivated), 0)::float8 as deactivated, coalesce(sum(deleted), 0)::float8 as deleted,
  coalesce(sum(failed), 0)::float8 as failed, coalesce(sum(unkept), 0)::float8 as unkept`)

/**
 * The last days, oldest first; each is there, also one on which nothing came.
 * @param zone of the time zone database, such as `Asia/Tokyo`
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

/** Of the last hours, of each identity provider of the tenant that sent anything. */
export function recentTotals(db: Database, tenantId: string): Promise<RecentTotals[]> {
  return db.run<RecentTotals>(
    { tenantId },
    sql`select idp_id as "idpId", ${SUMS} from scim_hour where tenant_id = ${tenantId}
      and hour > now() - make_interval(hours => ${RECENT_HOURS}) group by idp_id`,
  )
}
