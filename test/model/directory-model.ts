// What the directories of two identity providers must hold after each request, kept in memory. Pure.

export interface UserModel {
  readonly id: string
  userName: string
  externalId?: string | undefined
  title?: string | undefined
  nickName?: string | undefined
  active: boolean
}

export interface GroupModel {
  readonly id: string
  displayName: string
  members: Set<string>
}

/** One identity provider's directory. */
export interface DirectoryModel {
  readonly users: Map<string, UserModel>
  readonly groups: Map<string, GroupModel>
  /** Successful events by object: `create`, `update`, … in their order. */
  readonly events: Map<string, string[]>
  /** Every version that a resource has had, the newest last. */
  readonly versions: Map<string, string[]>
  /** Through which process the last create or delete came. */
  wroteBy: number
  readonly uniqueExternalIds: boolean
}

/** The version of a group that lost a member without being asked for: nobody has looked yet. */
export const UNSEEN = 'unseen'

export function emptyDirectory(uniqueExternalIds: boolean): DirectoryModel {
  const maps = { users: new Map(), groups: new Map(), events: new Map(), versions: new Map() }
  return { ...maps, wroteBy: 0, uniqueExternalIds }
}

export function isTaken(
  { users, uniqueExternalIds }: DirectoryModel,
  wanted: Partial<UserModel>,
  by?: string,
): boolean {
  return [...users.values()].some(
    ({ id, userName, externalId }) =>
      id !== by &&
      (userName.toLowerCase() === wanted.userName?.toLowerCase() ||
        (uniqueExternalIds && externalId !== undefined && externalId === wanted.externalId)),
  )
}

export function isNameTaken({ groups }: DirectoryModel, displayName: string, by?: string): boolean {
  return [...groups.values()].some(
    (group) => group.id !== by && group.displayName.toLowerCase() === displayName.toLowerCase(),
  )
}

export function tell(directory: DirectoryModel, id: string, action: string): void {
  directory.events.set(id, [...(directory.events.get(id) ?? []), action])
}

export function exists({ users, groups }: DirectoryModel, id: string): boolean {
  return users.has(id) || groups.has(id)
}

/** Takes a user or group away, and out of every group. */
export function forget(directory: DirectoryModel, id: string): void {
  directory.users.delete(id)
  directory.groups.delete(id)
  for (const group of directory.groups.values()) {
    if (group.members.delete(id))
      directory.versions.set(group.id, [...(directory.versions.get(group.id) ?? []), UNSEEN])
  }
  tell(directory, id, 'delete')
}

/** @returns whether the group changed */
export function moveMembers(group: GroupModel, add: Iterable<string>, remove: Iterable<string>): boolean {
  const before = [...group.members].sort().join()
  for (const id of remove) group.members.delete(id)
  for (const id of add) group.members.add(id)
  return [...group.members].sort().join() !== before
}

/** Those that it is in, and those that hold one of them, to any depth. */
export function groupsOf(
  { groups }: DirectoryModel,
  member: string,
): { readonly direct: Set<string>; readonly all: string[] } {
  const holders = (id: string) =>
    [...groups.values()].filter(({ members }) => members.has(id)).map((g) => g.id)
  const direct = new Set(holders(member))
  const all = new Set(direct)
  for (const id of all) for (const holder of holders(id)) all.add(holder)
  return { direct, all: [...all].sort() }
}
