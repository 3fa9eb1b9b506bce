import { Busy } from '#errors.ts'

export interface GateOptions {
  /** How many run at the same time. */
  readonly atOnce: number
  /** How many wait for that; beyond them nothing is begun. */
  readonly waiting: number
}

/** Lets costly work through, a little at a time. @throws {Busy} at once, when too much waits already */
export type Gate = <Result>(work: () => Promise<Result>) => Promise<Result>

export function openGate({ atOnce, waiting }: GateOptions): Gate {
  const queue: (() => void)[] = []
  let running = 0
  return async (work) => {
    if (running < atOnce) running += 1
    else {
      if (queue.length >= waiting) throw new Busy('Too much is asked at once; try again in a moment')
      await new Promise<void>((resolve) => queue.push(resolve)) // whoever ends hands its place over
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
