// The lines that a part of the bench measured, and medians over their rounds.
import { NotRun } from './promise.ts'

/** One line. Times are in ms, CPU times in µs per operation. The load generator and our own parts write them. */
export interface Line {
  /** When it was written, in ISO 8601. */
  readonly at?: string
  readonly target: string
  readonly op: string
  readonly size?: number
  readonly group?: number
  readonly round?: number
  /** Number of completed operations. */
  readonly n?: number
  readonly opsPerSec?: number
  readonly p50?: number
  readonly p99?: number
  readonly appUs?: number
  readonly dbUs?: number
  readonly seconds?: number
  /** Users before and after a sync. */
  readonly from?: number
  readonly to?: number
  readonly errors?: number
  readonly wrong?: number
  readonly sample?: string
  readonly error?: string
  readonly ok?: boolean
  readonly rssMiB?: number
  /** The figure of one of our own parts; `op` says what it is. */
  readonly figure?: number
}

export interface Where {
  readonly size?: number
  readonly group?: number
}

type Field = 'opsPerSec' | 'p50' | 'p99' | 'seconds' | 'figure' | 'rssMiB'

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN
}

export class Results {
  readonly lines: readonly Line[]
  /** Targets that are missing, and why; `*` means all. */
  readonly #gaps: ReadonlyMap<string, NotRun>

  constructor(lines: readonly Line[], gaps: ReadonlyMap<string, NotRun> = new Map()) {
    this.lines = lines
    this.#gaps = gaps
  }

  /** Returns the results of a part that measured nothing. */
  static none(why: NotRun): Results {
    return new Results([], new Map([['*', why]]))
  }

  /** Returns the lines of a target and an operation. @throws {NotRun} if there are none */
  all(target: string, op: string, { size, group }: Where = {}): readonly Line[] {
    const found = this.lines.filter(
      (line) =>
        line.target === target &&
        line.op === op &&
        (size === undefined || line.size === size) &&
        (group === undefined || line.group === group),
    )
    if (found.length > 0) return found
    const of = size ?? group
    throw (
      this.#gaps.get('*') ??
      this.#gaps.get(target) ??
      new NotRun(`there is no line for ${op} of ${target}${of === undefined ? '' : ` at ${of}`}`)
    )
  }

  /** Returns the median over the rounds in which something was done. @throws {NotRun} */
  of(target: string, op: string, field: Field, where: Where = {}): number {
    const lines = this.all(target, op, where)
    const known = lines
      .filter(({ n }) => n !== 0)
      .map((line) => line[field])
      .filter((value) => typeof value === 'number')
    if (known.length > 0) return median(known)
    throw new NotRun(
      `${op} of ${target} has no ${field}: ${lines[0]?.error ?? lines[0]?.sample ?? 'no answer'}`,
    )
  }

  rate(target: string, op: string, where: Where = {}): number {
    return this.of(target, op, 'opsPerSec', where)
  }

  /** Returns the CPU time of the application and the database together, in µs per operation. @throws {NotRun} */
  cpu(target: string, op: string, where: Where = {}): number {
    const known = this.all(target, op, where).flatMap(({ appUs, dbUs }) =>
      appUs === undefined || dbUs === undefined ? [] : [appUs + dbUs],
    )
    if (known.length === 0) throw new NotRun('the processor time of processes cannot be read here')
    return median(known)
  }

  /** Returns the number of answers of our service that were errors or wrong. */
  bad(): number {
    return this.lines
      .filter(({ target }) => target === 'ours')
      .reduce((sum, { errors = 0, wrong = 0, error }) => sum + errors + wrong + (error ? 1 : 0), 0)
  }
}
