import type { Random } from '#simulator/random.ts'

/** Something that reads what comes from outside. */
export interface Target {
  readonly name: string
  /** Makes an input, always as text, so that it can be kept and run again. */
  readonly input: (random: Random) => string
  /**
   * Reads it, and demands of what was read whatever always holds.
   * @throws what the target may throw, or an error that is a fault
   */
  readonly read: (input: string) => void
  /** Whether this is how the target says no. */
  readonly refuses: (error: unknown) => boolean
}

/** What always holds, and did not. */
export class Broken extends Error {}

export function demandSame(what: string, actual: unknown, expected: unknown): void {
  const [left, right] = [JSON.stringify(actual), JSON.stringify(expected)]
  if (left !== right) throw new Broken(`${what}: ${left} is not ${right}`)
}

/** For targets that refuse by errors of these classes alone. */
// biome-ignore lint/suspicious/noExplicitAny: constructors differ in what they take
export function throwing(...classes: readonly (new (...given: any[]) => Error)[]) {
  return (error: unknown): boolean => classes.some((one) => error instanceof one)
}
