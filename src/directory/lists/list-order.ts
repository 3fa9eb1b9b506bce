// The order of a list, and how to continue after a position. Resources without a value come last in ascending order
// and first in descending order (RFC 7644 §3.4.2.3). Equal values are ordered by id, so that every resource has
// exactly one place.
import { join, raw, type Sql, sql } from '#platform/database/sql.ts'
import type { Position } from '#protocol/scim/messages/cursor.ts'

/** What a list is sorted by: an expression on the table `u`. */
export interface SortKey {
  readonly value: Sql
  readonly type: 'text' | 'numeric' | 'boolean' | 'timestamptz'
  readonly nullable: boolean
  /** An index has this order. Otherwise the key of every row is computed for each page. */
  readonly indexed: boolean
}

/** The order of a list. Without a key it is the order of ids, which is the order of creation. */
export interface Order {
  readonly key: SortKey | undefined
  readonly descending: boolean
}

export function reversed({ key, descending }: Order): Order {
  return { key, descending: !descending }
}

export function orderBy({ key, descending }: Order): Sql {
  // PostgreSQL's default is the same as SCIM's: null is greater than any value.
  const direction = raw(descending ? 'desc' : 'asc')
  return key ? sql`${key.value} ${direction}, u.id ${direction}` : sql`u.id ${direction}`
}

/** Part of a list that can be read along an index. */
export interface Stretch {
  readonly condition: Sql
  readonly order: Sql
}

/** Returns the parts of a list after a position, or of the whole list: rows with a value, rows without, or both. */
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
  // The comparison implies a value, but PostgreSQL uses a partial index only if the condition is written out.
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

/** Returns the same as one condition, for a list that can't be read along an index. */
export function wholeAfter(order: Order, from: Position | undefined): Stretch {
  const conditions = stretchesAfter(order, from).map(({ condition }) => sql`(${condition})`)
  return { condition: sql`(${join(conditions, ' or ')})`, order: orderBy(order) }
}
