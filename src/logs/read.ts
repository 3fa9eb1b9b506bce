import { NotFound } from '#errors.ts'
import type { Database } from '#platform/database/database.ts'
import { raw, sql } from '#platform/database/sql.ts'
import { EVENT_COLUMNS, type LogEvent, type LogSearch, type LogSource, searchLog } from './search.ts'

/** An id contains the time of its creation by the clock of a process, so the search starts near that time and then widens. */
const NEAR_SECONDS = [2, 60, 3_600]

/** Returns one event with its change. @throws {NotFound} */
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

/** Yields all events that a search finds, newest first and with their changes. They are read in batches, on demand. */
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
