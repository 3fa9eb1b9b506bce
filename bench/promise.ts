// A promise is a figure and what it has to reach. The figure is asked for after everything was measured; where it could
// not be had, the row says why, and the promise is not met.

/** Why a figure could not be had. */
export class NotRun extends Error {
  /** Whether it was left out on purpose: a part of the bench that was not asked for. */
  readonly chosen: boolean

  constructor(why: string, { chosen = false } = {}) {
    super(why.split('\n', 3).join(': ')) // a row of the table has one line
    this.chosen = chosen
  }
}

export interface Promised {
  readonly promise: string
  readonly target: number
  /** Whether the figure has to be at least or at most the target. */
  readonly rule: 'at least' | 'at most' | 'more than'
  readonly unit: string
  /** @throws {NotRun} */
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
