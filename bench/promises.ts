// All promises about the speed of the service, by group. Their figures are computed from what was measured.
import type { Evidence } from './parts.ts'
import type { Plan } from './plan.ts'
import type { Promised } from './promise.ts'
import { correctnessPromises } from './promises/correctness.ts'
import { documentPromises } from './promises/documents.ts'
import { firstSyncPromises } from './promises/first-sync.ts'
import { gatewayPromises } from './promises/gateway.ts'
import { groupPromises } from './promises/groups.ts'
import { idlePromises } from './promises/idle.ts'
import { largeGroupPromises } from './promises/large-groups.ts'
import { nodePromises } from './promises/node.ts'
import { userPromises } from './promises/users.ts'

const FAMILIES: readonly ((plan: Plan, evidence: Evidence) => Promised[])[] = [
  userPromises,
  groupPromises,
  largeGroupPromises,
  firstSyncPromises,
  idlePromises,
  nodePromises,
  gatewayPromises,
  documentPromises,
  correctnessPromises,
]

export function promisesOf(plan: Plan, evidence: Evidence): Promised[] {
  return FAMILIES.flatMap((family) => family(plan, evidence))
}
