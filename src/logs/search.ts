// Searches a log (audit, activity or system): newest first, a page at a time, by any column. This folder owns the search for all
// three logs, and the activity and system log themselves; src/audit owns the audit log. A log can have millions of events and a
// search can look for one of them, so it goes back in steps and ends when its time is up. What it found is the answer, together
// with the place where the next search continues. Start with this file; activity.ts and system.ts show how a log is written.
import { performance } from 'node:perf_hooks'
import { Invalid } from '#errors.ts'
import type { Database, Scope } from '#platform/database/database.ts'
import { join, raw, type Sql, sql } from '#platform/database/sql.ts'
import { readInstant } from '#platform/database/storable.ts'

/** One event of a log. */
export interface LogEvent {
  readonly id: string
  readonly at: Date
  readonly actorType: string
  readonly actorId: string | null
  readonly actorName: string
  readonly action: string
  readonly objectType: string
  readonly objectId: string | null
  readonly objectName: string
  readonly result: 'success' | 'failure'
  /** `before`, `after`, `reason` or other details. Also null if it is large. */
  readonly change: Record<string, unknown> | null
  /** Whether the change is too large for a list; findEvent() and walkLog() return it. */
  readonly changeIsLarge: boolean
  readonly requestId: string | null
  readonly sourceAddress: string | null
  /** For `after`: the page that starts after this event. */
  readonly cursor: string
}

export interface LogSearch {
  /** Only events at or after this time. */
  readonly from?: Date | undefined
  /** Only events before this time. */
  readonly to?: Date | undefined
  /** Part of the actor's name, case-insensitive, like `object` and `text`. */
  readonly actor?: string | undefined
  readonly action?: readonly string[] | undefined
  readonly objectType?: readonly string[] | undefined
  /** Part of the object's name, or its id. */
  readonly object?: string | undefined
  /** Only events of this object. */
  readonly objectId?: string | undefined
  readonly result?: 'success' | 'failure' | undefined
  /** Part of the actor's or object's name. */
  readonly text?: string | undefined
  readonly limit: number
  readonly after?: string | undefined
}

export interface Found {
  readonly events: LogEvent[]
  /** Where the next page starts; undefined at the end of the log. */
  readonly next: string | undefined
  /** Set if time was up before the page was full: how far back the search got. */
  readonly searchedTo: Date | undefined
}

/** One log of one tenant: its table, the scope to read it in, and its rows. */
export interface LogSource {
  readonly table: Sql
  readonly scope: Scope
  readonly rows: Sql
  /** Narrows the rows that can contain the event with this id; undefined if the id is the key of the table. */
  readonly nearId?: ((id: string, seconds: number) => Sql) | undefined
  /** Finds the events of one object with an index; undefined if there is none. */
  readonly objectRows?: ((objectId: string, below: Sql, limit: number) => Sql) | undefined
}

const PATIENCE_MILLISECONDS = 1_000
/** Events that one statement reads: few at first, because most searches find at once, then more and more. */
const FIRST_LOOKS = 2
const STEP_GROWTH = 8
const LARGEST_STEP = 32_000

