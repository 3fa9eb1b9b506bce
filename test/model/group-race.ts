// Two groups and a few users under many writers at once: what each request asks, and what it does when it is alone.
// People and groups have short names here (u0, u1, G, H); requests carry their ids.
import fc from 'fast-check'
import type { Step } from './serial-order.ts'

export const USERS = ['u0', 'u1', 'u2'] as const
export const GROUPS = ['G', 'H'] as const
type Group = (typeof GROUPS)[number]

export interface World {
  /** Whether two groups of one name are refused. */
  readonly uniqueNames: boolean
  readonly users: readonly string[]
  readonly groups: Readonly<Record<string, { readonly name: string; readonly members: readonly string[] }>>
}

export type Act =
  | { kind: 'add' | 'take' | 'set' | 'replace'; group: Group; members: string[] }
  | { kind: 'swap'; group: Group; in: string; out: string }
  | { kind: 'clear' | 'read' | 'drop'; group: Group }
  | { kind: 'rename'; group: Group; name: string; members: string[] }
  | { kind: 'put'; group: Group; name: string; members: string[] }
  | { kind: 'leave'; user: string }

const group = fc.constantFrom(...GROUPS)
const anyone = fc.constantFrom<string>(...USERS, ...GROUPS)
const some = fc.subarray<string>([...USERS, ...GROUPS], { minLength: 1, maxLength: 3 })
const name = fc.constantFrom('red', 'green', 'blue')
const members = { group, members: some }

/** One request. Deletes are rare: after them there is little left to race for. */
export const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('add' as const), ...members }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constantFrom('take' as const, 'set' as const), ...members }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('replace' as const), ...members }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('swap' as const), group, in: anyone, out: anyone }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('clear' as const, 'read' as const), group }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('rename' as const), name, ...members }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('put' as const), name, ...members }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('drop' as const), group }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('leave' as const), user: fc.constantFrom<string>(...USERS) }),
  },
)

export interface Request {
  readonly method: string
  readonly path: string
  readonly body?: object
}

const GROUP_SCHEMA = 'urn:ietf:params:scim:schemas:core:2.0:Group'

export function patchOp(...Operations: object[]): object {
  return { schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations }
}

/** @param id the id behind a short name */
export function requestOf(act: Act, id: (name: string) => string): Request {
  if (act.kind === 'leave') return { method: 'DELETE', path: `/Users/${id(act.user)}` }
  const path = `/Groups/${id(act.group)}`
  const refs = (names: readonly string[]) => names.map((each) => ({ value: id(each) }))
  const add = (names: readonly string[]) => ({ op: 'add', path: 'members', value: refs(names) })
  const remove = (one: string) => ({ op: 'remove', path: `members[value eq "${id(one)}"]` })
  const patch = (...operations: object[]) => ({ method: 'PATCH', path, body: patchOp(...operations) })
  switch (act.kind) {
    case 'read':
      return { method: 'GET', path }
    case 'drop':
      return { method: 'DELETE', path }
    case 'add':
      return patch(add(act.members))
    case 'take':
      return patch(...act.members.map(remove))
    case 'set':
      return patch({ op: 'remove', path: 'members', value: refs(act.members) })
    case 'replace':
      return patch({ op: 'replace', path: 'members', value: refs(act.members) })
    case 'clear':
      return patch({ op: 'remove', path: 'members' })
    case 'swap':
      return patch(remove(act.out), add([act.in]))
    case 'rename':
      return patch({ op: 'replace', path: 'displayName', value: act.name }, add(act.members))
    case 'put':
      return {
        method: 'PUT',
        path,
        body: { schemas: [GROUP_SCHEMA], displayName: act.name, members: refs(act.members) },
      }
  }
}

/** What the request does to the world when nobody else is at it. */
export function perform(act: Act, world: World): Step<World> {
  if (act.kind === 'leave') return leave(world, act.user)
  const target = world.groups[act.group]
  if (!target) return { state: world, answer: '404', event: undefined }
  switch (act.kind) {
    case 'read':
      return { state: world, answer: shown(target.name, target.members), event: undefined }
    case 'drop':
      return drop(world, act.group)
    case 'add':
      return change(world, act.group, { add: act.members }, '204')
    case 'take':
    case 'set':
      return change(world, act.group, { remove: act.members }, '204')
    case 'clear':
      return change(world, act.group, { remove: target.members }, '204')
    case 'swap':
      return change(world, act.group, { add: [act.in], remove: [act.out] }, '204')
    case 'rename':
      return change(world, act.group, { name: act.name, add: act.members }, '204')
    case 'replace':
    case 'put': {
      const named = act.kind === 'put' ? { name: act.name } : {}
      const answer = act.kind === 'put' ? '200' : '204'
      return change(world, act.group, { ...named, remove: target.members, add: act.members }, answer)
    }
  }
}

/** What a GET of a group answers. */
export function shown(name: string, members: readonly string[]): string {
  return `200 ${name}: ${[...members].sort().join()}`
}

/** What the log tells of a changed group. */
export function changedGroup(
  group: string,
  name: string,
  added: readonly string[],
  removed: readonly string[],
) {
  return `update ${group} ${name} +${[...added].sort().join()} -${[...removed].sort().join()}`
}

interface Change {
  readonly name?: string
  readonly add?: readonly string[]
  readonly remove?: readonly string[]
}

function change(
  world: World,
  group: Group,
  { name, add = [], remove = [] }: Change,
  answer: string,
): Step<World> {
  const before = world.groups[group]
  if (!before) throw new Error(`there is no ${group}`)
  const there = (one: string) => world.users.includes(one) || one in world.groups
  const others = Object.entries(world.groups).filter(([other]) => other !== group)
  if (world.uniqueNames && others.some(([, other]) => other.name === name))
    return { state: world, answer: '409', event: undefined }
  if (!add.every(there)) return { state: world, answer: '400', event: undefined }
  const added = add.filter((one) => !before.members.includes(one))
  const removed = remove.filter((one) => before.members.includes(one) && !add.includes(one))
  const renamed = name !== undefined && name !== before.name
  if (added.length + removed.length === 0 && !renamed) return { state: world, answer, event: undefined }
  const members = [...before.members.filter((one) => !removed.includes(one)), ...added].sort()
  const after = { name: name ?? before.name, members }
  return {
    state: { ...world, groups: { ...world.groups, [group]: after } },
    answer,
    event: changedGroup(group, renamed ? after.name : '', added, removed),
  }
}

function without(groups: World['groups'], gone: string): World['groups'] {
  const others = Object.entries(groups).filter(([name]) => name !== gone)
  return Object.fromEntries(
    others.map(([name, { members, ...rest }]) => [
      name,
      { ...rest, members: members.filter((one) => one !== gone) },
    ]),
  )
}

function leave(world: World, user: string): Step<World> {
  if (!world.users.includes(user)) return { state: world, answer: '404', event: undefined }
  const users = world.users.filter((one) => one !== user)
  return {
    state: { ...world, users, groups: without(world.groups, user) },
    answer: '204',
    event: `delete ${user}`,
  }
}

function drop(world: World, group: Group): Step<World> {
  return {
    state: { ...world, groups: without(world.groups, group) },
    answer: '204',
    event: `delete ${group}`,
  }
}

/** Equal worlds have equal keys. */
export function worldKey({ users, groups }: World): string {
  const shapes = Object.entries(groups).map(([name, each]) => `${name} ${shown(each.name, each.members)}`)
  return [[...users].sort().join(), ...shapes.sort()].join(' | ')
}
