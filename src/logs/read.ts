import { NotFound } from '#errors.ts'
import type { Database } from '#platform/database/database.ts'
import { raw, sql } from '#platform/database/sql.ts'
import { EVENT_COLUMNS, type LogEvent, type LogSearch, type LogSource, searchLog } from './search.ts'

/** An id holds the time at which it was made, by the clock of a process: looked for near it first, then further around. */
const NEAR_SECONDS = [2, 60, 3_600]

/** One event with its change. @throws {NotFound} */
export async function findEvent(db: Database, source: LogSource, id: string): Promise<LogEvent> {
  const places = source.nearId
    ? NEAR_SECONDS.map((seconds) => source.nearId?.(id, seconds) ?? raw('true'))
    : [raw('true')]
  for (const place of places) {
    const [event] = await db.run<LogEvent>(
      source.scope,
      sql`select ${EVENT_COLUMNS} from ${source.table} e where ${source.rows} and ${place} and e.id = ${id}`,
    )
    if (event) return complete(db, source, event)
  }
  throw new NotFound(`There is no event ${id}`)
}

async function complete(db: Database, source: LogSource, event: LogEvent): Promise<LogEvent> {
  if (!event.changeIsLarge) return event
  const [row] = await db.run<Pick<LogEvent, 'change'>>(
    source.scope,
    sql`select e.change::json as change from ${source.table} e where ${source.rows}
      and e.at = ${event.at} and e.id = ${event.id}`,
  )
  return { ...event, change: row?.change ?? null }
}

const BATCH = 1_000

/** All events that a search finds, newest first and with their changes, read a batch at a time as they are asked for. */
export async function* walkLog(
  db: Database,
  source: LogSource,
  search: Omit<LogSearch, 'limit'>,
): AsyncGenerator<LogEvent, void> {
  let after = search.after
  do {
    const found = await searchLog(db, source, { ...search, after, limit: BATCH })
    for (const event of found.events) yield complete(db, source, event)
    after = found.next
  } while (after !== undefined)
}
