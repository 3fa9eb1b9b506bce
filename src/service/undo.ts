// What was started, undone in reverse.
import type { Log } from '#platform/log.ts'

/** Things to undo, in reverse order, whatever happens to one of them. */
export type Undo = (() => Promise<unknown> | unknown)[]

export async function undoAll(undo: Undo, log: Log): Promise<void> {
  // A start that was ended early may still add a step.
  for (let step = undo.pop(); step; step = undo.pop()) {
    try {
      await step()
    } catch (error) {
      log.error({ err: error }, 'a part of the service did not stop cleanly')
    }
  }
}
