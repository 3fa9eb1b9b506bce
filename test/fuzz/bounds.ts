// How long a fuzz runs: a little with the other tests, and as long as `npm run fuzz` says (run.ts).

const { FUZZ_SEED, FUZZ_COUNT, FUZZ_REQUESTS, FUZZ_SECONDS, FUZZ_FROM } = process.env

export interface Bounds {
  /** The same seed gives the same inputs. */
  readonly seed: number
  /** The first input; one that failed can be run alone. */
  readonly from: number
  /** Inputs at most. */
  readonly count: number
  readonly seconds: number
}

const DEFAULT_SECONDS = 60
/** What a test run takes beside the fuzz itself, at the slowest. */
const AROUND_SECONDS = 240

const shared = {
  seed: Number(FUZZ_SEED ?? 1),
  from: Number(FUZZ_FROM ?? 0),
  seconds: Number(FUZZ_SECONDS ?? DEFAULT_SECONDS),
}

export const IN_PROCESS: Bounds = { ...shared, count: Number(FUZZ_COUNT ?? 20_000) }
export const OVER_HTTP: Bounds = { ...shared, count: Number(FUZZ_REQUESTS ?? 1_000) }

/** For the limit of a test. */
export function millisecondsOf({ seconds }: Bounds): number {
  return (seconds + AROUND_SECONDS) * 1_000
}
