// The requests of the model test: each knows what the service must answer, and what it must make of the directory.
import fc from 'fast-check'
import { expect } from 'vitest'
import {
  type DirectoryModel,
  exists,
  forget,
  type GroupModel,
  isNameTaken,
  isTaken,
  moveMembers,
  tell,
  UNSEEN,
  type UserModel,
} from './directory-model.ts'
import { patchOp } from './group-race.ts'
import type { Provider, Reply } from './two-processes.ts'

export type Model = readonly [DirectoryModel, DirectoryModel]
export type Real = readonly [Provider, Provider]

interface Place {
  readonly node: number
  readonly directory: DirectoryModel
  send(method: string, path: string, body?: object): Promise<Reply>
}

type Command = fc.AsyncCommand<Model, Real>

const USER = { schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'] }
const GROUP = { schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'] }
const NOBODY = '01890000-0000-7000-8000-000000000000'

const way = fc.record({
  provider: fc.constantFrom(0 as const, 1 as const),
  node: fc.constantFrom(0 as const, 1 as const),
})
const pick = fc.nat({ max: 7 })
const picks = fc.array(pick, { maxLength: 3 })
const attributes = fc.record(
  {
    externalId: fc.constantFrom('x1', 'x2', 'x3'),
    title: fc.constantFrom('Countess', 'Admiral'),
    nickName: fc.constantFrom('a', 'b'),
    active: fc.boolean(),
  },
  { requiredKeys: [] },
)
const userName = fc.constantFrom('ada', 'bob', 'Ada', 'cleo', 'dan')
const displayName = fc.constantFrom('red', 'green', 'RED', 'blue')

function command<Given>(
  name: string,
  given: fc.Arbitrary<Given>,
  run: (place: Place, given: Given) => Promise<void>,
): fc.Arbitrary<Command> {
  return fc.tuple(way, given).map(([{ provider, node }, what]) => ({
    check: () => true,
    toString: () => `${name}(${fc.stringify(what)} at ${provider} by ${node})`,
    run(model, real) {
      const directory = model[provider]
      const send: Place['send'] = (method, ...rest) => {
        if (method === 'POST' || method === 'DELETE') directory.wroteBy = node
        return real[provider].send(node, method, ...rest)
      }
      return run({ node, directory, send }, what)
    },
  }))
}

/** The id that a number stands for: one of those there are, or of nobody. */
function idOf(known: ReadonlyMap<string, unknown>, number: number): string {
  return [...known.keys()][number % (known.size + 1)] ?? NOBODY
}

function anyIds({ users, groups }: DirectoryModel, numbers: readonly number[]): string[] {
  const known = new Map<string, unknown>([...users, ...groups])
  return [...new Set(numbers.map((number) => idOf(known, number)))]
}

function members(ids: Iterable<string>): object[] {
  return [...ids].map((value) => ({ value }))
}

/** What an answer shows of a user, in one order. */
function userShown({ id, userName, externalId, title, nickName, active }: UserModel): object {
  return JSON.parse(JSON.stringify({ ...USER, id, userName, externalId, title, nickName, active }))
}

/** The version after a request: a new one when something changed, the same one otherwise. */
async function seeVersion(
  { directory, send }: Place,
  path: string,
  id: string,
  changed: boolean,
): Promise<void> {
  const { status, etag } = await send('GET', `${path}/${id}?attributes=id`)
  expect(status).toBe(200)
  const versions = directory.versions.get(id) ?? []
  if (changed) expect(versions).not.toContain(etag)
  else if (versions.at(-1) !== UNSEEN) expect(etag).toBe(versions.at(-1))
  if (etag !== versions.at(-1)) directory.versions.set(id, [...versions, etag ?? ''])
}

async function changedUser(place: Place, reply: Reply, id: string, after: UserModel): Promise<void> {
  const { directory } = place
  const before = directory.users.get(id)
  if (!before) return void expect(reply.status).toBe(404)
  if (isTaken(directory, after, id)) return void expect(reply.status).toBe(409)
  expect(reply).toMatchObject({ status: 200, json: userShown(after) })
  const changed = JSON.stringify(userShown(before)) !== JSON.stringify(userShown(after))
  directory.users.set(id, after)
  if (changed) tell(directory, id, 'update')
  await seeVersion(place, '/Users', id, changed)
}

async function changedGroup(
  place: Place,
  reply: Reply,
  id: string,
  change: { add: readonly string[]; remove: Iterable<string>; displayName?: string },
): Promise<void> {
  const { directory } = place
  const group = directory.groups.get(id)
  if (!group) return void expect(reply.status).toBe(404)
  const name = change.displayName ?? group.displayName
  if (isNameTaken(directory, name, id)) return void expect(reply.status).toBe(409)
  if (!change.add.every((member) => exists(directory, member))) return void expect(reply.status).toBe(400)
  expect([200, 204]).toContain(reply.status)
  const moved = moveMembers(group, change.add, [...change.remove])
  const changed = moved || name !== group.displayName
  group.displayName = name
  if (changed) tell(directory, id, 'update')
  await seeVersion(place, '/Groups', id, changed)
}

const createUser = command('createUser', fc.tuple(userName, attributes), async (place, [name, given]) => {
  const { directory, send } = place
  const wanted = { userName: name, ...given }
  const reply = await send('POST', '/Users', { ...USER, ...wanted })
  if (isTaken(directory, wanted))
    return void expect(reply).toMatchObject({ status: 409, json: { scimType: 'uniqueness' } })
  const { id } = reply.json
  const user = { id, active: true, ...wanted }
  expect(reply).toMatchObject({ status: 201, json: userShown(user) })
  directory.users.set(id, user)
  tell(directory, id, 'create')
  await seeVersion(place, '/Users', id, true)
})

const replaceUser = command(
  'replaceUser',
  fc.tuple(pick, userName, attributes),
  async (place, [at, name, given]) => {
    const id = idOf(place.directory.users, at)
    const reply = await place.send('PUT', `/Users/${id}`, { ...USER, userName: name, ...given })
    const active = place.directory.users.get(id)?.active ?? true
    await changedUser(place, reply, id, { id, active, userName: name, ...given })
  },
)

const patchUser = command(
  'patchUser',
  fc.tuple(
    pick,
    fc.oneof(attributes, fc.record({ userName })),
    fc.boolean(),
    fc.subarray(['title', 'nickName', 'active']),
  ),
  async (place, [at, given, pathless, gone]) => {
    const id = idOf(place.directory.users, at)
    const set = Object.entries(given).map(([path, value]) => ({ op: 'replace', path, value }))
    const operations = [
      ...gone.map((path) => ({ op: 'remove', path })),
      ...(pathless ? [{ op: 'replace', value: given }] : set),
    ]
    if (operations.length === 0) return
    const reply = await place.send('PATCH', `/Users/${id}`, patchOp(...operations))
    const before = place.directory.users.get(id)
    // Clearing `active` keeps it.
    const cleared = Object.fromEntries(gone.flatMap((name) => (name === 'active' ? [] : [[name, undefined]])))
    const after = { id, userName: '', active: true, ...before, ...cleared, ...given }
    await changedUser(place, reply, id, after)
  },
)

const deleteUser = command('deleteUser', pick, (place, at) =>
  remove(place, '/Users', idOf(place.directory.users, at)),
)
const deleteGroup = command('deleteGroup', pick, (place, at) =>
  remove(place, '/Groups', idOf(place.directory.groups, at)),
)

async function remove({ directory, send }: Place, path: string, id: string): Promise<void> {
  const there = exists(directory, id)
  expect((await send('DELETE', `${path}/${id}`)).status).toBe(there ? 204 : 404)
  if (there) forget(directory, id)
}

const createGroup = command('createGroup', fc.tuple(displayName, picks), async (place, [name, numbers]) => {
  const { directory, send } = place
  const first = anyIds(directory, numbers)
  const reply = await send('POST', '/Groups', { ...GROUP, displayName: name, members: members(first) })
  if (isNameTaken(directory, name)) return void expect(reply.status).toBe(409)
  if (!first.every((id) => exists(directory, id))) return void expect(reply.status).toBe(400)
  expect(reply.status).toBe(201)
  const group: GroupModel = { id: reply.json.id, displayName: name, members: new Set(first) }
  directory.groups.set(group.id, group)
  tell(directory, group.id, 'create')
  await seeVersion(place, '/Groups', group.id, true)
})

const replaceGroup = command(
  'replaceGroup',
  fc.tuple(pick, displayName, picks),
  async (place, [at, name, numbers]) => {
    const id = idOf(place.directory.groups, at)
    const add = anyIds(place.directory, numbers)
    const body = { ...GROUP, displayName: name, members: members(add) }
    const reply = await place.send('PUT', `/Groups/${id}`, body)
    const all = place.directory.groups.get(id)?.members ?? []
    await changedGroup(place, reply, id, { displayName: name, add, remove: all })
  },
)

const renameGroup = command('renameGroup', fc.tuple(pick, displayName), async (place, [at, name]) => {
  const id = idOf(place.directory.groups, at)
  const reply = await place.send(
    'PATCH',
    `/Groups/${id}`,
    patchOp({ op: 'replace', path: 'displayName', value: name }),
  )
  await changedGroup(place, reply, id, { displayName: name, add: [], remove: [] })
})

const FORMS = ['add', 'remove', 'remove listed', 'replace', 'remove all', 'remove groups', 'swap'] as const

const patchMembers = command(
  'patchMembers',
  fc.tuple(pick, fc.constantFrom(...FORMS), picks),
  async (place, [at, form, numbers]) => {
    const { directory } = place
    const id = idOf(directory.groups, at)
    const named = anyIds(directory, numbers)
    const all = [...(directory.groups.get(id)?.members ?? [])]
    const { operations, add = [], remove: gone = [] } = memberChange(form, named, all, directory)
    if (operations.length === 0) return
    const reply = await place.send('PATCH', `/Groups/${id}`, patchOp(...operations))
    await changedGroup(place, reply, id, { add, remove: gone })
  },
)

interface MemberPlan {
  readonly operations: readonly object[]
  readonly add?: readonly string[]
  readonly remove?: readonly string[]
}

function memberChange(
  form: (typeof FORMS)[number],
  named: readonly string[],
  all: readonly string[],
  { groups }: DirectoryModel,
): MemberPlan {
  const path = 'members'
  const value = members(named)
  const one = (id: string) => ({ op: 'remove', path: `members[value eq "${id}"]` })
  switch (form) {
    case 'add':
      return { operations: [{ op: 'add', path, value }], add: named }
    case 'remove':
      return { operations: named.map(one), remove: named }
    case 'remove listed':
      return { operations: [{ op: 'remove', path, value }], remove: named }
    case 'replace':
      return { operations: [{ op: 'replace', path, value }], add: named, remove: all }
    case 'remove all':
      return { operations: [{ op: 'remove', path }], remove: all }
    case 'remove groups': {
      const nested = all.filter((id) => groups.has(id))
      return { operations: [{ op: 'remove', path: 'members[type eq "Group"]' }], remove: nested }
    }
    case 'swap': {
      const [first = NOBODY, ...rest] = named
      return {
        operations: [one(first), { op: 'add', path, value: members(rest) }],
        add: rest,
        remove: [first],
      }
    }
  }
}

const findUsers = command(
  'findUsers',
  fc.tuple(fc.oneof(userName, fc.constantFrom('x1', 'x2')), fc.boolean()),
  async ({ directory, send }, [text, active]) => {
    const filter = `active eq ${active} and (userName eq "${text}" or externalId eq "${text}")`
    const { json } = await send('GET', `/Users?attributes=userName&filter=${encodeURIComponent(filter)}`)
    const found = [...directory.users.values()].filter(
      (user) =>
        user.active === active &&
        (user.userName.toLowerCase() === text.toLowerCase() || user.externalId === text),
    )
    expect(idsIn(json)).toEqual(found.map(({ id }) => id).sort())
  },
)

const findGroups = command(
  'findGroups',
  fc.tuple(pick, displayName),
  async ({ directory, send }, [at, name]) => {
    const [member = NOBODY] = anyIds(directory, [at])
    const filter = `members[value eq "${member}"] or displayName eq "${name}"`
    const path = `/Groups?excludedAttributes=members&filter=${encodeURIComponent(filter)}`
    const { json } = await send('GET', path)
    const found = [...directory.groups.values()].filter(
      (group) => group.members.has(member) || group.displayName.toLowerCase() === name.toLowerCase(),
    )
    expect(idsIn(json)).toEqual(found.map(({ id }) => id).sort())
  },
)

const countAll = command(
  'countAll',
  fc.constantFrom('users' as const, 'groups' as const),
  async (place, which) => {
    const path = which === 'users' ? '/Users' : '/Groups'
    const { json } = await place.send('GET', `${path}?count=0`)
    // Each process remembers a total for a second, until it creates or deletes something itself.
    if (place.node === place.directory.wroteBy) expect(json.totalResults).toBe(place.directory[which].size)
  },
)

/** What one identity provider has is nothing to the other one. */
const reachAcross: fc.Arbitrary<Command> = fc.tuple(way, pick).map(([{ provider, node }, at]) => ({
  check: () => true,
  toString: () => `reachAcross(${at} from ${provider} by ${node})`,
  async run(model, real) {
    const other = model[provider === 0 ? 1 : 0]
    const [foreign = NOBODY] = anyIds(other, [at])
    const path = `${other.groups.has(foreign) ? '/Groups' : '/Users'}/${foreign}`
    const { send } = real[provider]
    expect((await send(node, 'GET', path)).status).toBe(404)
    expect((await send(node, 'DELETE', path)).status).toBe(404)
    const add = patchOp({ op: 'add', path: 'members', value: [{ value: foreign }] })
    const group = idOf(model[provider].groups, 0)
    const { status } = await send(node, 'PATCH', `/Groups/${group}`, add)
    expect(status).toBe(group === NOBODY ? 404 : 400)
  },
}))

export function idsIn(list: { Resources?: { id: string }[] }): string[] {
  return (list.Resources ?? []).map(({ id }) => id).sort()
}

export const commands = [
  ...[createUser, createUser, createUser, replaceUser, patchUser, patchUser, deleteUser],
  ...[
    createGroup,
    createGroup,
    replaceGroup,
    renameGroup,
    patchMembers,
    patchMembers,
    patchMembers,
    deleteGroup,
  ],
  ...[findUsers, findGroups, countAll, reachAcross],
]
