// Figures of background work since the start of this process. The metrics read them.

export interface WorkFigure {
  runs: number
  failures: number
  rows: number
  seconds: number
  /** Seconds since 1970; undefined if it hasn't succeeded yet. */
  lastSuccess: number | undefined
}

export interface WorkFigures {
  done(name: string, rows: number, seconds: number): void
  failed(name: string): void
  /** How far behind a piece of work is, in its own unit. */
  behind(name: string, count: number): void
  read(): { readonly work: ReadonlyMap<string, WorkFigure>; readonly behind: ReadonlyMap<string, number> }
}

export function openWorkFigures(): WorkFigures {
  const work = new Map<string, WorkFigure>()
  const behind = new Map<string, number>()
  const figureOf = (name: string) => {
    const figure = work.get(name) ?? { runs: 0, failures: 0, rows: 0, seconds: 0, lastSuccess: undefined }
    work.set(name, figure)
    return figure
  }
  return {
    done(name, rows, seconds) {
      const figure = figureOf(name)
      figure.runs += 1
      figure.rows += rows
      figure.seconds += seconds
      figure.lastSuccess = Date.now() / 1_000
    },
    failed(name) {
      figureOf(name).failures += 1
    },
    behind: (name, count) => void behind.set(name, count),
    read: () => ({ work, behind }),
  }
}
