// Users, groups, memberships and profiles of every identity provider. This folder owns their tables, the SQL for SCIM
// filters and lists, and what administrators do to users. It knows neither HTTP nor how users sign in. SCIM and
// portal routes, src/sign-in, src/access, the command line and the jobs call it. Start with this file: nearly every
// function that writes takes a Provisioner. Then read users/users.ts and groups/groups.ts.

import type { AuditContext } from '#audit/record.ts'
import type { Database, Scope } from '#platform/database/database.ts'
import type { CompiledMapping } from './profiles/mapping.ts'
import type { NewUser, Stamps, UserUpdate } from './users/user-types.ts'

/**
 * An identity provider that reads and writes its part of the directory. Every statement names the tenant *and* the
 * identity provider, so it can't reach data of another one.
 */
export interface Provisioner {
  readonly db: Database
  readonly scope: Scope
  readonly tenantId: string
  readonly idpId: string
  readonly auditContext: AuditContext
  readonly mapping: CompiledMapping
  readonly uniqueGroupNames: boolean
  /** No two groups may have the same externalId. */
  readonly uniqueExternalIds: boolean
  /** The same for users. Also true if sign-in finds users by externalId. */
  readonly uniqueUserExternalIds: boolean
  /** Writes users and members together with those of other requests. If absent, each is written alone. */
  readonly together?: { readonly users: UserWrites; readonly members: MemberMoves }
  /** Absolute URL of the SCIM endpoint, without a trailing slash. */
  readonly base: string
}

/** Both return undefined if nothing was written, because a name is taken or the user has another version. */
export interface UserWrites {
  create(at: Provisioner, user: NewUser): Promise<Stamps | undefined>
  update(at: Provisioner, user: UserUpdate): Promise<Stamps | undefined>
}

/** A member to add or to remove. */
export interface MemberMove {
  /** Its scope holds the group's lock. */
  readonly at: Provisioner
  readonly groupId: string
  readonly memberId: string
  readonly kind: 'add' | 'remove'
}

export interface MemberMoves {
  /**
   * Returns whether the member was moved. If it was there or gone already, or isn't a user, nothing is written, and
   * the caller finds out why.
   */
  move(move: MemberMove): Promise<boolean>
}

/**
 * Returns the key by which requests are grouped: requests with the same key differ only in what their audit events
 * say about the request.
 */
export function senderOf({ tenantId, scope, auditContext }: Provisioner): string {
  return `${tenantId} ${scope.idp?.id} ${scope.idp?.epoch} ${auditContext.actor.id}`
}
