// What a load balancer sees of a service: asks for health and readiness all the time.
import { setTimeout as sleep } from 'node:timers/promises'

export interface Watch {
  /** Statuses that /readyz answered since the last look, in order, without repetitions. */
  readiness(): number[]
  /** What was wrong with /healthz, which is always 200, and at once. */
  readonly unhealthy: string[]
  stop(): Promise<void>
}

const PERIOD_MILLISECONDS = 50
const LONGEST_MILLISECONDS = 1_500

export function watch(url: string): Watch {
  const unhealthy: string[] = []
  let seen: number[] = []
  let stopped = false

  const look = async (path: string) => {
    const started = performance.now()
    const { status } = await fetch(url + path)
    return { status, milliseconds: performance.now() - started }
  }
  const every = async (glance: () => Promise<void>) => {
    while (!stopped) {
      await glance()
      await sleep(PERIOD_MILLISECONDS)
    }
  }
  const health = every(async () => {
    const { status, milliseconds } = await look('/healthz')
    if (status !== 200 || milliseconds > LONGEST_MILLISECONDS)
      unhealthy.push(`${status} after ${Math.round(milliseconds)} ms`)
  })
  const ready = every(async () => {
    const { status, milliseconds } = await look('/readyz')
    if (milliseconds > 3_000) unhealthy.push(`/readyz took ${Math.round(milliseconds)} ms`)
    if (seen.at(-1) !== status) seen.push(status)
  })
  return {
    unhealthy,
    readiness() {
      const statuses = seen
      seen = []
      return statuses
    },
    async stop() {
      stopped = true
      await Promise.all([health, ready])
    },
  }
}
