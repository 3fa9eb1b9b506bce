import { TooCostly } from '#errors.ts'

const ROWS = 5_000

/**
 * Repeats a step that deals with at most `limit` rows until one finds fewer, so that no statement runs long however much
 * has piled up. A step that is cut off for its length is done again with fewer rows.
 * @param step answers how many rows it dealt with
 * @param signal stops after the step that runs; the rest waits for the next time
 * @returns how many rows all steps dealt with
 * @throws {TooCostly} a single row is too much
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
