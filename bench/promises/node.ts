// The memory of a node of the service, and the time until it is ready.
import type { Evidence } from '../parts.ts'
import { largest, type Plan, smallest } from '../plan.ts'
import { atMost, NotRun, type Promised } from '../promise.ts'

export function nodePromises({ sizes }: Plan, { idle, load, start }: Evidence): Promised[] {
  const [small, large] = [smallest(sizes), largest(sizes)]
  const usual = (size: number) => load.of('ours', 'memory', 'figure', { size })
  const startSeconds = (target: string, op: string) => start.of(target, op, 'seconds')
  return [
    atMost('memory, idle', 120, 'MiB', () => idle.of('ours', 'rest', 'rssMiB')),
    atMost('memory under load', 250, 'MiB', () => mostUnderLoad(load)),
    ...(small === large
      ? []
      : [atMost(`memory at ${large} users`, 1.2, `× that at ${small}`, () => usual(large) / usual(small))]),
    atMost('start to first 2xx, migrated', 0.8, 's', () => startSeconds('ours', 'start')),
    atMost(
      'start to first 2xx, migrated',
      4,
      '× floor',
      () => startSeconds('ours', 'start') / startSeconds('floor', 'start'),
    ),
    atMost('start to first 2xx, empty database', 3, 's', () => startSeconds('ours', 'startEmpty')),
  ]
}

function mostUnderLoad(load: Evidence['load']): number {
  load.all('ours', 'sync')
  const known = load.lines.flatMap(({ target, rssMiB }) =>
    target === 'ours' && rssMiB !== undefined ? [rssMiB] : [],
  )
  if (known.length === 0) throw new NotRun('the memory of processes cannot be read here')
  return Math.max(...known)
}
