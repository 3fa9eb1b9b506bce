// One request at a time on an idle machine.
import type { Evidence } from '../parts.ts'
import type { Plan } from '../plan.ts'
import { atMost, type Promised } from '../promise.ts'

/** Operations with their limit in milliseconds, on a machine as described in docs/performance.md. */
const OPERATIONS: readonly [op: string, name: string, milliseconds?: number][] = [
  ['get', 'get by id', 0.6],
  ['create', 'create', 1.2],
  ['patchActive', 'PATCH active'],
]

export function idlePromises(_plan: Plan, { idle }: Evidence): Promised[] {
  const p50 = (target: string, op: string) => idle.of(target, op, 'p50')
  return OPERATIONS.flatMap(([op, name, milliseconds]) => [
    atMost(`${name}, one connection, p50`, 2, '× floor', () => p50('ours', op) / p50('floor', op)),
    ...(milliseconds === undefined
      ? []
      : [atMost(`${name}, one connection, p50`, milliseconds, 'ms', () => p50('ours', op))]),
    atMost(
      `${name}, one connection, p99`,
      8,
      '× its p50',
      () => idle.of('ours', op, 'p99') / p50('ours', op),
    ),
  ])
}
