// Parallel writers on two groups that may hold each other, through two processes. Whatever they do, some serial order of
// the requests explains every answer, every event and what is left. @see RFC 7644 §3.5.2
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { SYSTEM } from '#platform/database/database.ts'
import { sql } from '#platform/database/sql.ts'
import { type LoggedChange, loggedChanges, strayMemberships } from './directory-rows.ts'
import {
  type Act,
  act,
  changedGroup,
  GROUPS,
  patchOp,
  perform,
  requestOf,
  shown,
  USERS,
  type World,
  worldKey,
} from './group-race.ts'
import { type Observed, type Outcome, serialOrder } from './serial-order.ts'
import { type Node, openPair, type Provider, type Reply } from './two-processes.ts'

const pair = await openPair()
afterAll(() => pair.close())

/** Short names and ids, both ways. */
interface Names {
  id(name: string): string
  name(id: string): string
}

interface Scene {
  readonly provider: Provider
  readonly names: Names
  readonly start: World
}

const GROUP = { schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'] }
const USER = { schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'] }

interface SceneWish {
  readonly members?: Record<string, readonly string[]>
  readonly uniqueNames?: boolean
}

async function openScene({ members = {}, uniqueNames = false }: SceneWish): Promise<Scene> {
  const provider = await pair.provider('race')
  if (!uniqueNames)
    await pair.house.db.run(
      SYSTEM,
      sql`update identity_provider set unique_group_names = false where id = ${provider.idp.id}`,
    )
  const ids = new Map<string, string>()
  const make = async (name: string, path: string, body: object) =>
    ids.set(name, (await provider.send(0, 'POST', path, body)).json.id)
  await Promise.all([
    ...USERS.map((name) => make(name, '/Users', { ...USER, userName: name })),
    ...GROUPS.map((name) => make(name, '/Groups', { ...GROUP, displayName: name })),
  ])
  const back = new Map([...ids].map(([name, id]) => [id, name]))
  const names: Names = { id: (name) => ids.get(name) ?? '', name: (id) => back.get(id) ?? `stranger ${id}` }
  const start: World = {
    uniqueNames,
    users: [...USERS],
    groups: Object.fromEntries(
      GROUPS.map((name) => [name, { name, members: [...(members[name] ?? [])].sort() }]),
    ),
  }
  for (const group of GROUPS) {
    const request = requestOf({ kind: 'add', group, members: [...(members[group] ?? [])] }, names.id)
    if (members[group]?.length) await provider.send(0, request.method, request.path, request.body)
  }
  return { provider, names, start }
}

async function observe({ provider, names }: Scene, acts: readonly Act[]): Promise<Observed<World>[]> {
  return Promise.all(
    acts.map(async (each, place) => {
      const { method, path, body } = requestOf(each, names.id)
      const started = performance.now()
      const reply = await provider.send((place % 2) as Node, method, path, body)
      const answer = each.kind === 'read' && reply.status === 200 ? shownIn(reply, names) : `${reply.status}`
      const name = `${place} ${JSON.stringify(each)} → ${answer}`
      const unheard = goneBeforeTheAnswer(each, acts, answer)
      return {
        name,
        asks: JSON.stringify(each),
        started,
        ended: performance.now(),
        answer,
        inert: each.kind === 'read' || (reply.status >= 400 && !unheard),
        apply: unheard ? performUnheard(each) : (world: World) => perform(each, world),
      }
    }),
  )
}

/** What a PUT answers is read after it: a group that was deleted in between is answered as not found. */
function goneBeforeTheAnswer(one: Act, all: readonly Act[], answer: string): boolean {
  return (
    one.kind === 'put' &&
    answer === '404' &&
    all.some((other) => other.kind === 'drop' && other.group === one.group)
  )
}

function performUnheard(one: Act): Observed<World>['apply'] {
  return (world) => {
    const step = perform(one, world)
    return step.answer === '200' ? { ...step, answer: '404' } : step
  }
}

interface GroupJson {
  readonly id: string
  readonly displayName: string
  readonly members?: readonly { readonly value: string }[]
}

function membersIn(group: GroupJson, names: Names): string[] {
  return (group.members ?? []).map(({ value }) => names.name(value)).sort()
}

function shownIn({ json }: Reply, names: Names): string {
  return shown(json.displayName, membersIn(json, names))
}

/** The directory as a client reads it, through the process that `node` names. */
async function look(scene: Scene, node: Node): Promise<World> {
  const { provider, names } = scene
  const users = await provider.send(node, 'GET', '/Users')
  const groups = await provider.send(node, 'GET', '/Groups')
  const found: GroupJson[] = groups.json.Resources
  return {
    uniqueNames: scene.start.uniqueNames,
    users: users.json.Resources.map(({ id }: { id: string }) => names.name(id)),
    groups: Object.fromEntries(
      found.map((group) => [
        names.name(group.id),
        { name: group.displayName, members: membersIn(group, names) },
      ]),
    ),
  }
}

function told({ action, objectId, change }: LoggedChange, names: Names): string {
  const subject = names.name(objectId)
  if (action !== 'update') return `${action} ${subject}`
  const ids = (value: unknown) => (Array.isArray(value) ? value.map(names.name) : [])
  const { before = {}, after = {} } = change
  return changedGroup(subject, String(after.displayName ?? ''), ids(after.members), ids(before.members))
}

interface Part {
  readonly observed: readonly Observed<World>[]
  readonly outcome: Outcome<World>
}

/** What happens to one group is no matter to the other, unless something is deleted or a name is taken. */
function parts(acts: readonly Act[], observed: readonly Observed<World>[], outcome: Outcome<World>): Part[] {
  const together = outcome.start.uniqueNames || acts.some(({ kind }) => kind === 'leave' || kind === 'drop')
  if (together) return [{ observed, outcome }]
  return GROUPS.map((name) => ({
    observed: observed.filter((_, place) => groupOf(acts[place]) === name),
    outcome: {
      ...outcome,
      events: outcome.events.filter((event) => event.startsWith(`update ${name} `)),
      key: ({ groups }) => shown(groups[name]?.name ?? '', groups[name]?.members ?? []),
    },
  }))
}

function groupOf(one: Act | undefined): string | undefined {
  return one && 'group' in one ? one.group : undefined
}

const RACES_AT_MOST = 3

/** Races until it can be told what happened: seldom there are too many ways to go, and then another race is run. */
async function race(wish: SceneWish, acts: readonly Act[]): Promise<void> {
  for (let races = 0; races < RACES_AT_MOST; races++)
    if (await isExplained(await openScene(wish), acts)) return
  fc.pre(false)
}

/** Sends all at once and looks for the order that explains what happened. @returns false: who knows */
async function isExplained(scene: Scene, acts: readonly Act[]): Promise<boolean> {
  const earlier = (await loggedChanges(pair.house.db, scene.provider.idp.id)).length
  const observed = await observe(scene, acts)
  const log = await loggedChanges(pair.house.db, scene.provider.idp.id)
  const events = log.slice(earlier).map((event) => told(event, scene.names))
  const end = await look(scene, 0)
  const account = [
    ...observed.map(({ name }) => name),
    '',
    ...events,
    '',
    worldKey(scene.start),
    worldKey(end),
  ]
  expect(observed.filter(({ answer }) => answer.startsWith('5')).map(({ name }) => name)).toEqual([])
  for (const part of parts(acts, observed, { start: scene.start, end, events, key: worldKey })) {
    const order = serialOrder(part.observed, part.outcome)
    if (order === 'gave up') return false
    expect(order, `no serial order explains\n${account.join('\n')}`).not.toBe('none')
  }
  expect(worldKey(await look(scene, 1))).toBe(worldKey(end))
  expect(await strayMemberships(pair.house.db)).toEqual([])
  return true
}

test('any 20 requests at once on two groups are explained by one serial order', {
  timeout: 60_000,
}, async () => {
  const start = fc.record({
    G: fc.subarray(['u0', 'u1', 'H']),
    H: fc.subarray(['u1', 'u2', 'G']),
  })
  await fc.assert(
    fc.asyncProperty(start, fc.array(act, { minLength: 20, maxLength: 20 }), async (members, acts) =>
      race({ members }, acts),
    ),
    { numRuns: Number(process.env.MODEL_RUNS ?? 12), endOnFailure: true },
  )
})

test('20 writers that add different members to one group are all kept', async () => {
  const scene = await openScene({})
  const crowd = await Promise.all(
    Array.from({ length: 20 }, async (_, place) => {
      const user = await scene.provider.send((place % 2) as Node, 'POST', '/Users', {
        ...USER,
        userName: `crowd ${place}`,
      })
      return String(user.json.id)
    }),
  )
  const path = `/Groups/${scene.names.id('G')}`
  const replies = await Promise.all(
    crowd.map((value, place) =>
      scene.provider.send(
        (place % 2) as Node,
        'PATCH',
        path,
        patchOp({ op: 'add', path: 'members', value: [{ value }] }),
      ),
    ),
  )
  expect(replies.map(({ status }) => status)).toEqual(crowd.map(() => 204))
  const { json } = await scene.provider.send(1, 'GET', path)
  expect(json.members.map(({ value }: { value: string }) => value).sort()).toEqual([...crowd].sort())
  expect(await loggedChanges(pair.house.db, scene.provider.idp.id)).toHaveLength(5 + 20 + 20)
})

test('of 24 replacements of all members at once, the last one wins whole', async () => {
  const acts = Array.from({ length: 24 }, (_, place): Act => {
    const members = [USERS[place % 3] ?? 'u0', 'H']
    return place % 2
      ? { kind: 'replace', group: 'G', members }
      : { kind: 'put', group: 'G', name: 'red', members }
  })
  await race({ members: { G: ['u0', 'u1', 'u2'] } }, acts)
})

async function raceCircle(uniqueNames: boolean, doomed: readonly ('G' | 'H')[]): Promise<void> {
  const acts = Array.from({ length: 24 - doomed.length }, (_, place): Act => {
    const [group, other] = place % 2 ? (['G', 'H'] as const) : (['H', 'G'] as const)
    const name = `${group} ${place % 4 < 2 ? 'red' : 'blue'}`
    return { kind: place % 3 ? 'put' : 'rename', group, name, members: [other, 'u1'] }
  })
  const drops = doomed.map((group): Act => ({ kind: 'drop', group }))
  const members = { G: ['H', 'u0'], H: ['G', 'u0'] }
  await race({ members, uniqueNames }, [...acts.slice(0, 12), ...drops, ...acts.slice(12)])
}

test('groups that hold each other can be replaced, renamed and deleted by 24 writers at once', async () => {
  for (const doomed of [[], ['G'], ['G', 'H']] as const) await raceCircle(false, doomed)
})

test('the same where names of groups are unique', async () => {
  for (const doomed of [[], ['G'], ['G', 'H']] as const) await raceCircle(true, doomed)
})

test('members that are deleted while 20 writers add them are in no group', async () => {
  const adds = Array.from({ length: 18 }, (_, place): Act => {
    const group = place % 2 ? 'G' : 'H'
    return { kind: place % 6 ? 'add' : 'put', group, name: group, members: [USERS[place % 3] ?? 'u0'] }
  })
  const leaves = USERS.map((user): Act => ({ kind: 'leave', user }))
  await race({ members: { H: ['u0', 'u1', 'u2'] } }, [...adds.slice(0, 9), ...leaves, ...adds.slice(9)])
})

test('every request sent twice, shuffled, has one effect and one event', { timeout: 60_000 }, async () => {
  const order = fc.shuffledSubarray([...Array(24).keys()], { minLength: 24 })
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 12, maxLength: 12 }), order, async (acts, places) =>
      race(
        { members: { G: ['u0', 'H'], H: ['G'] } },
        places.map((place) => acts[place % 12] ?? { kind: 'clear', group: 'G' }),
      ),
    ),
    { numRuns: Number(process.env.MODEL_RUNS ?? 6), endOnFailure: true },
  )
})
