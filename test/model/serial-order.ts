// Looks for one order of operations, each at once and alone, that explains what was answered, what the log tells and
// what was left in the end. Pure.

export interface Step<State> {
  readonly state: State
  /** What the client is told: a status, or a status with what was read. */
  readonly answer: string
  /** What the audit log tells of it; undefined when nothing changed. */
  readonly event: string | undefined
}

export interface Observed<State> {
  readonly name: string
  /** Requests that ask for the same have the same word here. */
  readonly asks: string
  /** Milliseconds on one clock. */
  readonly started: number
  readonly ended: number
  readonly answer: string
  /** Whether it is known from the answer that nothing was changed: a read, or a refusal. */
  readonly inert: boolean
  readonly apply: (state: State) => Step<State>
}

export interface Outcome<State> {
  readonly start: State
  readonly end: State
  /** Everything that the log tells, in any order. */
  readonly events: readonly string[]
  /** Two states are the same when their keys are. */
  readonly key: (state: State) => string
}

const STEPS_AT_MOST = 400_000

/** @returns the names in an order that explains everything; `none`: there is no such order; `gave up`: who knows */
export function serialOrder<State>(
  operations: readonly Observed<State>[],
  outcome: Outcome<State>,
): string[] | 'none' | 'gave up' {
  const byEnd = [...operations].sort((a, b) => a.ended - b.ended)
  const events = new Map<string, number>()
  for (const event of outcome.events) events.set(event, (events.get(event) ?? 0) + 1)
  const search: Search<State> = { outcome, events, untold: outcome.events.length, dead: new Set(), steps: 0 }
  return walk(search, byEnd, outcome.start) ?? (search.steps > STEPS_AT_MOST ? 'gave up' : 'none')
}

interface Search<State> {
  readonly outcome: Outcome<State>
  readonly events: Map<string, number>
  untold: number
  /** Places from which no way leads to the end. */
  readonly dead: Set<string>
  steps: number
}

function walk<State>(
  search: Search<State>,
  left: readonly Observed<State>[],
  state: State,
): string[] | undefined {
  const { outcome, dead } = search
  if (left.length === 0)
    return search.untold === 0 && outcome.key(state) === outcome.key(outcome.end) ? [] : undefined
  const untold = [...search.events.values()].join()
  const place = `${left.map(({ name }) => name).join()}|${outcome.key(state)}|${untold}`
  if (dead.has(place) || ++search.steps > STEPS_AT_MOST) return undefined
  // What ended before another began also came before it.
  const firstEnd = left.reduce((least, { ended }) => Math.min(least, ended), Number.POSITIVE_INFINITY)
  const candidates = left.filter(({ started }) => started <= firstEnd)
  // What changes nothing stands in nobody's way: where it fits, it fits as well as anywhere.
  const fitting = candidates.find(({ inert, answer, apply }) => inert && apply(state).answer === answer)
  if (fitting) return take(search, left, state, fitting)
  const tried = new Set<string>()
  for (const next of candidates) {
    // Of two that ask and are answered alike, the one that ended first may as well come first.
    if (tried.has(next.asks + next.answer)) continue
    tried.add(next.asks + next.answer)
    const order = take(search, left, state, next)
    if (order) return order
  }
  dead.add(place)
  return undefined
}

function take<State>(
  search: Search<State>,
  left: readonly Observed<State>[],
  state: State,
  next: Observed<State>,
): string[] | undefined {
  const step = next.apply(state)
  if (step.answer !== next.answer || !tell(search, step.event, -1)) return undefined
  const rest = walk(
    search,
    left.filter((operation) => operation !== next),
    step.state,
  )
  if (rest) return [next.name, ...rest]
  tell(search, step.event, 1)
  return undefined
}

/** Crosses an event off the log, or puts it back. @returns false when the log does not have it */
function tell<State>(search: Search<State>, event: string | undefined, by: 1 | -1): boolean {
  if (event === undefined) return true
  const count = (search.events.get(event) ?? 0) + by
  if (count < 0) return false
  search.events.set(event, count)
  search.untold += by
  return true
}
