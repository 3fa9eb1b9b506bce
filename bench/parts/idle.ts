// Measures one connection on an otherwise idle machine. Nothing queues, so the times are those of one request. Also
// measures the memory of an idle node at its second start; the first start also compiles and migrates, and ends with
// 25 MiB more.
import { setTimeout as sleep } from 'node:timers/promises'
import { generateLoad, scimTarget } from '../load.ts'
import { residentMiB } from '../memory.ts'
import { type Line, Results } from '../results.ts'
import { startFloor, startOursSettled, withStand } from '../stand.ts'
import type { Task } from '../task.ts'

const REST_MILLISECONDS = 5_000
const USERS = 1_000

export const measureIdle = ({ plan, signal, say }: Task): Promise<Results> =>
  withStand(async (stand) => {
    const [ours, floor] = [await startOursSettled(stand), await startFloor(stand)]
    say(`a rest of ${REST_MILLISECONDS / 1_000} s, then one connection`)
    await sleep(REST_MILLISECONDS, undefined, { signal })
    const rest: Line = { target: 'ours', op: 'rest', rssMiB: residentMiB(ours.pid) }
    const options = {
      sizes: USERS,
      ops: 'create,get,patchActive',
      conns: 1,
      rounds: plan.rounds,
      slice: plan.slice * 2,
      groups: '',
    }
    const lines = await generateLoad(stand, [scimTarget(ours), scimTarget(floor)], options, signal)
    return new Results([rest, ...lines])
  })