const CURSOR = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z)_([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/

/** Returns a page of events. @throws {Invalid} when `after` isn't a cursor of an event */
export async function searchLog(
  db: Database,
  source: LogSource,
  search: LogSearch,
  patienceMilliseconds = PATIENCE_MILLISECONDS,
): Promise<Found> {
  const giveUpAt = performance.now() + patienceMilliseconds
  const events: LogEvent[] = []
  let after = search.after
  for (let size = FIRST_LOOKS * search.limit; ; size = Math.min(size * STEP_GROWTH, LARGEST_STEP)) {
    // One more than requested shows whether there is another page.
    const step = await searchStep(
      db,
      source,
      { ...search, after, limit: search.limit + 1 - events.length },
      size,
    )
    events.push(...step.events)
    if (events.length > search.limit) {
      const page = events.slice(0, search.limit)
      return { events: page, next: page.at(-1)?.cursor, searchedTo: undefined }
    }
    if (!step.edge) return { events, next: undefined, searchedTo: undefined }
    after = step.edge
    if (performance.now() > giveUpAt) return { events, next: after, searchedTo: momentOf(after) }
  }
}

interface Step {
  readonly events: LogEvent[]
  /** The oldest event that was read; undefined if there is none before it. */
  readonly edge: string | undefined
}

type StepRow = { edge: string; scanned: number } & { [Name in keyof LogEvent]: LogEvent[Name] | null }

const cursorOf = (alias: string) =>
  raw(`to_char(${alias}.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') || '_' || ${alias}.id`)

const LARGE_BYTES = 16_384

/** Columns of an event `e`. */
export const EVENT_COLUMNS = sql`e.id, e.at, e.actor_type as "actorType", e.actor_id as "actorId", e.actor_name as "actorName", e.action,
    e.object_type as "objectType", e.object_id as "objectId", e.object_name as "objectName", e.result,
    case when octet_length(e.change) <= ${raw(String(LARGE_BYTES))} then e.change::json end as change,
    coalesce(octet_length(e.change) > ${raw(String(LARGE_BYTES))}, false) as "changeIsLarge", e.request_id as "requestId", e.source_address as "sourceAddress", ${cursorOf('e')} as cursor`

/** Reads `size` events before the cursor. Of those that match, only the ones that are shown are read completely. */
async function searchStep(db: Database, source: LogSource, search: LogSearch, size: number): Promise<Step> {
  const wanted = columnConditions(search)
  const looked = wanted.length > 0 ? size : search.limit
  const rows = await db.run<StepRow>(
    source.scope,
    sql`with scanned as materialized (
        select e.at, e.id, ${wanted.length > 0 ? join(wanted, ' and ') : raw('true')} as hit
        from ${rowsOf(source, search, looked)} e where ${join(placeConditions(source, search), ' and ')}
        order by e.at desc, e.id desc limit ${looked}),
      edge as (select s.at, s.id, (select count(*)::int from scanned) as scanned from scanned s order by s.at, s.id limit 1),
      hits as (select at, id from scanned where hit order by at desc, id desc limit ${search.limit})
      select ${cursorOf('edge')} as edge, edge.scanned, found.*
      from edge left join (select ${EVENT_COLUMNS} from hits h join ${source.table} e on e.at = h.at and e.id = h.id
        and ${source.rows}) found on true
      order by found.at desc, found.id desc`,
  )
  const [first] = rows
  const events = rows
    .filter(({ id }) => id !== null)
    .map(({ edge: _, scanned: __, ...event }) => event as unknown as LogEvent)
  return { events, edge: first && first.scanned >= looked ? first.edge : undefined }
}

function rowsOf({ table, objectRows }: LogSource, search: LogSearch, size: number): Sql {
  if (!objectRows || search.objectId === undefined) return table
  const until = search.after === undefined ? search.to : momentOf(search.after)
  const below = sql`e.at <= ${until ?? null}::timestamptz`
  return objectRows(search.objectId, until ? below : raw('true'), size)
}

/** Conditions that an index serves. The result is a literal, so that the planner can use the index of failures. */
function placeConditions({ rows }: LogSource, { from, to, after, result }: LogSearch): Sql[] {
  return [
    rows,
    ...(from ? [sql`e.at >= ${from}`] : []),
    ...(to ? [sql`e.at < ${to}`] : []),
    ...(after === undefined ? [] : [below(after)]),
    ...(result === 'failure' ? [raw("e.result = 'failure'")] : []),
  ]
}

/** Conditions that are checked for each event. */
function columnConditions(search: LogSearch): Sql[] {
  const { actor, action, objectType, object, objectId, result, text } = search
  return [
    ...(actor ? [contains('actor_name', actor)] : []),
    ...(action?.length ? [sql`e.action = any(${action}::text[])`] : []),
    ...(objectType?.length ? [sql`e.object_type = any(${objectType}::text[])`] : []),
    ...(object ? [sql`(e.object_id::text = lower(${object}) or ${contains('object_name', object)})`] : []),
    ...(objectId ? [sql`e.object_id = ${objectId}`] : []),
    ...(result === 'success' ? [raw("e.result = 'success'")] : []),
    ...(text ? [sql`(${contains('actor_name', text)} or ${contains('object_name', text)})`] : []),
  ]
}

function contains(column: 'actor_name' | 'object_name', part: string): Sql {
  return sql`strpos(lower(${raw(`e.${column}`)}), lower(${part})) > 0`
}

function below(cursor: string): Sql {
  const { at, id } = readCursor(cursor)
  return sql`(e.at, e.id) < (${at}::timestamptz, ${id}::uuid)`
}

function momentOf(cursor: string): Date {
  return new Date(readCursor(cursor).at)
}

function readCursor(cursor: string): { at: string; id: string } {
  const [, at, id] = CURSOR.exec(cursor) ?? []
  if (!at || !id || !readInstant(at)) throw new Invalid('after', 'must be the cursor of an event')
  return { at, id }
}

/** Returns the number of events in a period, if they are few enough to be counted at once. */
export async function countLog(
  db: Database,
  source: LogSource,
  search: LogSearch,
  most: number,
): Promise<number | undefined> {
  if (columnConditions(search).length > 0) return undefined
  const [row] = await db.run<{ count: number }>(
    source.scope,
    sql`select count(*)::int as count from (select from ${source.table} e
      where ${join(placeConditions(source, search), ' and ')} limit ${most + 1}) counted`,
  )
  return row && row.count <= most ? row.count : undefined
}
