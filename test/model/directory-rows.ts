// Questions to the database itself, past the service.
import { type Database, SYSTEM } from '#platform/database/database.ts'
import { sql } from '#platform/database/sql.ts'

export interface LoggedChange {
  readonly action: string
  readonly objectType: string
  readonly objectId: string
  readonly change: { before?: Record<string, unknown>; after?: Record<string, unknown> }
}

/** What succeeded in the name of an identity provider, in the order of the log. */
export async function loggedChanges(db: Database, idpId: string): Promise<LoggedChange[]> {
  const rows = await db.run<Omit<LoggedChange, 'change'> & { change: string | null }>(
    SYSTEM,
    sql`select action, object_type as "objectType", object_id::text as "objectId", change from audit_event
      where idp_id = ${idpId} and result = 'success' and object_type in ('User', 'Group') order by at, id`,
  )
  return rows.map((row) => ({ ...row, change: JSON.parse(row.change ?? '{}') }))
}

/** Memberships of groups, or by members, that exist nowhere, or across identity providers. */
export function strayMemberships(db: Database): Promise<object[]> {
  return db.run(
    SYSTEM,
    sql`select m.group_id, m.member_id, m.member_type from group_member m
      left join directory_group g on g.id = m.group_id and g.tenant_id = m.tenant_id
      left join (select id, idp_id, 'User' as type from directory_user
        union all select id, idp_id, 'Group' from directory_group) found
        on found.id = m.member_id and found.type = m.member_type
      where g.id is null or found.idp_id is distinct from g.idp_id`,
  )
}
