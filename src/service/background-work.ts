// Runs background work piece by piece. A piece that fails or takes too long doesn't block the others, and is tried
// again soon. The metrics show how each piece is doing, and failures are in the System Log.
import { setTimeout as sleep } from 'node:timers/promises'
import { Unavailable } from '#errors.ts'
import type { SystemLog } from '#logs/system.ts'
import type { Log } from '#platform/log.ts'
import type { WorkFigures } from '#platform/work-figures.ts'

export interface Work {
  /** The name in the metrics, in snake case. */
  readonly name: string
  /** The name in the System Log. */
  readonly title: string
  /** Runs the piece until it is done or `signal` aborts. @returns how many rows it processed, if it counts them */
  run(signal: AbortSignal): Promise<number | undefined>
}

export interface BackgroundWork {
  /** Ends after the current step, and starts no other. */
  stop(): Promise<void>
}

export interface WorkOptions {
  readonly log: Log
  readonly systemLog: SystemLog
  readonly figures: WorkFigures
  readonly everyMilliseconds: number
  /** How long one piece may run; the rest waits for its next turn. */
  readonly budgetMilliseconds?: number
  readonly againMilliseconds?: number
}

const BUDGET_MILLISECONDS = 600_000
const AGAIN_MILLISECONDS = 600_000
/** A run that processes at least this many rows gets an entry in the System Log. */
const MANY = 10_000

/** Runs all pieces now, one after the other, and then repeats at the given interval. */
export function startWork(pieces: readonly Work[], options: WorkOptions): BackgroundWork {
  const stopping = new AbortController()
  const running = pass(pieces, options, stopping.signal)
  return {
    async stop() {
      stopping.abort()
      await running
    },
  }
}

async function pass(pieces: readonly Work[], options: WorkOptions, signal: AbortSignal): Promise<void> {
  let left = pieces
  while (!signal.aborted) {
    const unfinished: Work[] = []
    for (const piece of left) {
      if (signal.aborted) return
      if (!(await runPiece(piece, options, signal))) unfinished.push(piece)
    }
    const { everyMilliseconds, againMilliseconds = AGAIN_MILLISECONDS } = options
    const isAgain = unfinished.length > 0 && againMilliseconds < everyMilliseconds
    left = isAgain ? unfinished : pieces
    const wait = isAgain ? againMilliseconds : everyMilliseconds
    await sleep(wait, undefined, { signal, ref: false }).catch(() => {})
  }
}

/** Runs one piece within its time budget. @returns whether it finished */
async function runPiece(piece: Work, options: WorkOptions, stopping: AbortSignal): Promise<boolean> {
  const { log, systemLog, figures, budgetMilliseconds = BUDGET_MILLISECONDS } = options
  const budget = AbortSignal.timeout(budgetMilliseconds)
  const began = performance.now()
  try {
    const rows = (await piece.run(AbortSignal.any([stopping, budget]))) ?? 0
    const seconds = (performance.now() - began) / 1_000
    figures.done(piece.name, rows, seconds)
    if (rows >= MANY)
      systemLog.record({
        event: 'work-done',
        name: piece.title,
        detail: { rows, seconds: Math.round(seconds) },
      })
    return !budget.aborted
  } catch (error) {
    figures.failed(piece.name)
    if (error instanceof Unavailable) return false // the heartbeat already reports a database that is unavailable
    log.warn({ err: error, work: piece.name }, 'background work failed; it will be tried again')
    systemLog.record({ event: 'work-failed', name: piece.title })
    return false
  }
}
