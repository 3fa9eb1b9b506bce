/** What a sweep has seen. */
export interface Tally {
  routes: number
  /** By route, the inputs that were tried. */
  readonly inputs: ReadonlyMap<string, ReadonlySet<string>>
  readonly requests: () => number
  /** What is wrong, with the request that showed it. */
  readonly faults: string[]
  note(route: string, inputs: readonly string[]): void
  answered(status: number): void
  /** Some lines for the output of the test. */
  summary(): string
}

export function newTally(): Tally {
  const inputs = new Map<string, Set<string>>()
  const answers = new Map<number, number>()
  const sum = (numbers: Iterable<number>) => [...numbers].reduce((total, one) => total + one, 0)
  const requests = () => sum(answers.values())
  const started = performance.now()
  return {
    routes: 0,
    inputs,
    requests,
    faults: [],
    note(route, names) {
      inputs.set(route, new Set([...(inputs.get(route) ?? []), ...names]))
    },
    answered: (status) => void answers.set(status, (answers.get(status) ?? 0) + 1),
    summary() {
      const count = sum([...inputs.values()].map(({ size }) => size))
      const seconds = Math.round((performance.now() - started) / 1_000)
      const byStatus = [...answers]
        .toSorted(([a], [b]) => a - b)
        .map(([status, times]) => `${status}: ${times}`)
      return `Sweep: ${this.routes} routes, ${count} inputs, ${requests()} requests in ${seconds} s; answers ${byStatus.join(', ')}`
    },
  }
}
