// Writes events of a log off every path: they are collected in memory and written once a second in one statement. While
// the database is away they wait, with the time at which they happened; there is room for some thousands, and what finds
// no room is counted.
import { Unavailable } from '#errors.ts'
import { type Database, SYSTEM } from '#platform/database/database.ts'
import { orderedId } from '#platform/database/ordered-id.ts'
import { type Sql, sql } from '#platform/database/sql.ts'

export interface WrittenEvent {
  readonly id: string
  /** Null: of the service itself. */
  readonly tenantId: string | null
  readonly at: Date
  readonly actorType: string
  readonly actorId?: string | undefined
  readonly actorName: string
  readonly action: string
  readonly objectType: string
  readonly objectId?: string | undefined
  readonly objectName: string
  readonly result: 'success' | 'failure'
  readonly change?: object | undefined
  readonly requestId?: string | undefined
  readonly sourceAddress?: string | undefined
}

export interface LogWriter {
  write(event: Omit<WrittenEvent, 'id'>): void
  /** Writes what is collected. @throws {Unavailable} and keeps it */
  flush(): Promise<void>
  /** Writes what is collected and stops. */
  close(): Promise<void>
}

export interface WriterOptions {
  readonly onError?: (error: unknown) => void
  /** Events for which there was no room, told of once there is room again. */
  readonly onLost?: (count: number) => void
  readonly room?: number
}

const FLUSH_MILLISECONDS = 1_000
/** A service that stops does not wait long for a database that is away. */
const PATIENCE_MILLISECONDS = 2_000
const ROOM = 10_000
const BATCH = 500

/** @param insert the insert of one batch into the table of the log; its owner writes it */
export function openLogWriter(
  db: Database,
  insert: (batch: readonly WrittenEvent[]) => Sql,
  { onError = () => {}, onLost = () => {}, room = ROOM }: WriterOptions = {},
): LogWriter {
  const waiting: WrittenEvent[] = []
  let lost = 0
  let writing: Promise<void> | undefined

  async function writeAll(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting.slice(0, BATCH)
      try {
        // Written twice when an answer got lost, an event is still there once: its id is made before.
        await db.run({ ...SYSTEM, giveUpAt: performance.now() + PATIENCE_MILLISECONDS }, insert(batch))
      } catch (error) {
        if (error instanceof Unavailable) throw error
        lost += waiting.splice(0, batch.length).length // what cannot be written must not hold up the rest
        throw error
      }
      waiting.splice(0, batch.length)
    }
    if (lost === 0) return
    const count = lost
    lost = 0
    onLost(count)
  }

  function flush(): Promise<void> {
    writing ??= writeAll().finally(() => {
      writing = undefined
    })
    return writing
  }

  const timer = setInterval(() => void flush().catch(onError), FLUSH_MILLISECONDS)
  timer.unref()
  return {
    write(event) {
      if (waiting.length < room) waiting.push({ ...event, id: orderedId() })
      else lost += 1
    },
    flush,
    async close() {
      clearInterval(timer)
      await writing?.catch(() => {})
      await flush().catch(onError)
    },
  }
}

/** Names of the columns that both logs have. */
export const LOG_COLUMNS = [
  'id uuid',
  'tenant_id uuid',
  'at timestamptz',
  'actor_type text',
  'actor_id uuid',
  'actor_name text',
  'action text',
  'object_type text',
  'object_id uuid',
  'object_name text',
  'result text',
  'change text',
  'request_id text',
  'source_address text',
].join(', ')

/** The rows of a batch, in the order of the columns. */
export function batchRows(batch: readonly WrittenEvent[]): Sql {
  const rows = batch.map((event) => ({
    id: event.id,
    tenant_id: event.tenantId,
    at: event.at,
    actor_type: event.actorType,
    actor_id: event.actorId ?? null,
    actor_name: event.actorName,
    action: event.action,
    object_type: event.objectType,
    object_id: event.objectId ?? null,
    object_name: event.objectName,
    result: event.result,
    change: event.change === undefined ? null : JSON.stringify(event.change),
    request_id: event.requestId ?? null,
    source_address: event.sourceAddress ?? null,
  }))
  return sql`select * from json_to_recordset(${JSON.stringify(rows)}::json)`
}
