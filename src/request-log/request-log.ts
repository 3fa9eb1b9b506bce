// What identity providers asked, for people who look into a sync. This folder owns the log of SCIM requests: it takes
// them from the door after they were answered, keeps them for some days, and reads them back. Nothing waits for it and
// nothing needs it: what it cannot take or write, it counts and lets go. Who changed what is src/audit's.

import { Unavailable } from '#errors.ts'
import type { Clock } from '#platform/clock.ts'
import type { Database } from '#platform/database.ts'
import { type Exchange, type Kept, kept, weightOf } from './exchange.ts'
import { openTally } from './hours.ts'
import { effectsOf, isFailure, meaningOf } from './operation.ts'
import { forgetRemains, keepDays, trimProvider } from './retention.ts'
import { writeRows } from './rows.ts'
import { secretNames } from './secret-names.ts'
import { type Secrets, secretsOf } from './secrets.ts'

export interface RequestLog {
  /** Takes a request that was answered; never waits, never throws. */
  answered(exchange: Exchange): void
  /** Since the start of this process. */
  counts(): RequestLogCounts
  /** Writes what is collected. @throws {Unavailable} */
  flush(): Promise<void>
  /** Makes room for the days to come, and drops those that are too old or too much. @throws {Unavailable} */
  makeRoom(): Promise<void>
  /** Writes what is collected and stops. */
  close(): Promise<void>
}

export interface RequestLogCounts {
  readonly written: number
  /** Not written, because there were so many at that moment. */
  readonly passedOver: number
  /** Not written, because there was no room or no database. */
  readonly dropped: number
  readonly waiting: number
}

export interface RequestLogOptions {
  /** How long single requests are kept; 0: they are only counted. */
  readonly days: number
  readonly rowsPerProvider?: number
  readonly bytes?: number
  readonly onError?: (error: unknown) => void
}

const FLUSH_MILLISECONDS = 1_000
const TIDY_MILLISECONDS = 600_000
const ROWS_PER_PROVIDER = 100_000
const BYTES = 2 ** 30

/** What waits to be written, at most. */
const QUEUE_ROWS = 5_000
const QUEUE_BYTES = 32 * 2 ** 20
/** Identity providers between two flushes; strangers can make up more. */
const PROVIDERS = 5_000

/**
 * Rows of one identity provider between two flushes, by what they are. A sync at full speed sends more look-ups than
 * anybody would read; its changes are all kept, at the default rate. Whoever is not let in cannot fill the log.
 */
const SHARES = { lookUps: 20, changes: 250, failures: 50, strangers: 3 }
type Share = keyof typeof SHARES

/** Rows of an identity provider after which it is looked at whether it has too many. */
const TRIM_AFTER = 5_000

export function openRequestLog(db: Database, clock: Clock, options: RequestLogOptions): RequestLog {
  const { days, rowsPerProvider = ROWS_PER_PROVIDER, bytes = BYTES, onError = () => {} } = options
  const tally = openTally()
  const secretsBySchemas = new WeakMap<object, Secrets>()
  const untrimmed = new Map<string, number>()
  let shares = new Map<string, Record<Share, number>>()
  let queue: Kept[] = []
  let weight = 0
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

  function enqueue(exchange: Kept): boolean {
    const more = weightOf(exchange)
    if (queue.length >= QUEUE_ROWS || weight + more > QUEUE_BYTES) return false
    queue.push(exchange)
    weight += more
    return true
  }

  function answered(exchange: Exchange): void {
    const at = new Date(clock().getTime() - exchange.milliseconds)
    const meaning = meaningOf(exchange.method, exchange.route, exchange.body)
    const failed = isFailure(meaning.operation, exchange.status) || hasFailed(exchange)
    tally.count(exchange.idpId, at, failed, effectsOf(meaning, failed, exchange.parts))
    if (days === 0) return
    if (!hasShare(exchange.idpId, shareOf(exchange, failed))) counts.passedOver += 1
    else if (!enqueue(kept(exchange, meaning, failed, at))) counts.dropped += 1
    else return
    tally.unkept(exchange.idpId, at)
  }

  function secretsFor({ schemas }: Kept): Secrets {
    const known = schemas && secretsBySchemas.get(schemas)
    if (known) return known
    const fresh = secretsOf(schemas ? secretNames(schemas) : [])
    if (schemas) secretsBySchemas.set(schemas, fresh)
    return fresh
  }

  async function flushRows(): Promise<void> {
    const batch = queue
    queue = []
    weight = 0
    shares = new Map()
    try {
      await writeRows(db, batch, secretsFor, (written) => {
        counts.written += written
      })
      await trim(batch)
    } catch (error) {
      putBack(batch, error)
      throw error
    }
  }

  /** While the database is away they wait, as long as there is room: these are the ones that somebody will look for. */
  function putBack(batch: readonly Kept[], error: unknown): void {
    const later = queue
    queue = []
    weight = 0
    for (const each of error instanceof Unavailable ? [...batch, ...later] : later) {
      if (!enqueue(each)) lost(each)
    }
    if (!(error instanceof Unavailable)) batch.forEach(lost)
  }

  function lost(exchange: Kept): void {
    counts.dropped += 1
    tally.unkept(exchange.idpId, exchange.at)
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

/** A bulk request succeeds as a whole, whatever became of its operations. */
function hasFailed({ parts }: Exchange): boolean {
  return parts?.some(({ status }) => status >= 400) ?? false
}

function shareOf({ credentialId, method }: Exchange, failed: boolean): Share {
  if (credentialId === undefined) return 'strangers'
  if (failed) return 'failures'
  return method === 'GET' ? 'lookUps' : 'changes'
}
