// A PATCH may add members and then remove those that a filter selects. PostgreSQL has to evaluate the filter, because
// only the member's own row has attributes such as its name.
import { sql } from '#platform/database/sql.ts'
import type { MemberChange } from '#protocol/scim/patch/membership.ts'
import type { Provisioner } from '../provisioner.ts'
import { isUuid } from '../uuid.ts'
import { memberCondition } from './group-attributes.ts'

/** Returns the change, with the members that it adds and then removes only among those to remove. */
export async function withoutUndoneAdds(at: Provisioner, change: MemberChange): Promise<MemberChange> {
  const { undo = [], ...rest } = change
  const undone = new Set<string>()
  for (const { filter, ids } of undo) {
    const own = sql`u.id = any(${ids.filter(isUuid)}::uuid[]) and u.tenant_id = ${at.tenantId} and u.idp_id = ${at.idpId}`
    const rows = await at.db.run<{ id: string }>(
      at.scope,
      sql`select m.member_id as id from (
          select u.id as member_id, 'User' as member_type from directory_user u where ${own}
          union all select u.id, 'Group' from directory_group u where ${own}) m
        where ${memberCondition(filter, at)}`,
    )
    for (const { id } of rows) undone.add(id)
  }
  if (undone.size === 0) return rest
  return {
    ...rest,
    add: rest.add.filter(({ value }) => !undone.has(value)),
    remove: rest.clear ? [] : [...rest.remove, ...undone],
  }
}
