// The order of a list, and where in it one reads on. Ascending, resources without a value come last; descending, first
// (RFC 7644 §3.4.2.3). Equal ones stand in the order of their ids, so that every resource has one place.
import { join, raw, type Sql, sql } from '#platform/database/sql.ts'
import type { Position } from '#protocol/scim/messages/cursor.ts'

/** What a list is sorted by: an expression on its table, which is called `u`. */
export interface SortKey {
  readonly value: Sql
  readonly type: 'text' | 'numeric' | 'boolean' | 'timestamptz'
  readonly nullable: boolean
  /** An index has this order; otherwise the key of every row is worked out for each page. */
  readonly indexed: boolean
}

/** Without a key, by id, which is the order of creation. */
export interface Order {
  readonly key: SortKey | undefined
  readonly descending: boolean
}

export function reversed({ key, descending }: Order): Order {
  return { key, descending: !descending }
}

export function orderBy({ key, descending }: Order): Sql {
  // PostgreSQL's own default is that of SCIM: null is greater than any value.
  const direction = raw(descending ? 'desc' : 'asc')
  return key ? sql`${key.value} ${direction}, u.id ${direction}` : sql`u.id ${direction}`
}

/** A stretch of a list that an index can be read along. */
export interface Stretch {
  readonly condition: Sql
  readonly order: Sql
}

/** What lies behind a position, or the whole list: at most two stretches, of rows with a value and of rows without. */
export function stretchesAfter(order: Order, from: Position | undefined): Stretch[] {
  const { key, descending } = order
  const beyond = raw(descending ? '<' : '>')
  const direction = raw(descending ? 'desc' : 'asc')
  const byId = sql`u.id ${direction}`
  const pastId = from ? sql`u.id ${beyond} ${from.id}::uuid` : raw('true')
  if (!key) return [{ condition: pastId, order: byId }]
  const amidValues = from !== undefined && from.key !== null
  const amidAbsent = from !== undefined && from.key === null
  const past = amidValues
    ? sql`(${key.value}, u.id) ${beyond} (${from.key}::${raw(key.type)}, ${from.id}::uuid)`
    : raw('true')
  // The comparison implies that there is a value, but an index of such rows alone is used only where that is said.
  const present = key.nullable ? sql`${key.value} is not null and ${past}` : past
  const values = { condition: present, order: orderBy(order) }
  if (!key.nullable) return [values]
  const absent = {
    condition: sql`${key.value} is null and ${amidAbsent ? pastId : raw('true')}`,
    order: byId,
  }
  if (descending) return amidValues ? [values] : [absent, values]
  return amidAbsent ? [absent] : [values, absent]
}

/** The same in one, where there is no index to read along. */
export function wholeAfter(order: Order, from: Position | undefined): Stretch {
  const conditions = stretchesAfter(order, from).map(({ condition }) => sql`(${condition})`)
  return { condition: sql`(${join(conditions, ' or ')})`, order: orderBy(order) }
}
