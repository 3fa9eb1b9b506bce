// Reads and writes the contents of cursors: a position in a list, the page size and the time of creation. The SCIM
// endpoint seals them and verifies that a cursor is ours and for the same query before it is read here.
// @see RFC 9865 §2

import { printFilter } from '../filter/print.ts'
import { refuse } from '../refusals/refusals.ts'
import { nameOf } from '../schema/names.ts'
import type { ListQuery } from './list-query.ts'

/** A resource's position in a sorted list. It stays valid after the resource is deleted. */
export interface Position {
  readonly id: string
  /** The sort value as text; null if it has none or the list isn't sorted. */
  readonly key: string | null
}

/** Where the page starts: after `from`, or before it if `backward` is set. */
export interface Place {
  readonly from: Position
  readonly backward: boolean
}

/** How long a cursor is valid, in seconds; published as `cursorTimeout`. */
export const CURSOR_SECONDS = 3_600

/** The maximum length of a sort value in a cursor, in characters, so that cursors fit into a URL. */
const MAX_KEY = 1_024

/** Returns a text that identifies the query without its page. A cursor is only valid for the same query. */
export function questionOf(type: string, queries: readonly ListQuery[]): string {
  return JSON.stringify([
    type,
    ...queries.map(({ filter, sort }) => [
      filter ? printFilter(filter) : null,
      sort?.ref ? nameOf(sort.ref) : null,
      sort?.descending ?? false,
    ]),
  ])
}

/**
 * Returns the text of a cursor.
 * @param now seconds since 1970
 * @throws {ScimError} 400 invalidValue if the sort value is too long for a cursor
 */
export function writeCursor({ from, backward }: Place, count: number, now: number): string {
  if ((from.key?.length ?? 0) > MAX_KEY) {
    throw refuse('sort-value-too-long', { limit: MAX_KEY })
  }
  return JSON.stringify([from.id, from.key, backward, count, now])
}

/**
 * Reads the text of a cursor.
 * @param text the result of writeCursor
 * @param count page size that this request asks for
 * @param now seconds since 1970
 * @throws {ScimError} 400 expiredCursor, 400 invalidCount
 */
export function readCursor(text: string, count: number, now: number): Place {
  const [id, key, backward, firstCount, written] = JSON.parse(text) as [
    string,
    string | null,
    boolean,
    number,
    number,
  ]
  if (now - written > CURSOR_SECONDS) {
    throw refuse('cursor-expired', { seconds: CURSOR_SECONDS })
  }
  if (count !== firstCount) {
    throw refuse('cursor-other-count', { count: firstCount })
  }
  return { from: { id, key }, backward }
}
