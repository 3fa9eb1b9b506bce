// A promise is a figure and its target. Figures are computed after everything was measured. If one isn't available,
// its row says why, and the promise isn't kept.

/** Why a figure isn't available. */
export class NotRun extends Error {
  /** Whether it was left out on purpose, because its part of the bench wasn't requested. */
  readonly chosen: boolean

  constructor(why: string, { chosen = false } = {}) {
    super(why.split('\n', 3).join(': ')) // a row of the table is a single line
    this.chosen = chosen
  }
}

export interface Promised {
  readonly promise: string
  readonly target: number
  /** How the figure has to compare with the target. */
  readonly rule: 'at least' | 'at most' | 'more than'
  readonly unit: string
  /** Returns the figure. @throws {NotRun} */
  readonly figure: () => number
}

export interface Judged extends Omit<Promised, 'figure'> {
  readonly figure: number | undefined
  readonly met: boolean
  /** Why there is no figure. */
  readonly notRun?: string
  /** Whether it was left out on purpose. */
  readonly leftOut?: boolean
}

const MEETS: Record<Promised['rule'], (figure: number, target: number) => boolean> = {
  'at least': (figure, target) => figure >= target,
  'at most': (figure, target) => figure <= target,
  'more than': (figure, target) => figure > target,
}

export function judge({ figure: find, ...promised }: Promised): Judged {
  try {
    const figure = find()
    if (Number.isNaN(figure)) throw new NotRun('the figure came out as no number')
    return { ...promised, figure, met: MEETS[promised.rule](figure, promised.target) }
  } catch (error) {
    if (!(error instanceof NotRun)) throw error
    return { ...promised, figure: undefined, met: false, notRun: error.message, leftOut: error.chosen }
  }
}

const by =
  (rule: Promised['rule']) =>
  (promise: string, target: number, unit: string, figure: () => number): Promised => ({
    promise,
    target,
    rule,
    unit,
    figure,
  })

export const atLeast = by('at least')
export const atMost = by('at most')
export const moreThan = by('more than')
