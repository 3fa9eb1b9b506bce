// What administrators see of the app gateways: their state, and their outages.
import { type Database, SYSTEM } from '#platform/database/database.ts'
import { sql } from '#platform/database/sql.ts'
import type { Gateway } from './rows.ts'

export type GatewayState = 'up' | 'lost' | 'stopped'

export interface ListedGateway extends Gateway {
  readonly state: GatewayState
  readonly startedAt: Date
  readonly lastSeenAt: Date
}

export interface Absence {
  readonly gateway: string
  readonly cause: 'lost' | 'stopped' | 'database'
  readonly since: Date
  /** Null while the outage lasts. */
  readonly until: Date | null
}

const KEPT_ABSENCES_DAYS = 30
const MOST = 200

/** A process that is silent for so long counts as lost, even before another process notices. */
const SILENT_SECONDS = 15

/** Returns the app gateways by name. */
export function listGateways(db: Database): Promise<ListedGateway[]> {
  return db.run<ListedGateway>(
    SYSTEM,
    sql`select name, version, address, role, started_at as "startedAt", last_seen_at as "lastSeenAt",
        case when stopped_at is not null then 'stopped' when lost_at is not null or last_seen_at < now() - make_interval(secs => ${SILENT_SECONDS}) then 'lost'
          else 'up' end as state
      from gateway order by name limit ${MOST}`,
  )
}

/** Returns outages, newest first. */
export function listAbsences(db: Database): Promise<Absence[]> {
  return db.run<Absence>(
    SYSTEM,
    sql`select gateway, cause, since, until from gateway_absence order by since desc limit ${MOST}`,
  )
}

/** Deletes gateways that have been gone for a day, and old outages. */
export async function purgeGateways(db: Database): Promise<void> {
  await db.run(
    SYSTEM,
    sql`with gone as (
        delete from gateway where coalesce(stopped_at, lost_at) < now() - interval '1 day' returning name),
      closed as (
        update gateway_absence set until = now() where until is null and gateway in (select name from gone))
      delete from gateway_absence where since < now() - make_interval(days => ${KEPT_ABSENCES_DAYS}) and until is not null`,
  )
}
