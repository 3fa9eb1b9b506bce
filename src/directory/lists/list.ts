// SCIM lists: filters, sort orders and pages, as SQL. This folder owns no tables and knows no HTTP: src/protocol/scim
// parses the queries, and src/http/scim calls it. The portal's lists are in ../administration. A page that begins
// where another ended is read from that place, so it costs the same at any depth. Only a page that begins anywhere
// else is found by counting rows, on the index alone if there is one. Start with this file, then read filter-sql.ts.
import type { Queryable } from '#platform/database/database.ts'
import { prepared, raw, type Sql, sql } from '#platform/database/sql.ts'
import type { Filter } from '#protocol/scim/filter/filter.ts'
import type { Place, Position } from '#protocol/scim/messages/cursor.ts'
import type { Provisioner } from '../provisioner.ts'
import type { ListMemory, Recollection } from './list-memory.ts'
import {
  type Order,
  orderBy,
  reversed,
  type SortKey,
  type Stretch,
  stretchesAfter,
  wholeAfter,
} from './list-order.ts'

/** Where a page begins. By cursor, an undefined place is the beginning of the list. */
export type Start = { readonly startIndex: number } | { readonly place: Place | undefined }

/** Which page of a list to read, and what is remembered of lists. */
export interface Look {
  readonly start: Start
  /** The query, without the page. */
  readonly question: string
  readonly memory: ListMemory
}

export interface Page<Row> {
  readonly total: number
  readonly rows: Row[]
  /** Only by cursor: the first and the last row, if there is a page before or after them. */
  readonly previous?: Position | undefined
  readonly next?: Position | undefined
}

/** What to list: the rows `u` of `table` that meet `condition`. `shape` names the statement if its text is fixed. */
export interface Listing {
  readonly table: Sql
  readonly condition: Sql
  readonly columns: Sql
  readonly order: Order
  readonly shape: string | undefined
  /** At most one row matches, so there is nothing to sort. */
  readonly single?: boolean
  /** Few rows match, and an index finds them. They are sorted afterwards, never searched for in order. */
  readonly few?: boolean
}

export interface Listed {
  readonly id: string
  /** The value of the sort key, as text. */
  readonly sortKey?: string | null
}

/**
 * Returns how a list is read. Statements of a known form are quick and share connections; other filters may take
 * longer.
 */
export function listReads({ db, scope }: Provisioner): Queryable {
  return {
    query: (statement) =>
      statement.name === undefined ? db.run(scope, statement) : db.read(scope, statement),
  }
}

/** Returns one page of a list. @param count 0 requests only the total @see RFC 7644 §3.4.2.4; RFC 9865 §2 */
export function listPage<Row extends Listed>(
  run: Queryable,
  listing: Listing,
  start: Start,
  count: number,
  memory: Recollection,
): Promise<Page<Row>> {
  if (count === 0) return totalAlone(run, listing, memory)
  if ('startIndex' in start) return pageByIndex(run, listing, start.startIndex, count, memory)
  return pageByCursor(run, listing, start.place, count, memory)
}

async function pageByIndex<Row extends Listed>(
  run: Queryable,
  listing: Listing,
  startIndex: number,
  count: number,
  memory: Recollection,
): Promise<Page<Row>> {
  const from = startIndex === 1 ? undefined : memory.place(startIndex)
  const rows =
    startIndex === 1 || from
      ? await rowsAfter<Row>(run, listing, listing.order, from, count)
      : await run.query<Row>(countedOff(listing, startIndex, count))
  const last = rows.at(-1)
  if (last && rows.length === count) memory.keepPlace(startIndex + count, positionOf(last))
  else if (last || startIndex === 1) return { total: startIndex - 1 + rows.length, rows }
  return { total: await totalOf(run, listing, memory), rows }
}

/** Reads one row more than the page has, to see whether there is another page. */
async function pageByCursor<Row extends Listed>(
  run: Queryable,
  listing: Listing,
  place: Place | undefined,
  count: number,
  memory: Recollection,
): Promise<Page<Row>> {
  const order = place?.backward ? reversed(listing.order) : listing.order
  const found = await rowsAfter<Row>(run, listing, order, place?.from, count + 1)
  // All rows before this place are gone, so this is the first page.
  if (place?.backward && found.length === 0) return pageByCursor(run, listing, undefined, count, memory)
  const more = found.length > count
  const rows = more ? found.slice(0, count) : found
  if (place?.backward) rows.reverse()
  const [first, last] = [rows[0], rows.at(-1)]
  const total = place || more ? await totalOf(run, listing, memory) : rows.length
  return {
    total,
    rows,
    previous: first && (place?.backward ? more : place) ? positionOf(first) : undefined,
    next: last && (place?.backward || more) ? positionOf(last) : undefined,
  }
}

function positionOf({ id, sortKey = null }: Listed): Position {
  return { id, key: sortKey }
}

const NOTHING = prepared('list.scope', sql`select`)

