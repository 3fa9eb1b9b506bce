// Many users at once, for bulk requests: one statement creates or deletes as many as it is given, each with its own
// event. What such a statement leaves out is for users.ts to decide, one by one.
import { auditedEach, type Fact } from '#audit/record.ts'
import { prepared, sql } from '#platform/database/sql.ts'
import type { Resource } from '#protocol/scim/values/resource.ts'
import type { Provisioner } from '../provisioner.ts'
import { isUuid } from '../uuid.ts'
import { KEEP_DELETED, KEPT_COLUMNS } from './deleted-users.ts'
import { newUser } from './user-statements.ts'
import { createEach } from './user-writes.ts'

export interface CreatedUser {
  readonly id: string
  readonly version: string
}

/**
 * Creates users, each for itself: a userName or externalId that is taken, also by an earlier one of the list, keeps out
 * that one only.
 * @returns for each of the list the user, or undefined where it was not created
 */
export function createUsers(
  at: Provisioner,
  resources: readonly Resource[],
): Promise<(CreatedUser | undefined)[]> {
  return createEach(resources.map((given) => ({ at, user: newUser(at, given) })))
}

/** Deletes users, as `deleteUser` does. @returns the ids of those that were there */
export async function deleteUsers(at: Provisioner, ids: readonly string[]): Promise<Set<string>> {
  const wanted = [...new Set(ids.filter(isUuid))].sort()
  const facts: Fact[] = wanted.map((id) => ({
    action: 'delete',
    objectType: 'User',
    objectId: id,
    objectName: sql`changed.user_name`,
    change: sql`'{"before":' || changed.resource || '}'`,
  }))
  if (wanted.length === 0) return new Set()
  const gone = sql`delete from directory_user u where u.id = any(${wanted}::uuid[]) and u.idp_id = ${at.idpId}
    and u.tenant_id = ${at.tenantId} returning ${KEPT_COLUMNS}`
  const rows = await at.db.run<{ id: string }>(
    at.scope,
    prepared('user.delete-each', auditedEach(at.auditContext, gone, facts, KEEP_DELETED)),
  )
  return new Set(rows.map(({ id }) => id))
}
