import { Busy } from '#errors.ts'

export interface GateOptions {
  /** Number of tasks that run at the same time. */
  readonly atOnce: number
  /** Number of tasks that may wait. */
  readonly waiting: number
}

/** Runs expensive work, a little at a time. @throws {Busy} at once, when too much is already waiting */
export type Gate = <Result>(work: () => Promise<Result>) => Promise<Result>

export function openGate({ atOnce, waiting }: GateOptions): Gate {
  const queue: (() => void)[] = []
  let running = 0
  return async (work) => {
    if (running < atOnce) running += 1
    else {
      if (queue.length >= waiting) throw new Busy('Too much is asked at once; try again in a moment')
      await new Promise<void>((resolve) => queue.push(resolve)) // a task that ends passes its place on
    }
    try {
      return await work()
    } finally {
      const next = queue.shift()
      if (next) next()
      else running -= 1
    }
  }
}
