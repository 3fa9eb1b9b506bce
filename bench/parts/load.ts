// Measures everything under load, side by side: our service, the floor, and on request the peers and pgbench.
import { join } from 'node:path'
import type { Target } from '../answer.ts'
import { generateLoad, helloTarget, type LoadTarget, scimTarget } from '../load.ts'
import { type Reading, watchMemory } from '../memory.ts'
import { installPeers } from '../peers/packages.ts'
import { openPgbench, type Pgbench } from '../pgbench.ts'
import { largest } from '../plan.ts'
import { freePort, ready, startServer } from '../processes.ts'
import { NotRun } from '../promise.ts'
import { type Line, median, Results } from '../results.ts'
import { type Stand, startFloor, startOurs, withStand } from '../stand.ts'
import type { Task } from '../task.ts'

/** The largest directory for a peer. Polis would need 6 minutes for 100,000 users. */
export const PEER_USERS = 10_000
/** Polis needs 5 ms to add a member, so its groups stay small. */
export const PEER_MEMBERS = 1_000

const OPERATIONS =
  'raw,exec,create,delete,get,findUserName,findExternalId,list100,patchAttr,patchActive,put,groupAdd,groupRemove,groupGetExcluded,groupGet'
const GROUP_OPERATIONS = ['groupAdd', 'groupRemove', 'groupGetExcluded', 'groupGet']
/** Limit for one slice, high enough that a server on a fast machine has some left after the warm-up. */
const CREATES = 8_000
/** How long before the end of the run the load generator stops. */
const SETTLE_SECONDS = 60

/** What a peer can't do, or what no promise is made about. */
const PEERS = {
  /** It treats any filter as an email address, and doesn't show members. */
  polis: { skip: ['findExternalId', 'groupGetExcluded', 'groupGet'], maxGroup: PEER_MEMBERS },
  scimmy: { skip: ['get', 'findUserName', 'findExternalId', 'list100', ...GROUP_OPERATIONS], maxGroup: 0 },
} as const
type Peer = keyof typeof PEERS

export const measureLoad = (task: Task): Promise<Results> =>
  withStand(async (stand) => {
    const { plan, signal, say, secondsLeft } = task
    const gaps = new Map<string, NotRun>()
    const [ours, floor] = [await startOurs(stand), await startFloor(stand)]
    const peers = await openPeers(stand, task, gaps)
    const pgbench = await openPgbenchIfAsked(stand, task, gaps)
    const targets: LoadTarget[] = [
      scimTarget(ours),
      scimTarget(floor),
      ...peers,
      helloTarget(floor),
      ...(pgbench?.targets ?? []),
    ]
    const options = {
      sizes: plan.sizes.join(),
      groups: plan.groups.join(),
      rounds: plan.rounds,
      slice: plan.slice,
      ops: OPERATIONS,
      'create-cap': CREATES,
      'max-total': Math.max(0, Math.floor(secondsLeft()) - SETTLE_SECONDS),
    }
    say(
      `users ${options.sizes}, groups ${options.groups}, beside ${targets.map(({ name }) => name).join(', ')}`,
    )
    const endWatch = watchMemory(ours.pid)
    const measured = await generateLoad(stand, targets, options, signal).finally(endWatch)
    const lines = [...measured, ...memoryAt(plan.sizes, measured, endWatch())]
    if (!pgbench) return new Results(lines, gaps)
    say(`pgbench creates ${largest(plan.sizes)} users`)
    try {
      return new Results([...lines, await pgbench.sync(largest(plan.sizes), signal)], gaps)
    } catch (error) {
      if (!(error instanceof NotRun)) throw error
      return new Results(lines, gaps.set('pgbench', error)) // keep what was already measured
    }
  })

/** Returns the typical memory of the service at each number of users. Garbage collection changes it by a third. */
function memoryAt(sizes: readonly number[], lines: readonly Line[], readings: readonly Reading[]): Line[] {
  return sizes.flatMap((size) => {
    const rounds = lines.filter((line) => line.target === 'ours' && line.size === size && isOfUsers(line))
    const times = rounds.map(({ at = '' }) => Date.parse(at))
    const [first, last] = [Math.min(...times), Math.max(...times)]
    const during = readings.filter(({ at }) => at >= first && at <= last)
    if (during.length === 0) return []
    return { target: 'ours', op: 'memory', size, figure: median(during.map(({ rssMiB }) => rssMiB)) }
  })
}

/** Returns whether a line is about users. Groups are measured only at the largest size. */
function isOfUsers({ round, group }: Line): boolean {
  return round !== undefined && group === undefined
}

async function openPeers(
  stand: Stand,
  { plan, say }: Task,
  gaps: Map<string, NotRun>,
): Promise<LoadTarget[]> {
  const names = Object.keys(PEERS) as Peer[]
  try {
    if (!plan.peers) throw new NotRun('peers were not asked for', { chosen: true })
    say('installing the peers, where they are not yet')
    await installPeers()
  } catch (error) {
    if (!(error instanceof NotRun)) throw error
    if (!error.chosen) say(error.message)
    for (const name of names) gaps.set(name, error)
    return []
  }
  const started: LoadTarget[] = []
  for (const name of names) {
    try {
      started.push(scimTarget(await startPeer(stand, name), { ...PEERS[name], maxSize: PEER_USERS }))
    } catch (error) {
      const why = new NotRun(`${name} did not start: ${error instanceof Error ? error.message : error}`)
      say(why.message)
      gaps.set(name, why)
    }
  }
  return started
}

async function startPeer(stand: Stand, name: Peer): Promise<Target> {
  const answer = join(stand.folder, `${name}.json`)
  await stand.create(name)
  const settings = { PORT: String(await freePort()), DB_URL: stand.url(name), BENCH_ANSWER: answer }
  return ready(stand.keep(startServer(`peers/${name}.ts`, settings)), answer)
}

async function openPgbenchIfAsked(
  stand: Stand,
  { plan, say }: Task,
  gaps: Map<string, NotRun>,
): Promise<Pgbench | undefined> {
  try {
    if (!plan.pgbench) throw new NotRun('pgbench was not asked for', { chosen: true })
    return await openPgbench(stand, largest(plan.sizes))
  } catch (error) {
    if (!(error instanceof NotRun)) throw error
    if (!error.chosen) say(error.message)
    for (const name of ['pgbench', 'pgbench-get', 'pgbench-create']) gaps.set(name, error)
    return undefined
  }
}
