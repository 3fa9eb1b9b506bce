// Counts requests by hour and effect, in memory, and writes the counts once a second. The counts are complete even
// where single requests aren't stored. A crash loses at most one second of them. Each process writes its totals to
// rows of its own, so repeating a write whose response was lost changes nothing.
import { randomUUID } from 'node:crypto'
import { type Database, SYSTEM } from '#platform/database/database.ts'
import { prepared, sql } from '#platform/database/sql.ts'
import type { Effect } from './capture/operation.ts'

/** The totals of one identity provider in one hour, in this process. */
interface Hour extends Record<Effect, number> {
  readonly idpId: string
  readonly hour: Date
  /** Id of the row this entry is written to. */
  readonly writer: string
  requests: number
  failed: number
  /** Number of requests that were counted but not stored. */
  unkept: number
  /** Whether it changed since it was last written. */
  isDirty: boolean
  /** Whether any request had valid credentials. */
  isKnown: boolean
}

export interface Tally {
  /** Counts one request and its effects. */
  count(request: Counted, failed: boolean, effects: readonly Effect[]): void
  unkept(request: Counted): void
  /** Writes the counts. @throws {Unavailable} they are kept for the next attempt */
  flush(db: Database): Promise<void>
}

interface Counted {
  readonly idpId: string
  readonly at: Date
  readonly credentialId: string | undefined
}

const HOUR = 3_600_000
/** Limit of entries in memory, one per identity provider and hour. */
const MOST = 20_000
/** Limit of entries without any authenticated request, because anyone can make up ids. */
const MOST_UNKNOWN = 1_000
/** A request counts in the hour it arrived. No request takes longer than this. */
const KEPT_HOURS = 2

export function openTally(): Tally {
  const hours = new Map<string, Hour>()

  function hourOf({ idpId, at, credentialId }: Counted): Hour | undefined {
    const began = at.getTime() - (at.getTime() % HOUR)
    const key = `${idpId} ${began}`
    let hour = hours.get(key)
    if (!hour) {
      if (hours.size >= MOST) return undefined
      hour = emptyHour(idpId, new Date(began))
      hours.set(key, hour)
    }
    hour.isDirty = true
    hour.isKnown ||= credentialId !== undefined
    return hour
  }

  /** Removes written entries that will hardly change. If one does, it gets another row. */
  function forget(now: number) {
    const unknown = [...hours].filter(([, { isKnown }]) => !isKnown)
    const tooMany = unknown.length > MOST_UNKNOWN
    for (const [key, { hour, isDirty, isKnown }] of hours) {
      const isOver = hour.getTime() < now - KEPT_HOURS * HOUR
      if (!isDirty && (isOver || (tooMany && !isKnown))) hours.delete(key)
    }
  }

  return {
    count(request, failed, effects) {
      const hour = hourOf(request)
      if (!hour) return
      hour.requests += 1
      if (failed) hour.failed += 1
      for (const effect of effects) hour[effect] += 1
    },
    unkept(request) {
      const hour = hourOf(request)
      if (hour) hour.unkept += 1
    },
    async flush(db) {
      const batch = [...hours.values()].filter(({ isDirty }) => isDirty)
      if (batch.length === 0) return
      for (const hour of batch) hour.isDirty = false
      try {
        await write(db, batch)
      } catch (error) {
        for (const hour of batch) hour.isDirty = true
        throw error
      }
      forget(Date.now())
    },
  }
}

function emptyHour(idpId: string, hour: Date): Hour {
  return {
    idpId,
    hour,
    writer: randomUUID(),
    requests: 0,
    look_ups: 0,
    created: 0,
    changed: 0,
    deactivated: 0,
    deleted: 0,
    failed: 0,
    unkept: 0,
    isDirty: true,
    isKnown: false,
  }
}

/** Writes totals. Unknown identity providers have none. */
async function write(db: Database, hours: readonly Hour[]): Promise<void> {
  const column = <Name extends keyof Hour>(name: Name) => hours.map((row) => row[name])
  await db.run(
    SYSTEM,
    prepared(
      'request-log.hours',
      sql`insert into scim_hour (tenant_id, idp_id, hour, writer, requests, look_ups, created, changed, deactivated, deleted,
          failed, unkept)
        select i.tenant_id, i.id, g.hour, g.writer, g.requests, g.look_ups, g.created, g.changed, g.deactivated, g.deleted,
          g.failed, g.unkept
        from unnest(${column('idpId')}::uuid[], ${column('hour')}::timestamptz[], ${column('writer')}::uuid[],
          ${column('requests')}::bigint[], ${column('look_ups')}::bigint[], ${column('created')}::bigint[],
          ${column('changed')}::bigint[], ${column('deactivated')}::bigint[], ${column('deleted')}::bigint[],
          ${column('failed')}::bigint[], ${column('unkept')}::bigint[])
          as g(idp_id, hour, writer, requests, look_ups, created, changed, deactivated, deleted, failed, unkept)
        join identity_provider i on i.id = g.idp_id
        on conflict (idp_id, hour, writer) do update set requests = excluded.requests, look_ups = excluded.look_ups,
          created = excluded.created, changed = excluded.changed, deactivated = excluded.deactivated,
          deleted = excluded.deleted, failed = excluded.failed, unkept = excluded.unkept`,
    ),
  )
}
