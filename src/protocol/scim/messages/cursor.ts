// What a cursor says: a place in a list, for how large pages, and since when. It is read only after it was proved to be
// one of ours for the same question; how, is the door's business. @see RFC 9865 §2

import { printFilter } from '../filter/print.ts'
import { refuse } from '../refusals/refusals.ts'
import { nameOf } from '../schema/names.ts'
import type { ListQuery } from './list-query.ts'

/** A resource in the order of a list. It marks its place even after it is gone. */
export interface Position {
  readonly id: string
  /** What it is sorted by, as text; null where it has no value, or where the list is not sorted. */
  readonly key: string | null
}

/** A place to read on from: after `from`, or before it when going `backward`. */
export interface Place {
  readonly from: Position
  readonly backward: boolean
}

/** Seconds for which a cursor is good; published as `cursorTimeout`. */
export const CURSOR_SECONDS = 3_600

/** Characters of a sort key that a cursor carries, so that it fits into a URL. */
const MAX_KEY = 1_024

/** What is asked, but for which page: a cursor is good for the same question only. */
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

/** @param now seconds since 1970 @throws {ScimError} 400 invalidValue: sorted by a text too long to carry on */
export function writeCursor({ from, backward }: Place, count: number, now: number): string {
  if ((from.key?.length ?? 0) > MAX_KEY) {
    throw refuse('sort-value-too-long', { limit: MAX_KEY })
  }
  return JSON.stringify([from.id, from.key, backward, count, now])
}

/**
 * @param text what writeCursor wrote @param count of this request @param now seconds since 1970
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
