// An outage of the database fails every request, and each failure is logged. So that the log stays readable, each kind of line
// is written once a minute, with the number of lines that were left out before it.
import { Unavailable } from '#errors.ts'
import { databaseError } from './database/errors.ts'

const QUIET_MILLISECONDS = 60_000
/** Kinds are messages in the code, so there are few; this only bounds a mistake. */
const MOST_KINDS = 100

interface Kind {
  readonly writtenAt: number
  leftOut: number
}

/**
 * Returns a function that tells of each line whether to write it: undefined for no, else how many of its kind were left out.
 * Lines without an error of the database always are.
 * @param now in milliseconds; monotonic
 */
export function outageLines(now: () => number = () => performance.now()) {
  const kinds = new Map<string, Kind>()
  return (message: string, error: unknown): number | undefined => {
    if (!(databaseError(error) instanceof Unavailable)) return 0
    const kind = kinds.get(message)
    if (kind && now() - kind.writtenAt < QUIET_MILLISECONDS) {
      kind.leftOut++
      return undefined
    }
    if (kinds.size >= MOST_KINDS) kinds.clear()
    kinds.set(message, { writtenAt: now(), leftOut: 0 })
    return kind?.leftOut ?? 0
  }
}
