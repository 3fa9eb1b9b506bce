// The system log: how the service itself is doing. Administrators of the default tenant, who run the service, read it. An event
// about one tenant is also shown to that tenant's administrators.
import { type Database, SYSTEM } from '#platform/database/database.ts'
import { prepared, raw, sql } from '#platform/database/sql.ts'
import { openRepeats } from './repeats.ts'
import type { LogSource } from './search.ts'
import { SYSTEM_EVENTS, type SystemEvent } from './vocabulary.ts'
import { batchRows, LOG_COLUMNS, openLogWriter, type WriterOptions } from './writer.ts'

export interface SystemEntry {
  readonly event: SystemEvent
  /** The gateway, migration, background work or log that the event is about. */
  readonly name: string
  /** Default: now. */
  readonly at?: Date | undefined
  /** Set if the event is about one tenant only. */
  readonly tenantId?: string | undefined
  /** Never a secret or the content of a row. */
  readonly detail?: object | undefined
}

export interface SystemLog {
  record(entry: SystemEntry): void
  /** Writes the collected events. @throws {Unavailable} */
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

/** A failure that repeats is recorded once in this time. */
const AGAIN_MILLISECONDS = 600_000
const REPEATING: ReadonlySet<SystemEvent> = new Set(['work-failed', 'audit-not-sealed', 'entries-lost'])

/** @param gateway name of this process, for each event */
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

/** @param operates whether the tenant's administrators run the service */
export function systemLog(tenantId: string, operates: boolean): LogSource {
  const table = raw('system_event')
  return operates
    ? { table, scope: SYSTEM, rows: sql`(e.tenant_id is null or e.tenant_id = ${tenantId})` }
    : { table, scope: { tenantId }, rows: sql`e.tenant_id = ${tenantId}` }
}
