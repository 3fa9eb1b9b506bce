// The load generator's lines, and medians over its rounds.

/** One line; times in ms, CPU in µs an operation. */
export interface Line {
  readonly target: string
  readonly op: string
  readonly size?: number
  readonly group?: number
  readonly round?: number
  readonly opsPerSec?: number
  readonly p50?: number
  readonly p99?: number
  readonly appUs?: number
  readonly dbUs?: number
  readonly seconds?: number
  readonly errors?: number
  readonly wrong?: number
  readonly sample?: string
  readonly error?: string
  readonly ok?: boolean
  readonly rssMiB?: number
  readonly peakMiB?: number
}

export interface Measure {
  readonly rate: number
  /** Of the application and the database together. */
  readonly cpu: number
  readonly p50: number
  readonly p99: number
}

function median(values: readonly (number | undefined)[]): number {
  const known = values.filter((value) => value !== undefined).sort((a, b) => a - b)
  return known[Math.floor((known.length - 1) / 2)] ?? Number.NaN
}

export interface Where {
  readonly size?: number
  readonly group?: number
}

export class Results {
  readonly lines: readonly Line[]

  constructor(lines: readonly Line[]) {
    this.lines = lines
  }

  of(target: string, op: string, where: Where = {}): Measure {
    const rounds = this.lines.filter(
      (line) =>
        line.target === target &&
        line.op === op &&
        line.round !== undefined &&
        (where.size === undefined || line.size === where.size) &&
        (where.group === undefined || line.group === where.group),
    )
    return {
      rate: median(rounds.map(({ opsPerSec }) => opsPerSec)),
      cpu: median(rounds.map(({ appUs, dbUs }) => (appUs ?? Number.NaN) + (dbUs ?? Number.NaN))),
      p50: median(rounds.map(({ p50 }) => p50)),
      p99: median(rounds.map(({ p99 }) => p99)),
    }
  }

  /** One line that is not repeated by rounds: a sync, a group that was built. */
  once(target: string, op: string, where: Where = {}): Line | undefined {
    return this.lines.find(
      (line) =>
        line.target === target &&
        line.op === op &&
        (where.size === undefined || line.size === where.size) &&
        (where.group === undefined || line.group === where.group),
    )
  }

  sizes(op: string): number[] {
    return [
      ...new Set(
        this.lines.filter((line) => line.op === op && line.target === 'ours').map(({ size }) => size ?? 0),
      ),
    ]
  }

  groups(): number[] {
    return [...new Set(this.lines.filter((line) => line.op === 'groupGet').map(({ group }) => group ?? 0))]
  }

  /** Answers that were errors or not the right thing, of our service. */
  bad(): number {
    return this.lines
      .filter(({ target }) => target === 'ours')
      .reduce((sum, { errors = 0, wrong = 0, error }) => sum + errors + wrong + (error ? 1 : 0), 0)
  }

  unverified(): number {
    return this.lines.filter(({ target, op, ok }) => target === 'ours' && /erify$/.test(op) && ok !== true)
      .length
  }
}
