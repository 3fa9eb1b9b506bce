// One user comes into a group, or one member goes: what identity providers ask for most. Each has a statement of its own,
// with less in it than that for any number of members: PostgreSQL prepares all that stands in a statement each time.
import { type Change, eventInsert, type Fact } from '#audit/record.ts'
import type { Queryable } from '#platform/database.ts'
import { prepared, raw, type Sql, sql } from '#platform/sql.ts'
import { revision } from './group-row.ts'
import type { Provisioner } from './provisioner.ts'

/** Whether the member came or went; undefined when there is no such group. */
export type Moved = boolean | undefined

/** @returns false: it is in the group already, or no user of this identity provider */
export function addOneUser(tx: Queryable, at: Provisioner, groupId: string, userId: string): Promise<Moved> {
  const insert = sql`insert into group_member (group_id, member_id, tenant_id, member_type)
      select target.id, u.id, u.tenant_id, 'User' from target, directory_user u
      where u.id = ${userId} and u.tenant_id = ${at.tenantId} and u.idp_id = ${at.idpId} for key share of u
      on conflict do nothing returning member_id`
  const change = { before: { members: [] }, after: { members: [userId], removed: 0, added: 1 } }
  return move(tx, 'group.add-one', at, groupId, insert, change)
}

/** @returns false: it is not in the group */
export function removeOne(tx: Queryable, at: Provisioner, groupId: string, memberId: string): Promise<Moved> {
  const gone = sql`delete from group_member m using target
      where m.group_id = target.id and m.member_id = ${memberId} and m.tenant_id = ${at.tenantId} returning m.member_id`
  const change = { before: { members: [memberId] }, after: { members: [], removed: 1, added: 0 } }
  return move(tx, 'group.remove-one', at, groupId, gone, change)
}

async function move(
  tx: Queryable,
  name: string,
  at: Provisioner,
  groupId: string,
  write: Sql,
  change: Change,
): Promise<Moved> {
  const objectName = raw('target.display_name')
  const fact: Fact = { action: 'update', objectType: 'Group', objectId: groupId, objectName, change }
  const statement = sql`with target as (select u.id, u.display_name from directory_group u
      where u.id = ${groupId} and u.tenant_id = ${at.tenantId} and u.idp_id = ${at.idpId}),
    moved as (${write}),
    recorded as (${eventInsert(at.witness, fact, raw('from target, moved'))}),
    revised as (${revision(groupId, at.tenantId, raw('from moved'))})
    select moved.member_id is not null as moved from target left join moved on true`
  const [row] = await tx.query<{ moved: boolean }>(prepared(name, statement))
  return row?.moved
}