/** Returns only the total. If it is remembered, an empty statement still checks that the client has access. */
async function totalAlone<Row extends Listed>(
  run: Queryable,
  listing: Listing,
  memory: Recollection,
): Promise<Page<Row>> {
  if (memory.total() !== undefined) await run.query(NOTHING)
  return { total: await totalOf(run, listing, memory), rows: [] }
}

async function totalOf(run: Queryable, listing: Listing, memory: Recollection): Promise<number> {
  const known = memory.total()
  if (known !== undefined) return known
  const statement = sql`select count(*)::int as total from ${listing.table} u where ${listing.condition}`
  const [counted] = await run.query<{ total: number }>(named(listing, 'count', statement))
  const total = counted?.total ?? 0
  memory.keepTotal(total)
  return total
}

async function rowsAfter<Row extends Listed>(
  run: Queryable,
  listing: Listing,
  order: Order,
  from: Position | undefined,
  limit: number,
): Promise<Row[]> {
  if (listing.single && !from) return run.query<Row>(named(listing, 'first', only(listing)))
  if (listing.few && !from) return run.query<Row>(named(listing, 'first', found(listing, limit)))
  if (order.key && !order.key.indexed) return run.query<Row>(sorted(listing, order, order.key, from, limit))
  const rows: Row[] = []
  for (const stretch of stretchesAfter(order, from)) {
    if (rows.length < limit) {
      const statement = alongIndex(listing, order, stretch, limit - rows.length)
      const isPlain = !order.key && !order.descending
      const part = from ? 'after' : 'first'
      rows.push(...(await run.query<Row>(isPlain ? named(listing, part, statement) : statement)))
    }
  }
  return rows
}

function named(listing: Listing, part: string, statement: Sql): Sql {
  return listing.shape === undefined ? statement : prepared(`${listing.shape}.${part}`, statement)
}

function columnsOf({ columns }: Listing, { key }: Order): Sql {
  return key ? sql`${columns}, (${key.value})::text as "sortKey"` : columns
}

function alongIndex(listing: Listing, order: Order, stretch: Stretch, limit: number): Sql {
  return sql`select ${columnsOf(listing, order)} from ${listing.table} u
    where ${listing.condition} and ${stretch.condition} order by ${stretch.order} limit ${limit}`
}

function only({ columns, table, condition }: Listing): Sql {
  return sql`select ${columns} from ${table} u where ${condition}`
}

/** Finds the rows first and sorts them afterwards: `offset 0` keeps PostgreSQL from searching in that order. */
function found({ columns, table, condition }: Listing, limit: number): Sql {
  return sql`select ${columns} from (select * from ${table} u where ${condition} offset 0) u
    order by u.id limit ${limit}`
}

/** Computes the key of each row once (`offset 0` keeps it separate), and reads only the documents of the page. */
function sorted(
  listing: Listing,
  order: Order,
  key: SortKey,
  from: Position | undefined,
  limit: number,
): Sql {
  const { table, condition } = listing
  const keyed = sql`select u.id, ${key.value} as sort_key from ${table} u where ${condition} offset 0`
  const stretch = wholeAfter({ ...order, key: { ...key, value: raw('u.sort_key') } }, from)
  const ids = sql`select u.id from (${keyed}) u
    where ${stretch.condition} order by ${stretch.order} limit ${limit}`
  return documentsOf(listing, order, ids)
}

function countedOff(listing: Listing, startIndex: number, limit: number): Sql {
  const { table, condition, order } = listing
  const statement = documentsOf(
    listing,
    order,
    sql`select u.id from ${table} u
    where ${condition} order by ${orderBy(order)} limit ${limit} offset ${startIndex - 1}`,
  )
  return order.key || order.descending ? statement : named(listing, 'later', statement)
}

/** Uses an array, not a join: PostgreSQL can't estimate the length of a list here, and would read the whole table. */
function documentsOf(listing: Listing, order: Order, ids: Sql): Sql {
  return sql`select ${columnsOf(listing, order)} from ${listing.table} u
    where u.id = any(array(${ids})) order by ${orderBy(order)}`
}

/**
 * Returns a name for queries that are sent often and have a fixed text: no filter, or equality with one attribute,
 * which connectors use to look up a resource. Undefined for any other filter.
 */
export function lookupShape(filter: Filter | undefined, names: ReadonlySet<string>): string | undefined {
  if (filter === undefined) return 'all'
  if (filter.kind !== 'compare' || filter.op !== 'eq' || filter.value === null || filter.ref.extension)
    return undefined
  const name = filter.ref.sub
    ? `${filter.ref.attribute.name}.${filter.ref.sub.name}`
    : filter.ref.attribute.name
  return names.has(name) ? `by-${name}` : undefined
}

/**
 * Returns how many resources such a look-up can find: userNames are unique, and few resources share an externalId.
 */
export function foundBy(shape: string | undefined): Pick<Listing, 'single' | 'few'> {
  return { single: shape === 'by-userName', few: shape === 'by-externalId' }
}
