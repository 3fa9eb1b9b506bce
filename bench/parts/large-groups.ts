// Measures groups that are replaced as a whole, as some identity providers do for every change: with one member
// exchanged, and unchanged, compared with reading the same group. Also measures a user who belongs to thousands of
// groups.
import { type Ask, insist, openClient } from '../client.ts'
import { createByBulk, createGroup, createGroupsAround, membersOf, replaceMembers } from '../people.ts'
import { largest } from '../plan.ts'
import { type Line, median, Results } from '../results.ts'
import { startOurs, withStand } from '../stand.ts'
import type { Task } from '../task.ts'

const LANES = 16
const USERS_PER_BULK = 100
const ROUNDS = 7
const READS_OF_A_USER = 40
const FEW_GROUPS = 10
export const MANY_GROUPS = 2_000

export const measureLargeGroups = ({ plan, signal, say }: Task): Promise<Results> =>
  withStand(async (stand) => {
    const { ask, close } = openClient(await startOurs(stand), LANES, signal)
    const total = largest(plan.large)
    say(`${total + 1} users by /Bulk`)
    const ids = await createByBulk(ask, {
      from: 0,
      to: total + 1,
      perRequest: USERS_PER_BULK,
      lanes: LANES,
    })
    const lines: Line[] = []
    for (const size of plan.large) {
      say(`a group of ${size} is replaced ${ROUNDS} times`)
      lines.push(...(await replaceGroup(ask, ids, size)))
    }
    say(`a user in ${MANY_GROUPS} groups`)
    lines.push(...(await readUsers(ask, ids[0] as string, ids[1] as string)))
    close()
    return new Results(lines)
  })

/** Reads the group, replaces it with itself and exchanges one member, in each round. */
async function replaceGroup(ask: Ask, ids: readonly string[], size: number): Promise<Line[]> {
  const name = `replaced, ${size}`
  const group = await createGroup(ask, name)
  const members = ids.slice(0, size)
  const others = [...members.slice(0, -1), ids[size] as string]
  const put = (of: readonly string[]) => insist(ask)('PUT', `/Groups/${group}`, replaceMembers(name, of))
  await put(members)
  const times: Record<'groupRead' | 'putUnchanged' | 'putOneChange', number[]> = {
    groupRead: [],
    putUnchanged: [],
    putOneChange: [],
  }
  for (let round = 0; round <= ROUNDS; round++) {
    const [before, after] = round % 2 === 0 ? [members, others] : [others, members]
    const read = await insist(ask)('GET', `/Groups/${group}`)
    const unchanged = await put(before)
    const changed = await put(after)
    if (round === 0) continue // warm-up
    times.groupRead.push(read.milliseconds)
    times.putUnchanged.push(unchanged.milliseconds)
    times.putOneChange.push(changed.milliseconds)
  }
  const last = ROUNDS % 2 === 0 ? others : members
  const wrong = (await membersOf(ask, group)).symmetricDifference(new Set(last)).size
  return Object.entries(times).map(([op, each]) => ({
    target: 'ours',
    op,
    group: size,
    p50: median(each),
    wrong,
  }))
}

/** Reads two users in turns: one in many groups, one in few. */
async function readUsers(ask: Ask, popular: string, other: string): Promise<Line[]> {
  const refused =
    (await createGroupsAround(ask, popular, MANY_GROUPS)) + (await createGroupsAround(ask, other, FEW_GROUPS))
  const times: Record<string, number[]> = { [popular]: [], [other]: [] }
  for (let round = 0; round < READS_OF_A_USER; round++) {
    for (const user of [popular, other])
      times[user]?.push((await insist(ask)('GET', `/Users/${user}`)).milliseconds)
  }
  return [
    { target: 'ours', op: 'groupsByBulk', size: MANY_GROUPS, figure: refused, wrong: refused },
    { target: 'ours', op: 'userRead', size: MANY_GROUPS, p50: median(times[popular] ?? []) },
    { target: 'ours', op: 'userRead', size: FEW_GROUPS, p50: median(times[other] ?? []) },
  ]
}
