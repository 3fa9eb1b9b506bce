// Measures a tenant that the database's statistics don't know yet. Fills it by /Bulk, creates a group of all users,
// reads that group four at a time, changes it by one connection, and finally reads all pages of users.
import { type Ask, insist, openClient } from '../client.ts'
import { forgetPeak, peakMiB, residentMiB } from '../memory.ts'
import { addMembers, createByBulk, createGroup, fillGroup, membersOf, removeMember } from '../people.ts'
import { largest, smallest } from '../plan.ts'
import { type Line, median, Results } from '../results.ts'
import { startOurs, withStand } from '../stand.ts'
import type { Task } from '../task.ts'

const LANES = 16
const USERS_PER_BULK = 100
const MEMBERS_PER_PATCH = 500
const FULL_READS_AT_ONCE = 4
const FULL_READ_SECONDS = 4
const CHANGES = 400
const WARM_UP = 50
const PAGE = 100
const PAGES_IN_A_STRETCH = 10

export const measureFreshTenant = ({ plan, signal, say }: Task): Promise<Results> =>
  withStand(async (stand) => {
    const ours = await startOurs(stand)
    const born = performance.now()
    const { ask, close } = openClient(ours, LANES, signal)
    const [few, everybody] = [smallest(plan.groups), largest(plan.sizes)]
    say(`${everybody} users by /Bulk`)
    const [bulk, ids] = await fillByBulk(ask, everybody)
    const [spare] = await createByBulk(ask, { from: everybody, to: everybody + 1, perRequest: 1, lanes: 1 })
    say(`a group of all of them, in a tenant ${((performance.now() - born) / 1_000).toFixed(0)} s old`)
    const [large, built] = await buildGroup(ask, ids)
    const [small] = await buildGroup(ask, ids.slice(0, few))
    say('one connection adds and removes a member')
    const changes = await changeMembers(ask, { [few]: small, [everybody]: large }, spare as string)
    say(`the group in full, ${FULL_READS_AT_ONCE} at a time`)
    const memory = await readFull(ask, large, ours.pid, everybody)
    say('all pages of the users')
    const walked = await walk(ask, everybody + 1)
    close()
    return new Results([bulk, built, ...changes, memory, walked])
  })

async function fillByBulk(ask: Ask, size: number): Promise<[Line, string[]]> {
  const began = performance.now()
  const ids = await createByBulk(ask, { from: 0, to: size, perRequest: USERS_PER_BULK, lanes: LANES })
  const seconds = (performance.now() - began) / 1_000
  return [{ target: 'ours', op: 'bulk', size, seconds, opsPerSec: size / seconds }, ids]
}

async function buildGroup(ask: Ask, ids: readonly string[]): Promise<[id: string, Line]> {
  const began = performance.now()
  const group = await createGroup(ask, `everybody of ${ids.length}`)
  await fillGroup(ask, group, ids, MEMBERS_PER_PATCH)
  const seconds = (performance.now() - began) / 1_000
  const off = (await membersOf(ask, group)).symmetricDifference(new Set(ids)).size
  return [group, { target: 'ours', op: 'groupBuild', group: ids.length, seconds, wrong: off }]
}

/**
 * Changes members of the groups in turns, so that other load on the machine affects both.
 * @param groups their ids by size
 */
async function changeMembers(
  ask: Ask,
  groups: Readonly<Record<number, string>>,
  user: string,
): Promise<Line[]> {
  const times = new Map(Object.keys(groups).map((size) => [size, [] as number[]]))
  for (let k = 0; k < WARM_UP + CHANGES; k++) {
    for (const [size, group] of Object.entries(groups)) {
      const added = await insist(ask)('PATCH', `/Groups/${group}`, addMembers([user]))
      const removed = await insist(ask)('PATCH', `/Groups/${group}`, removeMember(user))
      if (k >= WARM_UP) times.get(size)?.push(added.milliseconds, removed.milliseconds)
    }
  }
  return [...times].map(([size, each]) => ({
    target: 'ours',
    op: 'memberChange',
    group: Number(size),
    p50: median(each),
  }))
}

/** Measures how much more memory the process takes at its peak. */
async function readFull(ask: Ask, group: string, pid: number, size: number): Promise<Line> {
  const before = residentMiB(pid)
  forgetPeak(pid)
  const until = performance.now() + FULL_READ_SECONDS * 1_000
  await Promise.all(
    Array.from({ length: FULL_READS_AT_ONCE }, async () => {
      while (performance.now() < until) await insist(ask)('GET', `/Groups/${group}`)
    }),
  )
  return { target: 'ours', op: 'fullReadMemory', group: size, figure: peakMiB(pid) - before }
}

/**
 * Compares the slowest ten consecutive pages with the first ten, by their medians.
 * @throws if a page is incomplete
 */
async function walk(ask: Ask, total: number): Promise<Line> {
  const firstPage = `/Users?startIndex=1&count=${PAGE}`
  // warm up, so that the first pages aren't slower
  for (let k = 0; k < PAGES_IN_A_STRETCH; k++) await insist(ask)('GET', firstPage)
  const times: number[] = []
  for (let startIndex = 1; startIndex <= total; startIndex += PAGE) {
    const answer = await insist(ask)('GET', `/Users?startIndex=${startIndex}&count=${PAGE}`)
    const { Resources = [] } = JSON.parse(answer.text) as { Resources?: unknown[] }
    const due = Math.min(PAGE, total - startIndex + 1)
    if (Resources.length !== due) throw new Error(`the page at ${startIndex} has ${Resources.length} users`)
    times.push(answer.milliseconds)
  }
  const stretches = Array.from({ length: Math.ceil(times.length / PAGES_IN_A_STRETCH) }, (_, i) =>
    median(times.slice(i * PAGES_IN_A_STRETCH, (i + 1) * PAGES_IN_A_STRETCH)),
  )
  return {
    target: 'ours',
    op: 'walk',
    size: total - 1,
    figure: Math.max(...stretches) / (stretches[0] ?? Number.NaN),
  }
}
