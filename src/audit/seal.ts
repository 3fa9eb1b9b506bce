// Seals the audit log in the background: each seal of a tenant covers the seal before it and the events since then. Requests
// never wait for it, and it never waits for a transaction that doesn't write events. verify.ts checks the seals.
import { setTimeout as sleep } from 'node:timers/promises'
import { TooCostly } from '#errors.ts'
import { type Database, inTenant, SYSTEM, type TenantTx } from '#platform/database/database.ts'
import { stillRunning, writersOf } from '#platform/database/earlier-transactions.ts'
import { sql } from '#platform/database/sql.ts'
import { EVENT_TEXT, NO_DIGEST } from './event-text.ts'

/** A number that no other lock uses. Only one process seals at a time. */
const SEALER_LOCK = 7_064_001

/** Positions in one transaction; fewer if the events are so large that it takes too long. */
const STEP = 5_000
const POLL_MILLISECONDS = 20
/** Requests end long before. For a transaction that still writes after this time, the next call waits again. */
const WRITERS_MILLISECONDS = 5_000

export interface Sealing {
  readonly seals: number
  /** Positions after the newest seal: events that aren't sealed yet, and positions of rolled-back transactions. */
  readonly behind: number
  /** Transactions that wrote events and didn't end in time. Nothing newer can be sealed before they end. */
  readonly waitsFor: number
}

/** Seals what was committed since the last call, in short transactions. Does nothing while another process seals. */
export async function sealAudit(
  db: Database,
  { signal, positions = STEP }: { readonly signal?: AbortSignal; readonly positions?: number } = {},
): Promise<Sealing> {
  const { last, waitsFor } = await settledPosition(db)
  let from = await sealedPosition(db)
  const begin = from
  let seals = 0
  for (let step = positions; from < last && waitsFor === 0 && !signal?.aborted; ) {
    const to = Math.min(from + step, last)
    const made = await sealStep(db, from, to).catch((error: unknown) => {
      if (error instanceof TooCostly && step > 1) return 'smaller' as const
      throw error
    })
    if (made === 'busy') break
    if (made === 'smaller') {
      step = Math.ceil(step / 8)
      continue
    }
    seals += made
    from = to
    step = Math.min(positions, step * 2)
  }
  return { seals, behind: last - (seals > 0 ? from : begin), waitsFor }
}

/**
 * Returns the newest position up to which no new event can appear. A transaction locks the table before it takes a position,
 * so every transaction that could still add one at or below `last` is among the current writers.
 */
async function settledPosition(db: Database): Promise<{ last: number; waitsFor: number }> {
  const [row] = await db.run<{ last: string }>(
    SYSTEM,
    sql`select case when is_called then last_value else 0 end::text as last from audit_event_position`,
  )
  const last = Number(row?.last ?? 0)
  const query = inTenant(db, SYSTEM.tenantId)
  let writers = await writersOf(query, 'audit_event')
  const giveUpAt = performance.now() + WRITERS_MILLISECONDS
  while (writers.length > 0 && performance.now() < giveUpAt) {
    await sleep(POLL_MILLISECONDS)
    writers = await stillRunning(query, writers)
  }
  return { last, waitsFor: writers.length }
}

async function sealedPosition(q: Pick<Database, 'run'>): Promise<number> {
  const [row] = await q.run<{ sealed: string }>(
    SYSTEM,
    sql`select coalesce((select until_position from audit_seal order by until_position desc limit 1), 0)::text as sealed`,
  )
  return Number(row?.sealed ?? 0)
}

/** @returns how many tenants got a seal; `busy` when another process is sealing, or has sealed beyond `from` */
function sealStep(db: Database, from: number, to: number): Promise<number | 'busy'> {
  return db.transaction(SYSTEM, async (tx) => {
    const [lock] = await tx.query<{ mine: boolean }>(
      sql`select pg_try_advisory_xact_lock(${SEALER_LOCK}) as mine`,
    )
    if (!lock?.mine || (await isSealedBeyond(tx, from))) return 'busy'
    const made = await tx.query(
      sql`with events as materialized (
          select e.tenant_id, e.at, e.position, ${EVENT_TEXT} as text from audit_event e
          where e.position > ${from}::bigint and e.position <= ${to}::bigint),
        tenants as (
          select tenant_id, count(*) as events, min(at) as first_at, max(at) as last_at,
            string_agg(text, E'\n' order by position) as texts from events group by tenant_id)
        insert into audit_seal (tenant_id, number, until_position, events, first_at, last_at, digest)
        select t.tenant_id, coalesce(s.number, 0) + 1, ${to}::bigint, t.events, t.first_at, t.last_at,
          sha256(coalesce(s.digest, ${NO_DIGEST}) || convert_to(t.texts, 'UTF8'))
        from tenants t left join lateral (
          select number, digest from audit_seal s where s.tenant_id = t.tenant_id order by s.number desc limit 1) s on true
        returning number`,
    )
    return made.length
  })
}

async function isSealedBeyond(tx: TenantTx, position: number): Promise<boolean> {
  const rows = await tx.query(sql`select from audit_seal where until_position > ${position}::bigint limit 1`)
  return rows.length > 0
}
