import { randomUUIDv7 } from 'node:crypto'

/** Length of `xxxxxxxx-xxxx-7`: the milliseconds and the version. */
const TIME_LENGTH = 15
const COUNTER_LENGTH = 3
const HIGHEST = 0xfff
/** Each new millisecond starts in the lower half of the counter, so that further ids fit. */
const HIGHEST_FIRST = 0x7ff

let latest = ''
let counter = 0

/**
 * Returns an id that sorts after all earlier ids of this process, so that lists by id are in the order of creation.
 * Node's own ids are ordered only from one millisecond to the next.
 * @see RFC 9562 §6.2, method 1
 */
export function orderedId(): string {
  const id = randomUUIDv7()
  const time = id.slice(0, TIME_LENGTH)
  const random = id.slice(TIME_LENGTH, TIME_LENGTH + COUNTER_LENGTH)
  counter = time === latest ? Math.min(counter + 1, HIGHEST) : Number.parseInt(random, 16) & HIGHEST_FIRST
  latest = time
  return time + counter.toString(16).padStart(COUNTER_LENGTH, '0') + id.slice(TIME_LENGTH + COUNTER_LENGTH)
}

/**
 * Returns when an id was made, by the clock of the process that made it; undefined if it contains no time.
 * @see RFC 9562 §5.7
 */
export function timeOfId(id: string): Date | undefined {
  const hex = id.replaceAll('-', '')
  return hex[12] === '7' ? new Date(Number.parseInt(hex.slice(0, 12), 16)) : undefined
}
