// What this process remembers of lists for a moment: how long they are, and where the page that a client will ask for
// next begins. Bounded, and gone with the process: without it an answer is slower, never different.
import { hash } from 'node:crypto'
import type { Position } from '#protocol/scim/messages/cursor.ts'

/** What became different: which resources there are, or only what is in them. */
export type Change = 'resources' | 'contents'

/** One list. */
export interface ListName {
  readonly idpId: string
  /** What is asked, but for which page. */
  readonly question: string
  /** Neither filtered nor sorted, so that it depends on nothing but which resources there are. */
  readonly plain: boolean
}

/**
 * What is known of one list. All of it was found out after the last write of this identity provider that this process
 * answered, so it says what counting or OFFSET would say now, as far as this process can know: a client that speaks to
 * one process never meets a total or a page from before its own write. What other processes write meanwhile may show
 * later by the lifetime of the memory; between two requests of a client they could as well have come a moment later
 * (RFC 7644 §3.4.2.4: paging is not stateful).
 */
export interface Recollection {
  total(): number | undefined
  keepTotal(total: number): void
  /** The resource before `startIndex`. */
  place(startIndex: number): Position | undefined
  keepPlace(startIndex: number, position: Position): void
}

export interface ListMemory {
  /** To be called after a write of any outcome, before it is answered. */
  wrote(idpId: string, change: Change): void
  /** To be called before the list is read: what is kept then counts as found out now, not later. */
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

/** @param now milliseconds, from any fixed point */
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

/** When each identity provider wrote last, in numbers that only grow. */
function writeCounter() {
  const last = new Map<string, Record<Change, number>>()
  let counted = 0
  // For those that are not in the map: later than any write that was dropped from it.
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

/** A Map keeps the order of insertion. @returns whether one had to go */
function dropOldest(map: Map<string, unknown>, most: number): boolean {
  const oldest = map.size > most ? map.keys().next().value : undefined
  return oldest !== undefined && map.delete(oldest)
}
