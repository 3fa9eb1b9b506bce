// What administrators see of a group. The list is in browse-groups.ts. Only its identity provider changes a group;
// groups of the local one are changed in local-groups.ts.
import { Invalid, NotFound } from '#errors.ts'
import type { Database } from '#platform/database/database.ts'
import { raw, sql } from '#platform/database/sql.ts'
import { caseKey } from '#protocol/scim/values/text.ts'
import { isUuid } from '../uuid.ts'
import { GROUP_SUMMARY, type GroupSummary } from './group-summary.ts'
import { USER_STATUS, type UserStatus } from './user-summary.ts'

export interface GroupRef {
  readonly id: string
  readonly displayName: string
}

export interface GroupDetail extends GroupSummary {
  readonly externalId: string | null
  /** The first groups that this one is a direct member of. */
  readonly memberOf: readonly GroupRef[]
  /** The first groups that are direct members of this one. */
  readonly nested: readonly GroupRef[]
}

export interface GroupSearch {
  readonly idpId?: string | undefined
  /** The beginning of the displayName. */
  readonly search?: string | undefined
  readonly limit: number
  readonly after?: string | undefined
}

const SHOWN_GROUPS = 100

/** Returns groups of a tenant in the order of their creation. */
export function listGroups(db: Database, tenantId: string, search: GroupSearch): Promise<GroupSummary[]> {
  return db.run<GroupSummary>(
    { tenantId },
    sql`select ${GROUP_SUMMARY} from directory_group u join identity_provider i on i.id = u.idp_id
      where u.tenant_id = ${tenantId} and (${search.idpId ?? null}::uuid is null or u.idp_id = ${search.idpId ?? null})
        and (${search.search ?? null}::text is null or starts_with(u.display_name_key, ${caseKey(search.search ?? '')}))
        and (${search.after ?? null}::uuid is null or u.id > ${search.after ?? null})
      order by u.id limit ${search.limit}`,
  )
}

const MEMBER_OF = raw(`array(select json_build_object('id', g.id, 'displayName', g.display_name)
      from group_member m join directory_group g on g.id = m.group_id
      where m.member_id = u.id and m.tenant_id = u.tenant_id order by m.group_id limit ${SHOWN_GROUPS})`)

const NESTED = raw(`array(select json_build_object('id', g.id, 'displayName', g.display_name)
      from group_member m join directory_group g on g.id = m.member_id
      where m.group_id = u.id and m.tenant_id = u.tenant_id and m.member_type = 'Group'
      order by m.member_id limit ${SHOWN_GROUPS})`)

/** Returns the details of a group. @throws {NotFound} */
export async function showGroup(db: Database, tenantId: string, id: string): Promise<GroupDetail> {
  const [group] = isUuid(id)
    ? await db.run<GroupDetail>(
        { tenantId },
        sql`select ${GROUP_SUMMARY}, u.external_id as "externalId", ${MEMBER_OF} as "memberOf", ${NESTED} as nested
          from directory_group u join identity_provider i on i.id = u.idp_id
          where u.tenant_id = ${tenantId} and u.id = ${id}`,
      )
    : []
  if (!group) throw new NotFound(`There is no group ${id}`)
  return group
}

/** A member, with the names that administrators know it by. */
export interface Member {
  readonly id: string
  readonly type: 'User' | 'Group'
  /** The userName of a user, the displayName of a group. */
  readonly name: string
  /** Null for a group. */
  readonly displayName: string | null
  /** Null for a group. */
  readonly status: UserStatus | null
}

/**
 * Returns members in the order of their ids.
 * @param after id of the last member of the previous page
 * @throws {NotFound}
 * @throws {Invalid}
 */
export async function listMembers(
  db: Database,
  tenantId: string,
  groupId: string,
  { limit, after }: { readonly limit: number; readonly after?: string | undefined },
): Promise<{ members: Member[]; next: string | undefined }> {
  if (after !== undefined && !isUuid(after)) throw new Invalid('after', 'must be the `next` of a page before')
  const from = after === undefined ? raw('true') : sql`m.member_id > ${after}`
  const rows = await db.run<Member>(
    { tenantId },
    sql`select m.member_id as id, m.member_type as type, coalesce(u.user_name, g.display_name) as name,
        u.display_name as "displayName", case when u.id is not null then ${USER_STATUS} end as status
      from (select m.member_id, m.member_type from group_member m
        where m.group_id = ${groupId} and m.tenant_id = ${tenantId} and ${from}
        order by m.member_id limit ${limit + 1}) m
      left join directory_user u on u.id = m.member_id and u.tenant_id = ${tenantId}
      left join directory_group g on g.id = m.member_id and g.tenant_id = ${tenantId}
      order by m.member_id`,
  )
  if (rows.length === 0 && after === undefined) await showGroup(db, tenantId, groupId) // throws if there is none
  const members = rows.slice(0, limit)
  return { members, next: rows.length > limit ? members.at(-1)?.id : undefined }
}
