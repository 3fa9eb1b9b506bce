// Who has access to an application: users and groups, by id. When a user or group is deleted, its grant stays as a lost one
// with its name. It gives no access; administrators remove or replace it (lost-grants.ts).
import { Invalid } from '#errors.ts'
import type { TenantTx } from '#platform/database/database.ts'
import { raw, sql } from '#platform/database/sql.ts'

export interface GrantSubject {
  readonly type: 'User' | 'Group'
  readonly id: string
}

export interface Grant extends GrantSubject {
  readonly name: string
}

export interface LostGrant extends GrantSubject {
  /** The deleted user's or group's name; null: unknown. */
  readonly name: string | null
  readonly externalId: string | null
  readonly idpId: string | null
  /** Null when the identity provider was deleted, too. */
  readonly idpName: string | null
  /** ISO 8601; null: unknown. */
  readonly lostAt: string | null
  /**
   * Who can be granted access instead: the only group with the same identity provider, name and externalId that has no access
   * yet, or the restored user.
   */
  readonly successor: Grant | null
}

const MOST_LOST = 1_000

const SUBJECTS = `application_grant g
    left join directory_user u on g.subject_type = 'User' and u.id = g.subject_id and u.tenant_id = g.tenant_id
    left join directory_group d on g.subject_type = 'Group' and d.id = g.subject_id and d.tenant_id = g.tenant_id
  where g.application_id = p.id and g.tenant_id = p.tenant_id`
/** A user who was deleted in the portal can be restored and then has access again. */
const EXISTS = `g.lost_at is null and (u.id is not null and u.deleted_at is null or d.id is not null)`

const NEW_GROUP = `(select case when count(*) = 1 then json_build_object('type', 'Group', 'id', min(n.id::text), 'name', min(n.display_name)) end
    from (select n.id, n.display_name from directory_group n
      where n.idp_id = g.lost_idp_id and n.tenant_id = g.tenant_id and n.display_name_key = g.lost_name_key
        and n.external_id is not distinct from g.lost_external_id
        and exists (select from identity_provider i where i.id = n.idp_id and i.tenant_id = n.tenant_id)
        and not exists (select from application_grant o where o.application_id = g.application_id and o.subject_id = n.id)
      limit 2) n)`

const RESTORED = `case when u.id is not null and u.deleted_at is null
      and exists (select from identity_provider i where i.id = u.idp_id and i.tenant_id = u.tenant_id)
    then json_build_object('type', 'User', 'id', u.id, 'name', u.user_name) end`

/** The columns of the application `p` with its grants and lost grants, the newest first. */
export const GRANT_COLUMNS = raw(`
  coalesce((select json_agg(json_build_object('type', g.subject_type, 'id', g.subject_id,
      'name', coalesce(u.user_name, d.display_name)) order by g.subject_id)
    from ${SUBJECTS} and ${EXISTS}), '[]'::json) as grants,
  coalesce((select json_agg(lost.entry) from (
    select json_build_object('type', g.subject_type, 'id', g.subject_id, 'name', coalesce(g.lost_name, u.user_name),
      'externalId', coalesce(g.lost_external_id, u.external_id), 'idpId', coalesce(g.lost_idp_id, u.idp_id),
      'idpName', (select i.name from identity_provider i
        where i.id = coalesce(g.lost_idp_id, u.idp_id) and i.tenant_id = g.tenant_id),
      'lostAt', coalesce(g.lost_at, u.deleted_at), 'successor', coalesce(${RESTORED}, ${NEW_GROUP})) as entry
    from ${SUBJECTS} and not (${EXISTS})
    order by coalesce(g.lost_at, u.deleted_at) desc nulls last, g.subject_id limit ${MOST_LOST}) lost), '[]'::json)
    as "lostGrants"`)

/**
 * Grants an application to users and groups. Their rows are locked, so they can't be deleted meanwhile.
 * @throws {Invalid} `grants.N`: there is no such user or group
 */
export async function addGrants(
  tx: TenantTx,
  applicationId: string,
  grants: readonly GrantSubject[],
): Promise<void> {
  if (grants.length === 0) return
  const idsOf = (wanted: GrantSubject['type']) =>
    grants.filter(({ type }) => type === wanted).map(({ id }) => id)
  const added = await tx.query<{ id: string }>(
    sql`insert into application_grant (application_id, subject_id, subject_type, tenant_id)
      select ${applicationId}::uuid, found.id, found.type, ${tx.tenantId}::uuid from (
        select * from (select u.id, 'User' as type from directory_user u
          where u.id = any(${idsOf('User')}::uuid[]) and u.tenant_id = ${tx.tenantId} and u.deleted_at is null
            and exists (select from identity_provider i where i.id = u.idp_id and i.tenant_id = u.tenant_id)
          for key share of u) users
        union all
        select * from (select d.id, 'Group' as type from directory_group d
          where d.id = any(${idsOf('Group')}::uuid[]) and d.tenant_id = ${tx.tenantId}
            and exists (select from identity_provider i where i.id = d.idp_id and i.tenant_id = d.tenant_id)
          for key share of d) groups) found
      returning subject_id as id`,
  )
  const known = new Set(added.map(({ id }) => id))
  const unknown = grants.findIndex(({ id }) => !known.has(id))
  if (unknown >= 0) throw new Invalid(`grants.${unknown}`, 'must name a user or group that exists')
}

export async function removeGrants(
  tx: TenantTx,
  applicationId: string,
  grants: readonly GrantSubject[],
): Promise<void> {
  await tx.query(
    sql`delete from application_grant where application_id = ${applicationId} and tenant_id = ${tx.tenantId}
      and subject_id = any(${grants.map(({ id }) => id)}::uuid[])`,
  )
}
