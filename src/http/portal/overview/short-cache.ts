const MAX_KEYS = 1_000

/**
 * Caches results for a short time. Requests that come while a result is being computed wait for it. Failures aren't cached.
 * @param compute computes the result for a key, such as a tenant id
 */
export function openShortCache<Result>(
  milliseconds: number,
  compute: (key: string) => Promise<Result>,
): (key: string) => Promise<Result> {
  const cached = new Map<string, { readonly result: Promise<Result>; readonly until: number }>()
  return (key) => {
    const known = cached.get(key)
    if (known && performance.now() < known.until) return known.result
    if (cached.size >= MAX_KEYS) cached.clear()
    const result = compute(key)
    cached.set(key, { result, until: performance.now() + milliseconds })
    result.catch(() => cached.delete(key))
    return result
  }
}
