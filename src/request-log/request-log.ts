// The log of SCIM requests, for administrators who investigate a sync. The SCIM door passes in each request after its
// response; this folder stores it for some days and counts it. Requests never wait for the log, and what it can't
// store it drops and counts. The portal reads it. Changes to the directory are recorded by src/audit, not here.
// Start with `openRequestLog` below, then search.ts for reading; capture/ builds the rows, explanations/ explains
// failures.

import { Unavailable } from '#errors.ts'
import type { Clock } from '#platform/clock.ts'
import type { Database } from '#platform/database/database.ts'
import { type Exchange, type Kept, kept } from './capture/exchange.ts'
import { effectsOf, isFailure, meaningOf } from './capture/operation.ts'
import { openQueue } from './capture/queue.ts'
import { writeRows } from './capture/rows.ts'
import { secretNames } from './capture/secret-names.ts'
import { type Secrets, secretsOf } from './capture/secrets.ts'
import { openTally } from './hours.ts'
import { forgetRemains, keepDays, trimProvider } from './retention.ts'

export interface RequestLog {
  /** Takes a finished request. Never waits and never throws. */
  answered(exchange: Exchange): void
  /** Returns the counts since this process started. */
  counts(): RequestLogCounts
  /** Writes the collected requests. @throws {Unavailable} */
  flush(): Promise<void>
  /** Creates partitions for the coming days; drops those too old or above the size limit. @throws {Unavailable} */
  makeRoom(): Promise<void>
  /** Writes the collected requests and stops. */
  close(): Promise<void>
}

export interface RequestLogCounts {
  readonly written: number
  /** Not written because of too many requests at that moment. */
  readonly passedOver: number
  /** Not written because the queue was full or the write failed. */
  readonly dropped: number
  readonly waiting: number
}

export interface RequestLogOptions {
  /** How many days single requests are stored; 0: they are only counted. */
  readonly days: number
  readonly rowsPerProvider?: number
  readonly bytes?: number
  readonly onError?: (error: unknown) => void
}

const FLUSH_MILLISECONDS = 1_000
const TIDY_MILLISECONDS = 600_000
const ROWS_PER_PROVIDER = 100_000
const BYTES = 2 ** 30

/** Limits of the queue, in rows and in bytes. */
const QUEUE_ROWS = 5_000
const QUEUE_BYTES = 32 * 2 ** 20
/** Limit of identity providers between two writes, because anyone can make up ids. */
const PROVIDERS = 5_000

/**
 * Rows stored per identity provider between two writes, by kind. At the default rate of 200 requests a second, all
 * changes and failures of a sync are stored, and its look-ups too. Requests without valid credentials can't fill the
 * log.
 */
const SHARES = { lookUps: 120, changes: 250, failures: 200, strangers: 3 }
type Share = keyof typeof SHARES

/** New rows of an identity provider after which its limit is checked. */
const TRIM_AFTER = 5_000

export function openRequestLog(db: Database, clock: Clock, options: RequestLogOptions): RequestLog {
  const { days, rowsPerProvider = ROWS_PER_PROVIDER, bytes = BYTES, onError = () => {} } = options
  const tally = openTally()
  const secretsBySchemas = new WeakMap<object, Secrets>()
  const untrimmed = new Map<string, number>()
  let shares = new Map<string, Record<Share, number>>()
  const queue = openQueue(QUEUE_ROWS, QUEUE_BYTES)
  const counts = { written: 0, passedOver: 0, dropped: 0 }

  function hasShare(idpId: string, share: Share): boolean {
    let used = shares.get(idpId)
    if (!used) {
      if (shares.size >= PROVIDERS) return false
      used = { lookUps: 0, changes: 0, failures: 0, strangers: 0 }
      shares.set(idpId, used)
    }
    used[share] += 1
    return used[share] <= SHARES[share]
  }

  function answered(exchange: Exchange): void {
    const at = new Date(clock().getTime() - exchange.milliseconds)
    const meaning = meaningOf(exchange.method, exchange.route, exchange.body)
    const failed = isFailure(meaning.operation, exchange.status) || hasFailed(exchange)
    const counted = { ...pick(exchange), at }
    tally.count(counted, failed, effectsOf(meaning, failed, exchange.parts))
    if (days === 0) return
    if (hasShare(exchange.idpId, shareOf(exchange, failed))) {
      enqueue(kept(exchange, meaning, failed, at))
    } else {
      counts.passedOver += 1
      tally.unkept(counted)
    }
  }

  function enqueue(exchange: Kept): void {
    for (const dropped of queue.add(exchange)) lost(dropped)
  }

  function secretsFor({ schemas }: Kept): Secrets {
    const known = schemas && secretsBySchemas.get(schemas)
    if (known) return known
    const fresh = secretsOf(schemas ? secretNames(schemas) : [])
    if (schemas) secretsBySchemas.set(schemas, fresh)
    return fresh
  }

  async function flushRows(): Promise<void> {
    const batch = queue.take()
    shares = new Map()
    let written = 0
    try {
      await writeRows(db, batch, secretsFor, (rows) => {
        written += rows
        counts.written += rows
      })
      await trim(batch)
    } catch (error) {
      putBack(batch.slice(written), error)
      throw error
    }
  }

  /**
   * Queues rows again while the database is unavailable, as long as there is room. Rows have ids, so none is written
   * twice.
   */
  function putBack(left: readonly Kept[], error: unknown): void {
    const later = queue.take()
    if (error instanceof Unavailable) for (const each of left) enqueue(each)
    else left.forEach(lost)
    for (const each of later) enqueue(each)
  }

  function lost(exchange: Kept): void {
    counts.dropped += 1
    tally.unkept(exchange)
  }

  async function trim(batch: readonly Kept[]): Promise<void> {
    for (const { idpId } of batch) untrimmed.set(idpId, (untrimmed.get(idpId) ?? 0) + 1)
    for (const [idpId, rows] of untrimmed) {
      if (rows < Math.min(TRIM_AFTER, rowsPerProvider)) continue
      untrimmed.delete(idpId)
      await trimProvider(db, idpId, rowsPerProvider)
    }
  }

  async function flush(): Promise<void> {
    try {
      if (queue.length > 0) await flushRows()
    } finally {
      await tally.flush(db)
    }
  }

  let running: Promise<void> | undefined
  const report = (error: unknown) => {
    if (!(error instanceof Unavailable)) onError(error)
  }
  const flushing = () => {
    running ??= flush()
      .catch(report)
      .finally(() => {
        running = undefined
      })
    return running
  }
  const makeRoom = () => keepDays(db, days, bytes)
  const tidy = () =>
    makeRoom()
      .then(() => forgetRemains(db))
      .catch(report)
  const timers = [
    setInterval(() => void flushing(), FLUSH_MILLISECONDS),
    setInterval(() => void tidy(), TIDY_MILLISECONDS),
  ]
  for (const timer of timers) timer.unref()
  return {
    answered,
    counts: () => ({ ...counts, waiting: queue.length }),
    flush,
    makeRoom,
    async close() {
      for (const timer of timers) clearInterval(timer)
      await running
      await flushing()
    },
  }
}

function pick({ idpId, credentialId }: Exchange) {
  return { idpId, credentialId }
}

/** Returns whether any operation failed. A bulk request itself always succeeds. */
function hasFailed({ parts }: Exchange): boolean {
  return parts?.some(({ status }) => status >= 400) ?? false
}

function shareOf({ credentialId, method }: Exchange, failed: boolean): Share {
  if (credentialId === undefined) return 'strangers'
  if (failed) return 'failures'
  return method === 'GET' ? 'lookUps' : 'changes'
}
