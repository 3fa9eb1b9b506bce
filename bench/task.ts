import type { Plan } from './plan.ts'

/** What a part gets. It has to stop when the signal is aborted. */
export interface Task {
  readonly plan: Plan
  readonly signal: AbortSignal
  /** Returns the seconds until the end of the run. */
  readonly secondsLeft: () => number
  /** Reports progress. */
  readonly say: (words: string) => void
}
