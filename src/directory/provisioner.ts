import type { AuditContext } from '#audit/record.ts'
import type { Database, Scope } from '#platform/database/database.ts'
import type { MemberMoves } from './groups/one-member.ts'
import type { CompiledMapping } from './profiles/mapping.ts'
import type { UserWrites } from './users/user-writes.ts'

/**
 * One identity provider at work on its part of the directory. Everything in it is named by tenant *and* identity
 * provider, so nothing of another one is ever in reach.
 */
export interface Provisioner {
  readonly db: Database
  readonly scope: Scope
  readonly tenantId: string
  readonly idpId: string
  readonly auditContext: AuditContext
  readonly mapping: CompiledMapping
  readonly uniqueGroupNames: boolean
  /** Whether no two groups may have the same externalId. */
  readonly uniqueExternalIds: boolean
  /** The same for users; also true where sign-in finds users by their externalId. */
  readonly uniqueUserExternalIds: boolean
  /** How users and members are written together with those of other requests; each by itself where there is none. */
  readonly together?: { readonly users: UserWrites; readonly members: MemberMoves }
  /** Absolute URL of the SCIM endpoint, without a trailing slash. */
  readonly base: string
}

/** Requests of one sender differ in nothing but what their events say of the request. */
export function senderOf({ tenantId, scope, auditContext }: Provisioner): string {
  return `${tenantId} ${scope.idp?.id} ${scope.idp?.epoch} ${auditContext.actor.id}`
}
