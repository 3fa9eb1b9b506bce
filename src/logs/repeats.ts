/** Number of keys that are remembered. Beyond that, the oldest is forgotten and counts as new. */
const MOST = 10_000

/**
 * Recognizes events that repeat.
 * @returns a function that says whether it got the same key less than `milliseconds` ago
 */
export function openRepeats(milliseconds: number): (key: string, at: Date) => boolean {
  const seen = new Map<string, number>()
  return (key, at) => {
    if (at.getTime() - (seen.get(key) ?? Number.NEGATIVE_INFINITY) < milliseconds) return true
    seen.delete(key) // so that it comes last again
    seen.set(key, at.getTime())
    if (seen.size > MOST) seen.delete(seen.keys().next().value ?? '')
    return false
  }
}
