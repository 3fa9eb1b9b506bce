// What administrators see of groups. Groups are changed by their identity provider alone.
import { NotFound } from '#errors.ts'
import type { Database } from '#platform/database.ts'
import { sql } from '#platform/sql.ts'
import { caseKey } from '#protocol/scim/text.ts'
import { isUuid } from './uuid.ts'

export interface GroupSummary {
  readonly id: string
  readonly displayName: string
  readonly identityProvider: string
  readonly members: number
  readonly createdAt: Date
}

export interface GroupDetail extends GroupSummary {
  readonly externalId: string | null
  /** The first members, by id. */
  readonly firstMembers: { readonly id: string; readonly name: string; readonly type: 'User' | 'Group' }[]
}

export interface GroupSearch {
  readonly idpId?: string | undefined
  /** The beginning of the displayName. */
  readonly search?: string | undefined
  readonly limit: number
  readonly after?: string | undefined
}

const SUMMARY = sql`u.id, u.display_name as "displayName", i.name as "identityProvider", u.created_at as "createdAt",
    (select count(*)::int from group_member m where m.group_id = u.id and m.tenant_id = u.tenant_id) as members`

const SHOWN_MEMBERS = 100

export function listGroups(db: Database, tenantId: string, search: GroupSearch): Promise<GroupSummary[]> {
  return db.run<GroupSummary>(
    { tenantId },
    sql`select ${SUMMARY} from directory_group u join identity_provider i on i.id = u.idp_id
      where u.tenant_id = ${tenantId} and (${search.idpId ?? null}::uuid is null or u.idp_id = ${search.idpId ?? null})
        and (${search.search ?? null}::text is null or starts_with(u.display_name_key, ${caseKey(search.search ?? '')}))
        and (${search.after ?? null}::uuid is null or u.id > ${search.after ?? null})
      order by u.id limit ${search.limit}`,
  )
}

/** @throws {NotFound} */
export async function showGroup(db: Database, tenantId: string, id: string): Promise<GroupDetail> {
  const [group] = isUuid(id)
    ? await db.run<GroupDetail>(
        { tenantId },
        sql`select ${SUMMARY}, u.external_id as "externalId", array(
              select json_build_object('id', m.member_id, 'type', m.member_type, 'name', coalesce(
                (select d.user_name from directory_user d where d.id = m.member_id),
                (select d.display_name from directory_group d where d.id = m.member_id)))
              from group_member m where m.group_id = u.id and m.tenant_id = u.tenant_id
              order by m.member_id limit ${SHOWN_MEMBERS}) as "firstMembers"
          from directory_group u join identity_provider i on i.id = u.idp_id
          where u.tenant_id = ${tenantId} and u.id = ${id}`,
      )
    : []
  if (!group) throw new NotFound(`There is no group ${id}`)
  return group
}
