// Two processes of our service change one group at the same time. Each lane adds and removes its own users, and in
// the end both processes must show exactly the users that the lanes left in it.
import { type Ask, openClient } from '../client.ts'
import { addMembers, createByBulk, createGroup, membersOf, removeMember } from '../people.ts'
import { type Line, Results } from '../results.ts'
import { startOurs, startOursAgain, withStand } from '../stand.ts'
import type { Task } from '../task.ts'

const LANES_PER_NODE = 4
const USERS_PER_LANE = 8
const SECONDS = 4

interface Tally {
  changes: number
  errors: number
  sample?: string
}

export const measureTwoNodes = ({ signal, say }: Task): Promise<Results> =>
  withStand(async (stand) => {
    const first = await startOurs(stand)
    const second = await startOursAgain(stand, first)
    const clients = [first, second].map((node) => openClient(node, LANES_PER_NODE, signal))
    const asks = clients.map(({ ask }) => ask)
    const setUp = asks[0] as Ask
    const lanes = LANES_PER_NODE * asks.length
    const ids = await createByBulk(setUp, { from: 0, to: lanes * USERS_PER_LANE, perRequest: 100, lanes: 1 })
    const group = await createGroup(setUp, 'written by two nodes')
    say(`${lanes} lanes on two processes write one group for ${SECONDS} s`)
    const tally: Tally = { changes: 0, errors: 0 }
    const expected = new Set<string>()
    const until = performance.now() + SECONDS * 1_000
    await Promise.all(
      Array.from({ length: lanes }, async (_, lane) => {
        const own = ids.slice(lane * USERS_PER_LANE, (lane + 1) * USERS_PER_LANE)
        const ask = asks[lane % asks.length] as Ask
        for (const id of await writeUntil(until, ask, group, own, tally)) expected.add(id)
      }),
    )
    const differences = await Promise.all(
      asks.map(async (ask) => differ(expected, await membersOf(ask, group))),
    )
    for (const { close } of clients) close()
    say(`${tally.changes} changes, ${expected.size} members expected`)
    const { errors, sample, changes } = tally
    const off: Line = { target: 'ours', op: 'membersOff', figure: differences.reduce((sum, n) => sum + n, 0) }
    const line: Line = { target: 'ours', op: 'twoNodes', figure: changes, errors, ...(sample && { sample }) }
    return new Results([line, off])
  })

/**
 * Adds the next user and removes the previous one, as an identity provider moves users.
 * @returns the users who are in the group
 */
async function writeUntil(
  until: number,
  ask: Ask,
  group: string,
  own: readonly string[],
  tally: Tally,
): Promise<Set<string>> {
  const inside = new Set<string>()
  const write = async (body: object): Promise<boolean> => {
    const { status, text } = await ask('PATCH', `/Groups/${group}`, body)
    tally.changes += 1
    if (status >= 200 && status < 300) return true
    tally.errors += 1
    tally.sample ??= `${status} ${text.slice(0, 200)}`
    return false
  }
  for (let k = 0; performance.now() < until; k++) {
    const [next, last] = [own[k % own.length], own[(k + own.length - 1) % own.length]] as [string, string]
    if (await write(addMembers([next]))) inside.add(next)
    if (inside.has(last) && (await write(removeMember(last)))) inside.delete(last)
  }
  return inside
}

function differ(expected: ReadonlySet<string>, seen: ReadonlySet<string>): number {
  return expected.symmetricDifference(seen).size
}
