import { type Database, SYSTEM } from '#platform/database/database.ts'
import { prepared, sql } from '#platform/database/sql.ts'

/** One process that serves. */
export interface Gateway {
  readonly name: string
  readonly version: string
  /** Where it listens. */
  readonly address: string
  readonly role: string
}

interface Running extends Gateway {
  /** One run of the process. */
  readonly instance: string
}

/** A number that no other lock uses. Only one process at a time looks for lost ones. */
const MONITOR_LOCK = 7_064_002

/**
 * Registers a process by name. If a process with this name was there before and didn't report that it stops, its outage began
 * at its last heartbeat.
 * @returns the length of that outage in seconds; undefined if there was none
 */
export async function register(db: Database, me: Running): Promise<number | undefined> {
  return db.transaction(SYSTEM, async (tx) => {
    const [before] = await tx.query<{ seconds: number; stopped: boolean; lost: boolean }>(
      sql`select extract(epoch from now() - last_seen_at)::int as seconds, stopped_at is not null as stopped,
        lost_at is not null as lost from gateway where name = ${me.name} for update`,
    )
    const unnoticed = before && !before.stopped && !before.lost
    if (unnoticed)
      await tx.query(sql`insert into gateway_absence (gateway, cause, since, until)
        select name, 'lost', last_seen_at, now() from gateway where name = ${me.name}`)
    await tx.query(closeAbsence(me.name))
    await tx.query(
      sql`insert into gateway (name, instance, version, address, role)
        values (${me.name}, ${me.instance}, ${me.version}, ${me.address}, ${me.role})
        on conflict (name) do update set instance = excluded.instance, version = excluded.version, address = excluded.address,
          role = excluded.role, started_at = now(), last_seen_at = now(), stopped_at = null, lost_at = null`,
    )
    return before && !before.stopped ? before.seconds : undefined
  })
}

function closeAbsence(name: string) {
  return sql`update gateway_absence set until = now() where gateway = ${name} and until is null`
}

/** What the database knows about a process that sends a heartbeat. */
type Known = 'here' | 'unknown' | 'taken' | { readonly awaySeconds: number }

export async function heartbeat(db: Database, { name, instance }: Running): Promise<Known> {
  const [row] = await db.run<{ mine: boolean; awaySeconds: number | null }>(
    SYSTEM,
    prepared(
      'gateway.heartbeat',
      sql`with before as (
          select lost_at, extract(epoch from now() - last_seen_at)::int as seconds from gateway
          where name = ${name} and instance = ${instance} for update),
        mine as (
          update gateway set last_seen_at = now(), lost_at = null, stopped_at = null from before
          where name = ${name} and instance = ${instance} returning before.lost_at, before.seconds),
        back as (update gateway_absence set until = now()
          where gateway = ${name} and until is null and exists (select from mine where lost_at is not null))
        select true as mine, case when lost_at is not null then seconds end as "awaySeconds" from mine
        union all select false, null from gateway where name = ${name} and instance <> ${instance}`,
    ),
  )
  if (!row) return 'unknown'
  if (!row.mine) return 'taken'
  return row.awaySeconds === null ? 'here' : { awaySeconds: row.awaySeconds }
}

/** Records an outage that ends now: the process couldn't reach the database. */
export async function noteAbsence(db: Database, name: string, seconds: number): Promise<void> {
  await db.run(
    SYSTEM,
    sql`insert into gateway_absence (gateway, cause, since, until)
      values (${name}, 'database', now() - make_interval(secs => ${seconds}), now())`,
  )
}

/** Marks silent processes as lost. @returns them; none while another process does it */
export function noticeLost(
  db: Database,
  milliseconds: number,
): Promise<{ name: string; lastSeenAt: Date }[]> {
  return db.transaction(SYSTEM, async (tx) => {
    const [lock] = await tx.query<{ mine: boolean }>(
      sql`select pg_try_advisory_xact_lock(${MONITOR_LOCK}) as mine`,
    )
    if (!lock?.mine) return []
    return tx.query<{ name: string; lastSeenAt: Date }>(
      sql`with lost as (
          update gateway set lost_at = now() where lost_at is null and stopped_at is null
            and last_seen_at < now() - make_interval(secs => ${milliseconds / 1_000})
          returning name, last_seen_at),
        absence as (insert into gateway_absence (gateway, cause, since) select name, 'lost', last_seen_at from lost)
        select name, last_seen_at as "lastSeenAt" from lost`,
    )
  })
}

/** A process that stops doesn't wait longer than this. */
const SIGN_OFF_MILLISECONDS = 1_000

export async function signOff(db: Database, { name, instance }: Running): Promise<void> {
  await db.run(
    { ...SYSTEM, giveUpAt: performance.now() + SIGN_OFF_MILLISECONDS },
    sql`with stopped as (
        update gateway set stopped_at = now() where name = ${name} and instance = ${instance} returning name)
      insert into gateway_absence (gateway, cause, since) select name, 'stopped', now() from stopped`,
  )
}
