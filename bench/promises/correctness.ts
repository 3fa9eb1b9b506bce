// Speed doesn't count if answers are wrong.
import type { Evidence } from '../parts.ts'
import type { Plan } from '../plan.ts'
import { atMost, type Promised } from '../promise.ts'
import type { Results } from '../results.ts'

export function correctnessPromises(_plan: Plan, { load, idle, nodes, fresh }: Evidence): Promised[] {
  return [
    atMost('wrong answers and errors under load', 0, 'answers', () => bad(load, 'create')),
    atMost('writes and members that did not stay', 0, 'checks', () => failedChecks(load)),
    atMost('wrong answers and errors, one connection', 0, 'answers', () => bad(idle, 'create')),
    atMost('members missing or too many, new tenant', 0, 'members', () => bad(fresh, 'groupBuild')),
    atMost('errors of two nodes on one group', 0, 'answers', () => bad(nodes, 'twoNodes')),
    atMost('members missing or too many, two nodes', 0, 'members', () =>
      nodes.of('ours', 'membersOff', 'figure'),
    ),
  ]
}

/** Returns the number of wrong answers. @param op an operation that must have been measured @throws {NotRun} */
function bad(results: Results, op: string): number {
  results.all('ours', op)
  return results.bad()
}

function failedChecks(load: Results): number {
  const checks = [...load.all('ours', 'verify'), ...load.all('ours', 'groupVerify')]
  return checks.filter(({ ok }) => ok !== true).length
}
