// Creates and deletes many users for bulk requests. One statement handles all of them, with an audit event for each.
// Users that it leaves out are handled one by one in users.ts.
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
 * Creates users independently of each other. A userName or externalId that is taken, even by an earlier user in the
 * list, leaves out only that user.
 * @returns the user for each in the list, or undefined if it wasn't created
 */
export function createUsers(
  at: Provisioner,
  resources: readonly Resource[],
): Promise<(CreatedUser | undefined)[]> {
  return createEach(resources.map((given) => ({ at, user: newUser(at, given) })))
}

/** Deletes users, as `deleteUser` does. @returns the ids of those who existed */
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
