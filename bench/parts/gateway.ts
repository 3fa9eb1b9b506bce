// Measures how long a proxy waits for the gateway, and how soon a user who is deactivated over SCIM is refused: by
// the process that received the request, and by another one.
import { openClient } from '../client.ts'
import { cpuMilliseconds } from '../memory.ts'
import { addMembers, createByBulk, createGroup } from '../people.ts'
import { type Line, Results } from '../results.ts'
import { startOurs, startOursAgain, withStand } from '../stand.ts'
import type { Task } from '../task.ts'
import { openAsker, signIn, type Visit } from '../visits.ts'

const USERS = 400
const VERIFIES = 4_000
const WARM_UP = 500
const DEACTIVATE = {
  schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
  Operations: [{ op: 'replace', path: 'active', value: false }],
}

type Ask = (visit: Visit) => Promise<number>

export const measureGateway = ({ signal, say }: Task): Promise<Results> =>
  withStand(async (stand) => {
    const first = await startOurs(stand)
    const second = await startOursAgain(stand, first)
    const scim = openClient(first, 1, signal)
    const ids = await createByBulk(scim.ask, { from: 0, to: USERS, perRequest: 100, lanes: 1 })
    const groupId = await createGroup(scim.ask, 'readers of the wiki')
    await scim.ask('PATCH', `/Groups/${groupId}`, addMembers(ids))
    const idpId = first.base.split('/').at(-1) ?? ''
    const visits = await signIn(stand, { idpId, groupId, userIds: ids })
    const askers = [first, second].map((node) => openAsker(node, signal))
    const [here, there] = askers.map(({ ask }) => ask) as [Ask, Ask]
    say(`${VERIFIES} verifies of ${USERS} people, one connection`)
    const verify = await measureVerify(here, visits, first.pid)
    say(`${USERS} deactivations by SCIM at one process, asked after at both`)
    const deactivate = async ({ userId }: Visit) =>
      (await scim.ask('PATCH', `/Users/${userId}`, DEACTIVATE)).status
    const revoked = await measureRevocation(deactivate, here, there, visits)
    for (const { close } of [scim, ...askers]) close()
    return new Results([verify, ...revoked])
  })

async function measureVerify(ask: Ask, visits: readonly Visit[], pid: number): Promise<Line> {
  const times: number[] = []
  let errors = 0
  let before = 0
  for (let i = -WARM_UP; i < VERIFIES; i++) {
    if (i === 0) before = cpuMilliseconds(pid)
    const began = performance.now()
    const status = await ask(visits[(i + WARM_UP) % visits.length] as Visit)
    if (i >= 0) times.push(performance.now() - began)
    if (status !== 200) errors += 1
  }
  const figure = (cpuMilliseconds(pid) - before) / VERIFIES
  return {
    target: 'ours',
    op: 'verify',
    p50: quantile(times, 0.5),
    p99: quantile(times, 0.99),
    figure,
    errors,
  }
}

/**
 * Measures how long after the SCIM response the other process refuses the user, and how often this process still
 * allows a request.
 */
async function measureRevocation(
  deactivate: (visit: Visit) => Promise<number>,
  here: Ask,
  there: Ask,
  visits: readonly Visit[],
): Promise<Line[]> {
  const times: number[] = []
  let late = 0
  let errors = 0
  for (const visit of visits) {
    if ((await there(visit)) !== 200) errors += 1
    if ((await deactivate(visit)) >= 300) errors += 1
    const answered = performance.now()
    const own = here(visit)
    while ((await there(visit)) === 200);
    times.push(performance.now() - answered)
    if ((await own) === 200) late += 1
  }
  return [
    { target: 'ours', op: 'revoked', p50: quantile(times, 0.5), p99: quantile(times, 0.99), errors },
    { target: 'ours', op: 'allowedAfter', figure: late },
  ]
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN
}
