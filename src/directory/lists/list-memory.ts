// Remembers lists for a moment: how long they are, and where the page begins that a client will probably request
// next. The memory is bounded and is lost with the process. Without it, a response is slower but not different.
import { hash } from 'node:crypto'
import type { Position } from '#protocol/scim/messages/cursor.ts'

/** What a write changed: which resources exist, or only their contents. */
export type Change = 'resources' | 'contents'

/** Identifies a list. */
export interface ListName {
  readonly idpId: string
  /** The query, without the page. */
  readonly question: string
  /** Neither filtered nor sorted, so the list depends only on which resources exist. */
  readonly plain: boolean
}

/**
 * What is known about one list. All of it was read after the last write of this identity provider that this process
 * answered. A client that uses one process therefore never gets a total or a page from before its own write. Writes
 * of other processes may show later, by at most the lifetime of the memory. The client can't tell, because paging is
 * not stateful (RFC 7644 §3.4.2.4): those writes could also have come a moment later.
 */
export interface Recollection {
  total(): number | undefined
  keepTotal(total: number): void
  /** Returns the position of the resource before `startIndex`. */
  place(startIndex: number): Position | undefined
  keepPlace(startIndex: number, position: Position): void
}

export interface ListMemory {
  /** Call this after every write, successful or not, before answering it. */
  wrote(idpId: string, change: Change): void
  /** Call this before reading the list, so that what is kept counts as read now and not later. */
  recall(list: ListName): Recollection
}

const TOTAL_MILLISECONDS = 1_000
const PLACE_MILLISECONDS = 30_000
const ENTRIES = 2_000
const MAX_KEY = 1_024

interface Entry {
  readonly value: unknown
  readonly asOf: number
  readonly until: number
}

/** Opens an empty memory. @param now milliseconds from any fixed point */
export function openListMemory(now: () => number = () => performance.now()): ListMemory {
  const entries = new Map<string, Entry>()
  const writes = writeCounter()

  function get(name: string, asOf: number): unknown {
    const entry = entries.get(name)
    return entry && entry.asOf === asOf && entry.until > now() ? entry.value : undefined
  }
  function keep(name: string, asOf: number, value: unknown, milliseconds: number) {
    entries.delete(name)
    entries.set(name, { value, asOf, until: now() + milliseconds })
    dropOldest(entries, ENTRIES)
  }

  return {
    wrote: writes.count,
    recall({ idpId, question, plain }) {
      const asOf = writes.last(idpId, plain)
      const list = hash('sha256', JSON.stringify([idpId, question]), 'base64')
      return {
        total: () => get(list, asOf) as number | undefined,
        keepTotal: (total) => keep(list, asOf, total, TOTAL_MILLISECONDS),
        place: (startIndex) => get(`${list} ${startIndex}`, asOf) as Position | undefined,
        keepPlace(startIndex, position) {
          if ((position.key?.length ?? 0) > MAX_KEY) return
          keep(`${list} ${startIndex}`, asOf, position, PLACE_MILLISECONDS)
        },
      }
    },
  }
}

const COUNTED_IDPS = 10_000

/** Counts writes, and remembers the number of each identity provider's last one. Numbers only increase. */
function writeCounter() {
  const last = new Map<string, Record<Change, number>>()
  let counted = 0
  // For identity providers that are not in the map: later than any write that was dropped from it.
  let dropped = 0
  const at = (idpId: string) => last.get(idpId) ?? { resources: dropped, contents: dropped }
  return {
    count(idpId: string, change: Change) {
      const before = at(idpId)
      counted += 1
      last.delete(idpId)
      last.set(idpId, { resources: change === 'resources' ? counted : before.resources, contents: counted })
      if (dropOldest(last, COUNTED_IDPS)) dropped = counted
    },
    last: (idpId: string, plain: boolean) => (plain ? at(idpId).resources : at(idpId).contents),
  }
}

/**
 * Drops the oldest entry if there are too many; a Map keeps the order of insertion.
 * @returns whether one was dropped
 */
function dropOldest(map: Map<string, unknown>, most: number): boolean {
  const oldest = map.size > most ? map.keys().next().value : undefined
  return oldest !== undefined && map.delete(oldest)
}
