// Stops what was started, in reverse order.
import type { Log } from '#platform/log.ts'

/** Steps that stop something. They run in reverse order, and one that fails doesn't prevent the others. */
export type Undo = (() => Promise<unknown> | unknown)[]

export async function undoAll(undo: Undo, log: Log): Promise<void> {
  // An interrupted start may still add a step while this runs.
  for (let step = undo.pop(); step; step = undo.pop()) {
    try {
      await step()
    } catch (error) {
      log.error({ err: error }, 'a part of the service did not stop cleanly')
    }
  }
}
