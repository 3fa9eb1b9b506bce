// Who may be whom, in memory: the users that provisioning and sign-ins have made, their names of today, and the identifiers
// that are linked to them.
import { isSameName } from '#protocol/scim/values/same-name.ts'
import { userNameKey } from '#protocol/scim/values/user-name.ts'
import type { Kind, Someone } from '../sign-in/identity/kinds.ts'

export interface ModelUser {
  name: string
  provisioned: boolean
}

export interface IdentityModel {
  readonly isSelfService: boolean
  readonly users: Map<string, ModelUser>
  /** By identifier: the id of the user. */
  readonly links: Map<string, string>
  /** What each person is called at the identity provider. */
  readonly names: Map<string, string>
}

export function emptyModel(isSelfService: boolean): IdentityModel {
  return { isSelfService, users: new Map(), links: new Map(), names: new Map() }
}

/** The user who has this name, or one that looks like it: of the two there is one. */
export function holderOf({ users }: IdentityModel, name: string): string | undefined {
  return [...users].find(([, user]) => userNameKey(user.name) === userNameKey(name))?.[0]
}

/** Whether a link, or the name of today, says that this person is that user. */
export function identifies(model: IdentityModel, kind: Kind, { id, name }: Someone, user: string): boolean {
  const isLinked = kind.stable && model.links.get(id) === user
  return isLinked || isSameName(model.users.get(user)?.name ?? '', name)
}

/** What a sign-in has to come to: the id of a user, `joins`, or why it is refused. */
export function expected(model: IdentityModel, kind: Kind, { id, name }: Someone): string {
  const { users, links } = model
  const linked = kind.stable ? links.get(id) : undefined
  const holder = holderOf(model, name)
  const user = holder === undefined ? undefined : users.get(holder)
  const isSame = user !== undefined && isSameName(user.name, name)
  const holderIsLinked = [...links.values()].includes(holder ?? '')
  if (linked !== undefined) {
    const isConflict = isSame && holder !== linked && (user.provisioned || !holderIsLinked)
    return isConflict ? 'names-another-user' : linked
  }
  if (holder === undefined) return model.isSelfService ? 'joins' : 'not-on-the-list'
  if (!isSame) return 'look-alike'
  return kind.stable && holderIsLinked ? 'linked-to-another' : holder
}

/**
 * Whether the two are found to be one user, whose email address each of them changes to their own: only one can be right. The
 * later arrival ends the sign-in of the earlier one, since a sign-in ends with the address that it began with (decision 0020).
 * Of our kinds only OpenID Connect sends addresses, and those of provisioned users aren't changed by a sign-in.
 */
export function replaceEachOther(model: IdentityModel, kind: Kind, one: Someone, other: Someone): boolean {
  const user = expected(model, kind, one)
  const isSameUser = user === expected(model, kind, other) && model.users.get(user)?.provisioned === false
  return isSameUser && one.id !== other.id && kind.format === undefined
}

/** What a sign-in of this person as that user leaves behind. */
export function signedIn(model: IdentityModel, kind: Kind, { id, name }: Someone, user: string): void {
  const known = model.users.get(user)
  if (!known) model.users.set(user, { name, provisioned: false })
  else if (kind.stable && !known.provisioned && isRenamed(model, user, name)) known.name = name
  if (kind.stable) model.links.set(id, user)
}

/** A look-alike of the own name is another name, and nobody else can have it; the own name in another case is not. */
function isRenamed(model: IdentityModel, user: string, name: string): boolean {
  const holder = holderOf(model, name)
  if (holder === undefined) return true
  return holder === user && !isSameName(model.users.get(user)?.name ?? '', name)
}

export function unlink({ links }: IdentityModel, user: string): void {
  for (const [identifier, linked] of links) if (linked === user) links.delete(identifier)
}
