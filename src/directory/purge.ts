// Removes what is left of deleted identity providers. No request can reach these rows anymore. They are deleted in
// short steps, members before their groups and users, so that no statement has to remove a large group at once.
import { type Database, type Scope, SYSTEM } from '#platform/database/database.ts'
import { inSteps } from '#platform/database/in-steps.ts'
import { raw, type Sql, sql } from '#platform/database/sql.ts'

const NO_ID = '00000000-0000-0000-0000-000000000000'

interface Orphaned {
  readonly tenantId: string
  readonly idpId: string
}

/**
 * Deletes users and groups whose identity provider no longer exists.
 * @returns the number of deleted users and groups
 */
export async function purgeOrphans(db: Database, signal?: AbortSignal): Promise<number> {
  let total = 0
  for (const { tenantId, idpId } of await orphanedDirectories(db))
    total += await purgeDirectory(db, tenantId, idpId, signal)
  return total
}

/**
 * Returns the identity providers that no longer exist but still own rows. Steps from one to the next along the index:
 * it reads one row of each, however many users it has.
 */
function orphanedDirectories(db: Database): Promise<Orphaned[]> {
  const steps = (table: string) => sql`(with recursive owners as (
      (select idp_id, tenant_id from ${raw(table)} order by idp_id limit 1)
      union all
      select next.idp_id, next.tenant_id from owners o cross join lateral (
        select idp_id, tenant_id from ${raw(table)} r where r.idp_id > o.idp_id order by r.idp_id limit 1) next)
    select * from owners)`
  return db.run<Orphaned>(
    SYSTEM,
    sql`select distinct o.tenant_id as "tenantId", o.idp_id as "idpId"
      from (${steps('directory_user')} union all ${steps('directory_group')}) o
      where not exists (select from identity_provider i where i.id = o.idp_id)`,
  )
}

/** Deletes the users and groups of one deleted identity provider. @returns the number of deleted users and groups */
export async function purgeDirectory(
  db: Database,
  tenantId: string,
  idpId: string,
  signal?: AbortSignal,
): Promise<number> {
  const scope = { tenantId }
  const gone = sql`r.idp_id = ${idpId} and r.tenant_id = ${tenantId}
    and not exists (select from identity_provider i where i.id = ${idpId})`
  const groups = await inSteps((limit) => purgeGroups(db, scope, gone, limit, signal), { rows: 200, signal })
  const users = await inSteps(
    (limit) =>
      deleted(
        db,
        scope,
        sql`delete from directory_user where tenant_id = ${tenantId} and id in (
          select r.id from directory_user r where ${gone} limit ${limit})`,
      ),
    { signal },
  )
  return groups + users
}

/** Deletes some groups: their members and revisions first, then the groups. @returns the number of deleted groups */
async function purgeGroups(
  db: Database,
  scope: Scope,
  gone: Sql,
  groups: number,
  signal: AbortSignal | undefined,
): Promise<number> {
  const { tenantId } = scope
  const rows = await db.run<{ id: string }>(
    scope,
    sql`select r.id from directory_group r where ${gone} order by r.id limit ${groups}`,
  )
  const ids = rows.map(({ id }) => id)
  await inSteps(stepThrough(db, scope, 'group_member', 'member_id', ids), { signal })
  await inSteps(stepThrough(db, scope, 'group_revision', 'id', ids), { signal })
  if (signal?.aborted) return 0
  return deleted(
    db,
    scope,
    sql`delete from directory_group where tenant_id = ${tenantId} and id = any(${ids}::uuid[])`,
  )
}

/**
 * Deletes rows of some groups in key order. Each step begins after the previous one, so it doesn't read dead rows
 * again.
 */
function stepThrough(
  db: Database,
  scope: Scope,
  table: 'group_member' | 'group_revision',
  key: 'member_id' | 'id',
  groups: readonly string[],
): (limit: number) => Promise<number> {
  let last = { group: NO_ID, key: NO_ID }
  const column = raw(key)
  return async (limit) => {
    const rows = await db.run<{ group: string; key: string }>(
      scope,
      sql`delete from ${raw(table)} where tenant_id = ${scope.tenantId} and (group_id, ${column}) in (
          select r.group_id, r.${column} from ${raw(table)} r
          where r.group_id = any(${groups}::uuid[]) and r.tenant_id = ${scope.tenantId}
            and (r.group_id, r.${column}) > (${last.group}::uuid, ${last.key}::uuid)
          order by r.group_id, r.${column} limit ${limit})
        returning group_id as group, ${column} as key`,
    )
    for (const row of rows) if (isBehind(row, last)) last = row
    return rows.length
  }
}

function isBehind(a: { group: string; key: string }, b: { group: string; key: string }): boolean {
  return a.group > b.group || (a.group === b.group && a.key > b.key)
}

async function deleted(db: Database, scope: Scope, statement: Sql): Promise<number> {
  return (await db.run(scope, sql`${statement} returning tenant_id`)).length
}

/** Counts the users and groups that would be deleted with an identity provider, for the confirmation. */
export async function directorySize(
  db: Database,
  tenantId: string,
  idpId: string,
): Promise<{ users: number; groups: number }> {
  const [size] = await db.run<{ users: number; groups: number }>(
    { tenantId },
    sql`select (select count(*)::int from directory_user where idp_id = ${idpId} and tenant_id = ${tenantId}) as users,
      (select count(*)::int from directory_group where idp_id = ${idpId} and tenant_id = ${tenantId}) as groups`,
  )
  return size ?? { users: 0, groups: 0 }
}
