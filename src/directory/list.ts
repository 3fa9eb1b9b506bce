// One page of a list, by index. The rows of a page are found on the index alone and their documents read afterwards, so
// that a page far behind does not read the documents before it. Order is by id (creation) unless the client sorts.
import type { Queryable } from '#platform/database.ts'
import { prepared, raw, type Sql, sql } from '#platform/sql.ts'
import type { Filter } from '#protocol/scim/filter.ts'
import type { AttributeRef } from '#protocol/scim/schema.ts'
import { elementsOf, scalarOf } from './json-sql.ts'

export interface Page<Row> {
  readonly total: number
  readonly rows: Row[]
}

/** What is listed: rows of `table`, called `u`, under `condition`. `shape` names the statement when its text is fixed. */
export interface Listing {
  readonly table: Sql
  readonly condition: Sql
  readonly columns: Sql
  readonly order: Sql | undefined
  readonly shape: string | undefined
}

type Run = <Row extends object>(statement: Sql) => ReturnType<Queryable['query']> & Promise<Row[]>

/** @param startIndex 1-based @param count 0 asks for the total alone. @see RFC 7644 §3.4.2.4 */
export async function listPage<Row extends object>(
  run: Run,
  listing: Listing,
  startIndex: number,
  count: number,
): Promise<Page<Row>> {
  const rows = count === 0 ? [] : await run<Row>(pageStatement(listing, startIndex, count))
  if (rows.length > 0 && rows.length < count) return { total: startIndex - 1 + rows.length, rows }
  if (rows.length === 0 && count > 0 && startIndex === 1) return { total: 0, rows }
  const [counted] = await run<{ total: number }>(named(listing, 'count', countStatement(listing)))
  return { total: counted?.total ?? 0, rows }
}

function named(listing: Listing, part: string, statement: Sql): Sql {
  return listing.shape === undefined ? statement : prepared(`${listing.shape}.${part}`, statement)
}

function countStatement({ table, condition }: Listing): Sql {
  return sql`select count(*)::int as total from ${table} u where ${condition}`
}

function pageStatement(listing: Listing, startIndex: number, count: number): Sql {
  const { table, condition, columns } = listing
  const order = listing.order ? sql`${listing.order}, u.id` : raw('u.id')
  if (startIndex === 1) {
    return named(
      listing,
      'first',
      sql`select ${columns} from ${table} u where ${condition} order by ${order} limit ${count}`,
    )
  }
  return named(
    listing,
    'later',
    sql`with page as materialized (
        select u.id, row_number() over () as place from (
          select u.id from ${table} u where ${condition} order by ${order} limit ${count} offset ${startIndex - 1}) u)
      select ${columns} from page join ${table} u on u.id = page.id order by page.place`,
  )
}

/**
 * The order that sortBy asks for: absent values last when ascending, first when descending; of several values the
 * primary or the first one counts. @see RFC 7644 §3.4.2.3
 */
export function sortOrder(
  sort: { readonly ref: AttributeRef; readonly descending: boolean },
  column: (ref: AttributeRef) => Sql | undefined,
): Sql {
  const direction = raw(sort.descending ? 'desc nulls first' : 'asc nulls last')
  return sql`${column(sort.ref) ?? jsonSortKey(sort.ref)} ${direction}`
}

function jsonSortKey(ref: AttributeRef): Sql {
  const root =
    ref.extension === undefined ? sql`u.resource::jsonb` : sql`(u.resource::jsonb -> ${ref.extension}::text)`
  const node = sql`(${root} -> ${ref.attribute.name}::text)`
  const leaf = ref.sub ?? ref.attribute.subAttributes?.find((sub) => sub.name === 'value')
  const text = ref.attribute.multiValued
    ? sql`(select ${scalarOf(raw('e.v'), leaf)} from ${elementsOf(node)} with ordinality e(v, place)
        order by (e.v ->> 'primary') = 'true' desc nulls last, e.place limit 1)`
    : scalarOf(node, leaf)
  const type = (leaf ?? ref.attribute).type
  if (type === 'integer' || type === 'decimal') return sql`(${text})::numeric`
  return (leaf ?? ref.attribute).caseExact === true ? text : sql`case_key(${text})`
}

/** Statements for a filter of this form have one text each, and are sent often: connectors look people up by it. */
export function lookupShape(filter: Filter | undefined, names: ReadonlySet<string>): string | undefined {
  if (filter === undefined) return 'all'
  if (filter.kind !== 'compare' || filter.op !== 'eq' || filter.value === null || filter.ref.extension)
    return undefined
  const name = filter.ref.sub
    ? `${filter.ref.attribute.name}.${filter.ref.sub.name}`
    : filter.ref.attribute.name
  return names.has(name) ? `by-${name}` : undefined
}
