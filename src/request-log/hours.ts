// How many requests came in each hour, by what they did: counted in memory, added to the table once a second. Complete
// also where single requests are not kept; a crash loses at most the last second of it.
import { type Database, SYSTEM } from '#platform/database.ts'
import { prepared, sql } from '#platform/sql.ts'
import type { Effect } from './operation.ts'

/** What one hour of one identity provider adds up to. */
export interface Hour extends Record<Effect, number> {
  readonly idpId: string
  readonly hour: Date
  requests: number
  failed: number
  /** Of the requests, those that were not written down one by one. */
  unkept: number
}

export interface Tally {
  /** One request, and what it did. */
  count(idpId: string, at: Date, failed: boolean, effects: readonly Effect[]): void
  unkept(idpId: string, at: Date): void
  /** @throws {Unavailable} it is kept for the next time */
  flush(db: Database): Promise<void>
}

const HOUR = 3_600_000
/** Identity providers and hours that wait to be written; strangers can make up more. */
const MOST = 20_000

export function openTally(): Tally {
  let hours = new Map<string, Hour>()

  function hourOf(idpId: string, at: Date): Hour | undefined {
    const began = at.getTime() - (at.getTime() % HOUR)
    const key = `${idpId} ${began}`
    const known = hours.get(key)
    if (known || hours.size >= MOST) return known
    const fresh = emptyHour(idpId, new Date(began))
    hours.set(key, fresh)
    return fresh
  }

  return {
    count(idpId, at, failed, effects) {
      const hour = hourOf(idpId, at)
      if (!hour) return
      hour.requests += 1
      if (failed) hour.failed += 1
      for (const effect of effects) hour[effect] += 1
    },
    unkept(idpId, at) {
      const hour = hourOf(idpId, at)
      if (hour) hour.unkept += 1
    },
    async flush(db) {
      if (hours.size === 0) return
      const batch = hours
      hours = new Map()
      try {
        await write(db, [...batch.values()])
      } catch (error) {
        for (const hour of batch.values()) {
          const now = hourOf(hour.idpId, hour.hour)
          if (now) for (const name of COUNTS) now[name] += hour[name]
        }
        throw error
      }
    },
  }
}

const COUNTS = [
  'requests',
  'look_ups',
  'created',
  'changed',
  'deactivated',
  'deleted',
  'failed',
  'unkept',
] as const

function emptyHour(idpId: string, hour: Date): Hour {
  return {
    idpId,
    hour,
    requests: 0,
    look_ups: 0,
    created: 0,
    changed: 0,
    deactivated: 0,
    deleted: 0,
    failed: 0,
    unkept: 0,
  }
}

/** In one order, so that two processes cannot lock each other out. An identity provider that is unknown has no totals. */
async function write(db: Database, hours: Hour[]): Promise<void> {
  const rows = hours.toSorted((a, b) =>
    a.idpId < b.idpId || (a.idpId === b.idpId && a.hour < b.hour) ? -1 : 1,
  )
  const column = <Name extends keyof Hour>(name: Name) => rows.map((row) => row[name])
  await db.run(
    SYSTEM,
    prepared(
      'request-log.hours',
      sql`insert into scim_hour as h (tenant_id, idp_id, hour, requests, look_ups, created, changed, deactivated, deleted,
          failed, unkept)
        select i.tenant_id, i.id, g.hour, g.requests, g.look_ups, g.created, g.changed, g.deactivated, g.deleted, g.failed,
          g.unkept
        from unnest(${column('idpId')}::uuid[], ${column('hour')}::timestamptz[], ${column('requests')}::bigint[],
          ${column('look_ups')}::bigint[], ${column('created')}::bigint[], ${column('changed')}::bigint[],
          ${column('deactivated')}::bigint[], ${column('deleted')}::bigint[], ${column('failed')}::bigint[],
          ${column('unkept')}::bigint[])
          as g(idp_id, hour, requests, look_ups, created, changed, deactivated, deleted, failed, unkept)
        join identity_provider i on i.id = g.idp_id
        on conflict (idp_id, hour) do update set requests = h.requests + excluded.requests,
          look_ups = h.look_ups + excluded.look_ups, created = h.created + excluded.created,
          changed = h.changed + excluded.changed, deactivated = h.deactivated + excluded.deactivated,
          deleted = h.deleted + excluded.deleted, failed = h.failed + excluded.failed, unkept = h.unkept + excluded.unkept`,
    ),
  )
}
