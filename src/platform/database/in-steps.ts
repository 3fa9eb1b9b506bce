import { TooCostly } from '#errors.ts'

const ROWS = 5_000

/**
 * Repeats a step that processes at most `limit` rows until one finds fewer, so that no statement runs long, however
 * many rows there are. A step that takes too long is repeated with fewer rows.
 * @param step returns how many rows it processed
 * @param signal stops after the current step
 * @returns how many rows all steps processed
 * @throws {TooCostly} if even a single row takes too long
 */
export async function inSteps(
  step: (limit: number) => Promise<number>,
  { rows = ROWS, signal }: { readonly rows?: number; readonly signal?: AbortSignal | undefined } = {},
): Promise<number> {
  let total = 0
  for (let limit = rows; !signal?.aborted; ) {
    const dealtWith = await step(limit).catch((error: unknown) => {
      if (error instanceof TooCostly && limit > 1) return undefined
      throw error
    })
    if (dealtWith === undefined) {
      limit = Math.ceil(limit / 8)
      continue
    }
    total += dealtWith
    if (dealtWith < limit) break
    limit = Math.min(rows, limit * 2)
  }
  return total
}
