// The signals that tell this process to stop: SIGTERM, Ctrl-C, and a terminal that is closed.

import { once } from 'node:events'

const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const

/** A terminal sends Ctrl-C to npm and to this process, and npm passes it on. These two signals are one request. */
const SAME_REQUEST_MILLISECONDS = 2_000

/** Work ended early because of a signal. */
export class Interrupted extends Error {
  readonly signal: NodeJS.Signals
  constructor(signal: NodeJS.Signals) {
    super(`stopped by ${signal}`)
    this.signal = signal
  }
}

export interface StopSignals {
  /** Aborted by the first signal. Its reason is an `Interrupted`. */
  readonly stopping: AbortSignal
  /** Stops handling signals. */
  close(): void
}

/** Handles signals from now on: the first one aborts `stopping`, a later one ends the process at once. */
export function listenForStop(): StopSignals {
  const controller = new AbortController()
  let first: number | undefined
  const onSignal = (signal: NodeJS.Signals) => {
    if (first !== undefined && performance.now() - first > SAME_REQUEST_MILLISECONDS) process.exit(1)
    first ??= performance.now()
    controller.abort(new Interrupted(signal))
  }
  for (const signal of SIGNALS) process.on(signal, onSignal)
  return {
    stopping: controller.signal,
    close: () => {
      for (const signal of SIGNALS) process.off(signal, onSignal)
    },
  }
}

/** Resolves when the signal is aborted. */
export async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort')
}

/** Waits for work that can't be ended early. @throws the reason of the signal as soon as it is aborted */
export async function unlessAborted<Result>(signal: AbortSignal, work: Promise<Result>): Promise<Result> {
  work.catch(() => {}) // after the signal is aborted, nobody waits for the work
  if (signal.aborted) throw signal.reason
  let onAbort = () => {}
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason)
    signal.addEventListener('abort', onAbort)
  })
  try {
    return await Promise.race([work, aborted])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}
