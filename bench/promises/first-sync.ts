// A directory that is sent for the first time, by POST, by /Bulk and by the simulator, and then read in pages.

import { PEER_USERS } from '../parts/load.ts'
import type { Evidence } from '../parts.ts'
import { largest, type Plan } from '../plan.ts'
import { atLeast, atMost, type Promised } from '../promise.ts'
import type { Results } from '../results.ts'

export function firstSyncPromises(plan: Plan, { load, fresh, sync }: Evidence): Promised[] {
  const users = largest(plan.sizes)
  const ours = () => secondsFor(users, load, 'ours')
  return [
    atMost(
      `first sync of ${users} by POST`,
      2,
      "× floor's time",
      () => ours() / secondsFor(users, load, 'floor'),
    ),
    atMost(
      `first sync of ${users} by POST`,
      3.5,
      "× pgbench's time",
      () => ours() / load.of('pgbench', 'sync', 'seconds', { size: users }),
    ),
    atLeast(
      `first sync of ${users} by POST${users > PEER_USERS ? ` (Polis: ${PEER_USERS}, extrapolated)` : ''}`,
      5,
      '× faster than polis',
      () => secondsFor(users, load, 'polis') / ours(),
    ),
    atLeast(
      `first sync of ${users} by /Bulk, new tenant`,
      2.5,
      '× our POST rate',
      () => fresh.rate('ours', 'bulk', { size: users }) / (users / ours()),
    ),
    atMost(`dearest of all pages of ${users} users`, 2, '× the first', () =>
      fresh.of('ours', 'walk', 'figure', { size: users }),
    ),
    atMost(`errors of the simulated first sync of ${plan.sync.users}`, 0, 'errors', () =>
      sync.of('ours', 'simulated', 'figure'),
    ),
    atLeast(`last tenth of the simulated first sync of ${plan.sync.users}`, 0.9, '× the first tenth', () =>
      sync.of('ours', 'lastTenth', 'figure'),
    ),
  ]
}

/** Returns the seconds that this many users took, or would have taken at the measured rate. @throws {NotRun} */
function secondsFor(users: number, load: Results, target: string): number {
  const syncs = load.all(target, 'sync')
  const sent = syncs.reduce((sum, { from = 0, to = 0 }) => sum + to - from, 0)
  const seconds = syncs.reduce((sum, line) => sum + (line.seconds ?? Number.NaN), 0)
  return (seconds * users) / sent
}
