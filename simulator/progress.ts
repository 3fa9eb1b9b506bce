import type { WriteStream } from 'node:tty'
import { progress as clackBar } from '@clack/prompts'
import type { Progress } from './simulate.ts'

/** Shows how far a simulation is. */
export interface ProgressView {
  report: (progress: Progress) => void
  /** call it once, also after an interruption: it gives the terminal back */
  end: () => void
}

type Output = Pick<WriteStream, 'write'> & { isTTY?: boolean }

const SMALL_PHASE = 50 // shorter ones get one line, when they are done

/** A bar on a terminal, a line per tenth elsewhere. For `--json` use none at all. */
export function openProgress(output: WriteStream): ProgressView {
  // A terminal that does not know its width (0 columns) would get one letter per line.
  return output.isTTY && output.columns > 0 ? barView(output) : lineView(output)
}

/** One line per phase and tenth: for logs and pipes. */
export function lineView(output: Output): ProgressView {
  let printed = 0
  return {
    end: () => {},
    report: ({ phase, done, total }) => {
      if (done === 0) printed = 0
      const tenth = total < SMALL_PHASE && done < total ? 0 : Math.floor((done / total) * 10)
      if (tenth <= printed) return
      printed = tenth
      output.write(`${phase}: ${done} of ${total} (${tenth * 10} %)\n`)
    },
  }
}

/** One bar per phase; a finished phase leaves its line. */
function barView(output: WriteStream): ProgressView {
  let bar: ReturnType<typeof clackBar> | undefined
  let shown = 0
  let words = ''
  return {
    end: () => {
      bar?.error(words)
      bar = undefined
    },
    report: ({ phase, done, total }) => {
      words = `${phase} ${done}/${total}`
      if (done === 0) {
        shown = 0
        bar = clackBar({ max: total, output, withGuide: false })
        bar.start(words)
        // clack puts the terminal into raw mode, and its own Ctrl-C ends the process at once. Left cooked, Ctrl-C stays
        // a signal, so that the simulation can end with its summary and `npm run demo` can stop its database.
        if (process.stdin.isTTY) process.stdin.setRawMode(false)
        return
      }
      bar?.advance(done - shown, words)
      shown = done
      if (done < total) return
      bar?.stop(words)
      bar = undefined
    },
  }
}
