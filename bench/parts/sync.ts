// Measures the first sync of a large directory by the simulator, like an identity provider does it, with a tenant
// created seconds before.
import { findDialect } from '#simulator/dialects.ts'
import { type Progress, simulate } from '#simulator/simulate.ts'
import { Results } from '../results.ts'
import { startOurs, withStand } from '../stand.ts'
import type { Task } from '../task.ts'

export const measureSync = ({ plan, signal, say }: Task): Promise<Results> =>
  withStand(async (stand) => {
    const dialect = findDialect(plan.sync.dialect)
    if (!dialect) throw new Error(`there is no dialect ${plan.sync.dialect}`)
    const { users, groups } = plan.sync
    const { base: endpoint, token } = await startOurs(stand)
    say(`${dialect.name} sends ${users} users and ${groups} groups`)
    const tenths = watchTenths(say)
    const credentials = { token }
    const summary = await simulate({
      dialect,
      endpoint,
      credentials,
      users,
      groups,
      signal,
      onProgress: tenths.report,
    })
    if (summary.stopped !== undefined) throw new Error(`the sync stopped: ${summary.stopped}`)
    say(`${summary.requests} requests in ${summary.seconds.toFixed(0)} s`)
    const { errors, seconds } = summary
    return new Results([
      { target: 'ours', op: 'simulated', errors, seconds, figure: errors },
      { target: 'ours', op: 'lastTenth', figure: tenths.ratio() },
    ])
  })

/** Compares the rate of the last tenth of the users with that of the first tenth. */
function watchTenths(say: (words: string) => void) {
  const began: number[] = []
  return {
    report({ phase, done, total }: Progress) {
      if (phase !== 'users') {
        if (done === 0) say(`${phase}: ${total}`)
        return
      }
      const tenth = Math.floor((done / total) * 10)
      if (began[tenth] !== undefined) return
      began[tenth] = performance.now()
      say(`${done} of ${total} users`)
    },
    ratio: () => ((began[1] ?? 0) - (began[0] ?? 0)) / ((began[10] ?? 0) - (began[9] ?? 0)),
  }
}
