// The sort order of a portal list, and the place where a page ended. The cursor holds the sort key of the last row,
// so that rows added or deleted in the meantime don't cause other rows to be repeated or skipped.
import { Invalid } from '#errors.ts'
import { raw, type Sql, sql } from '#platform/database/sql.ts'
import { isStorable, readInstant } from '#platform/database/storable.ts'
import { isUuid } from '../uuid.ts'

export interface BrowseKey {
  /** The name of this order in cursors. */
  readonly name: string
  /** An expression on the row `u`. Undefined sorts by id, which is the order of creation. */
  readonly column?: string
  readonly type?: 'text' | 'timestamptz'
  /** Rows without a key come last, in both directions. */
  readonly nullable?: boolean
}

export interface BrowseOrder {
  readonly key: BrowseKey
  readonly descending: boolean
}

/** The position of the last row of a page. */
export interface Place {
  readonly id: string
  readonly key: string | null
}

export function writePlace(order: BrowseOrder, { id, key }: Place): string {
  return Buffer.from(JSON.stringify([nameOf(order), id, key])).toString('base64url')
}

function nameOf({ key, descending }: BrowseOrder): string {
  return descending ? `${key.name} descending` : key.name
}

/** Reads a cursor. @throws {Invalid} for anything but a cursor of exactly this order */
export function readPlace(order: BrowseOrder, after: string | undefined): Place | undefined {
  if (after === undefined) return undefined
  const [name, id, key, ...more] = decoded(after)
  const isPlace = name === nameOf(order) && isUuid(id) && isKeyOf(order, key) && more.length === 0
  if (!isPlace) throw new Invalid('after', 'must be the `next` of a page before, in the same order')
  return { id, key }
}

function decoded(after: string): unknown[] {
  try {
    const parts: unknown = JSON.parse(Buffer.from(after, 'base64url').toString())
    return Array.isArray(parts) ? parts : []
  } catch {
    return [] // it isn't one of our cursors
  }
}

function isKeyOf({ key }: BrowseOrder, value: unknown): value is string | null {
  if (key.column === undefined) return value === null
  if (typeof value !== 'string') return value === null && key.nullable === true
  return key.type === 'timestamptz' ? readInstant(value) !== undefined : isStorable(value)
}

/** Returns the key as text that reads back as the same value. */
export function keyText({ key }: BrowseOrder): Sql {
  if (key.column === undefined) return raw('null::text')
  if (key.type !== 'timestamptz') return raw(`(${key.column})::text`)
  return raw(`to_char(${key.column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`)
}

/** Some of the rows in their order: either those with a key, or those without one. */
interface Stretch {
  readonly condition: Sql
  readonly order: Sql
}

/** Returns the parts of the list after a place. Each is read along an index if the key has one. */
export function stretchesAfter({ key, descending }: BrowseOrder, after: Place | undefined): Stretch[] {
  const direction = raw(descending ? 'desc' : 'asc')
  const beyond = raw(descending ? '<' : '>')
  const byId = sql`u.id ${direction}`
  if (key.column === undefined)
    return [{ condition: after ? sql`u.id ${beyond} ${after.id}::uuid` : raw('true'), order: byId }]
  const column = raw(key.column)
  const keyed: Stretch = {
    condition: after
      ? sql`(${column}, u.id) ${beyond} (${after.key}::${raw(key.type ?? 'text')}, ${after.id}::uuid)`
      : sql`${column} is not null`,
    order: sql`${column} ${direction}, ${byId}`,
  }
  if (!key.nullable) return [keyed]
  const isAmongKeyless = after !== undefined && after.key === null
  const keyless: Stretch = {
    condition: isAmongKeyless
      ? sql`${column} is null and u.id ${beyond} ${after.id}::uuid`
      : sql`${column} is null`,
    order: byId,
  }
  return isAmongKeyless ? [keyless] : [keyed, keyless]
}

/** Returns the order of rows `f` that have the columns `id` and `sort_key`. */
export function mergedOrder({ key, descending }: BrowseOrder): Sql {
  const direction = descending ? 'desc' : 'asc'
  return raw(
    key.column === undefined
      ? `f.id ${direction}`
      : `f.sort_key is null, f.sort_key ${direction}, f.id ${direction}`,
  )
}
