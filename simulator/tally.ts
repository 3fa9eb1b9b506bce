/** What one kind of request cost. Times are in seconds, from sending to the whole answer, waits before a retry left out. */
export interface OperationCount {
  requests: number
  errors: number
  seconds: number
  slowestSeconds: number
}

/** Running counts of one simulation; everything that sends or judges a request adds to it. */
export interface Tally {
  /** requests sent, retries among them */
  requests: number
  retries: number
  errors: number
  /** answers by status; `network` stands for no answer at all */
  statuses: Record<string, number>
  /** the first few errors in words */
  samples: string[]
  perOperation: Record<string, OperationCount>
}

const SAMPLES = 10
const SAMPLE_LENGTH = 300

export function newTally(): Tally {
  return { requests: 0, retries: 0, errors: 0, statuses: {}, samples: [], perOperation: {} }
}

/** Counts one sent request. `status` undefined: no answer came. */
export function countRequest(
  tally: Tally,
  operation: string,
  status: number | undefined,
  seconds: number,
): void {
  const key = status === undefined ? 'network' : String(status)
  const count = operationCount(tally, operation)
  tally.requests += 1
  tally.statuses[key] = (tally.statuses[key] ?? 0) + 1
  count.requests += 1
  count.seconds += seconds
  count.slowestSeconds = Math.max(count.slowestSeconds, seconds)
}

/** Counts one wrong or missing answer, and keeps it in words while there is room. */
export function countError(tally: Tally, operation: string, words: string): void {
  tally.errors += 1
  operationCount(tally, operation).errors += 1
  if (tally.samples.length < SAMPLES) tally.samples.push(`${operation}: ${words}`.slice(0, SAMPLE_LENGTH))
}

function operationCount(tally: Tally, operation: string): OperationCount {
  tally.perOperation[operation] ??= { requests: 0, errors: 0, seconds: 0, slowestSeconds: 0 }
  return tally.perOperation[operation]
}
