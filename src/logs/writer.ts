// Writes events of a log in the background: they are collected in memory and written once a second in one statement. While the
// database is unavailable they wait, with the time at which they happened. There is room for some thousands; events that
// don't fit are counted.
import { Unavailable } from '#errors.ts'
import { type Database, SYSTEM } from '#platform/database/database.ts'
import { orderedId } from '#platform/database/ordered-id.ts'
import { type Sql, sql } from '#platform/database/sql.ts'

export interface WrittenEvent {
  readonly id: string
  /** Null for the service itself. */
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
  /** Writes the collected events. @throws {Unavailable} and keeps them */
  flush(): Promise<void>
  /** Writes the collected events and stops. */
  close(): Promise<void>
}

export interface WriterOptions {
  readonly onError?: (error: unknown) => void
  /** Gets the number of events that didn't fit, as soon as there is room again. */
  readonly onLost?: (count: number) => void
  readonly room?: number
}

const FLUSH_MILLISECONDS = 1_000
/** A service that stops doesn't wait long for an unavailable database. */
const PATIENCE_MILLISECONDS = 2_000
const ROOM = 10_000
const BATCH = 500

/** @param insert returns the statement that inserts a batch into the table of the log */
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
        // If an answer was lost, a batch is written twice; its ids already exist then, so each event is stored once.
        await db.run({ ...SYSTEM, giveUpAt: performance.now() + PATIENCE_MILLISECONDS }, insert(batch))
      } catch (error) {
        if (error instanceof Unavailable) throw error
        lost += waiting.splice(0, batch.length).length // a batch that can't be written must not block the rest
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

/** Columns that both logs have. */
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

/** Returns the rows of a batch, in the order of the columns. */
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
