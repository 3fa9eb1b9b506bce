/** Keys that are remembered; beyond that the oldest is told of again. */
const MOST = 10_000

/**
 * What happens again and again is told of once in a while.
 * @returns whether the same key was told of less than `milliseconds` ago; if not, it is from now on
 */
export function openRepeats(milliseconds: number): (key: string, at: Date) => boolean {
  const told = new Map<string, number>()
  return (key, at) => {
    if (at.getTime() - (told.get(key) ?? Number.NEGATIVE_INFINITY) < milliseconds) return true
    told.delete(key) // to come last again
    told.set(key, at.getTime())
    if (told.size > MOST) told.delete(told.keys().next().value ?? '')
    return false
  }
}
