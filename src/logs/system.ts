// The system log: how the service itself is. Its events are the service's, so those who run it read them: the
// administrators of the default tenant. An event may also be about one tenant; then that tenant's administrators read it.
import { type Database, SYSTEM } from '#platform/database/database.ts'
import { prepared, raw, sql } from '#platform/database/sql.ts'
import { openRepeats } from './repeats.ts'
import type { LogSource } from './search.ts'
import { SYSTEM_EVENTS, type SystemEvent } from './vocabulary.ts'
import { batchRows, LOG_COLUMNS, openLogWriter, type WriterOptions } from './writer.ts'

export interface SystemEntry {
  readonly event: SystemEvent
  /** Which gateway, migration, work or log. */
  readonly name: string
  /** When it happened; undefined: now. */
  readonly at?: Date | undefined
  /** Only for what concerns one tenant alone. */
  readonly tenantId?: string | undefined
  /** Never a secret, nor what a row holds. */
  readonly detail?: object | undefined
}

export interface SystemLog {
  record(entry: SystemEntry): void
  /** Writes what is collected. @throws {Unavailable} */
  flush(): Promise<void>
  close(): Promise<void>
}

const FAILURES: ReadonlySet<SystemEvent> = new Set([
  'service-failed',
  'gateway-lost',
  'database-away',
  'work-failed',
  'audit-not-sealed',
  'entries-lost',
])

/** What goes wrong again and again is told of once in this time. */
const AGAIN_MILLISECONDS = 600_000
const REPEATING: ReadonlySet<SystemEvent> = new Set(['work-failed', 'audit-not-sealed', 'entries-lost'])

/** @param gateway name of this process, which each event tells */
export function openSystemLog(db: Database, gateway: string, options: WriterOptions = {}): SystemLog {
  const isRepeat = openRepeats(AGAIN_MILLISECONDS)
  const onLost = (count: number) =>
    log.record({ event: 'entries-lost', name: 'system log', detail: { count } })
  const writer = openLogWriter(
    db,
    (batch) =>
      prepared(
        'system-log.write',
        sql`insert into system_event ${batchRows(batch)} as event(${raw(LOG_COLUMNS)}) on conflict (id) do nothing`,
      ),
    { onLost, ...options },
  )
  const log: SystemLog = {
    record(entry) {
      const { event, name, at = new Date(), tenantId, detail } = entry
      if (REPEATING.has(event) && isRepeat(`${event} ${tenantId ?? ''} ${name}`, at)) return
      writer.write({
        tenantId: tenantId ?? null,
        at,
        actorType: 'system',
        actorName: gateway,
        action: event,
        objectType: SYSTEM_EVENTS[event],
        objectName: name,
        result: FAILURES.has(event) ? 'failure' : 'success',
        change: detail,
      })
    },
    flush: writer.flush,
    close: writer.close,
  }
  return log
}

/** @param operates whether the tenant is that of those who run the service */
export function systemLog(tenantId: string, operates: boolean): LogSource {
  const table = raw('system_event')
  return operates
    ? { table, scope: SYSTEM, rows: sql`(e.tenant_id is null or e.tenant_id = ${tenantId})` }
    : { table, scope: { tenantId }, rows: sql`e.tenant_id = ${tenantId}` }
}
