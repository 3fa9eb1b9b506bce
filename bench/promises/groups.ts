// Adding and removing members, and reading and creating groups, at each size of the group.

import { PEER_MEMBERS } from '../parts/load.ts'
import type { Evidence } from '../parts.ts'
import { largest, type Plan, smallest } from '../plan.ts'
import { atLeast, atMost, type Promised } from '../promise.ts'

export function groupPromises(plan: Plan, evidence: Evidence): Promised[] {
  return [
    ...plan.groups.flatMap((group) => atSize(group, evidence)),
    ...growth(plan, evidence),
    ...ofTheLargest(plan, evidence),
  ]
}

function atSize(group: number, { load }: Evidence): Promised[] {
  const times = (op: string, other: string) => () =>
    load.rate('ours', op, { group }) / load.rate(other, op, { group })
  const member = [
    ['groupAdd', `add one member, group of ${group}`],
    ['groupRemove', `remove one member, group of ${group}`],
  ] as const
  return [
    ...member.map(([op, name]) => atLeast(name, 0.6, '× floor', times(op, 'floor'))),
    ...(group > PEER_MEMBERS
      ? []
      : member.map(([op, name]) => atLeast(name, 4, '× polis', times(op, 'polis')))),
    atLeast(`group without members, ${group}`, 0.6, '× floor', times('groupGetExcluded', 'floor')),
  ]
}

/** Returns what must not get slower with the size of the group. */
function growth({ sizes, groups }: Plan, { load, fresh }: Evidence): Promised[] {
  const [small, large, everybody] = [smallest(groups), largest(groups), largest(sizes)]
  const grows = (op: string) => () =>
    load.cpu('ours', op, { group: large }) / load.cpu('ours', op, { group: small })
  const waits = (group: number) => fresh.of('ours', 'memberChange', 'p50', { group })
  const unit = `× that at ${small}`
  const ofLoad = [
    atMost(`add and remove one member, CPU at ${large}`, 1.3, unit, grows('groupAdd')),
    atMost(`group without members, CPU at ${large}`, 1.3, unit, grows('groupGetExcluded')),
  ]
  return [
    ...(small === large ? [] : ofLoad),
    atMost(
      `add and remove one member, one connection, p50 at ${everybody}`,
      1.3,
      unit,
      () => waits(everybody) / waits(small),
    ),
  ]
}

function ofTheLargest({ sizes, groups }: Plan, { load, fresh }: Evidence): Promised[] {
  const [group, everybody] = [largest(groups), largest(sizes)]
  const floorBuilds = (size: number) => load.of('floor', 'groupBuild', 'seconds', { group: size })
  return [
    atLeast(
      `group of ${group}, full`,
      0.6,
      '× floor',
      () => load.rate('ours', 'groupGet', { group }) / load.rate('floor', 'groupGet', { group }),
    ),
    atMost(`group of ${everybody}, full, 4 at once, memory`, 200, 'MiB more', () =>
      fresh.of('ours', 'fullReadMemory', 'figure', { group: everybody }),
    ),
    atMost(
      `building a group of ${group}`,
      2,
      "× floor's time",
      () => load.of('ours', 'groupBuild', 'seconds', { group }) / floorBuilds(group),
    ),
    atMost(
      `building a group of ${everybody}, new tenant`,
      2,
      "× floor's time",
      () => fresh.of('ours', 'groupBuild', 'seconds', { group: everybody }) / floorBuilds(everybody),
    ),
  ]
}
