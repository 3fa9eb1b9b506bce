// What remains of an identity provider's directory when the provider itself is gone. Its rows are out of everyone's
// reach from that moment on; this takes them away, bit by bit, so that no transaction runs long.
import { type Database, SYSTEM } from '#platform/database.ts'
import { raw, sql } from '#platform/sql.ts'

const BATCH = 5_000

/** Deletes users and groups whose identity provider no longer exists. @returns how many rows went */
export async function purgeOrphans(db: Database): Promise<number> {
  let total = 0
  for (const table of ['directory_group', 'directory_user']) {
    for (;;) {
      const rows = await db.run(
        SYSTEM,
        sql`delete from ${raw(table)} where id in (select u.id from ${raw(table)} u
          where not exists (select from identity_provider i where i.id = u.idp_id) limit ${BATCH}) returning id`,
      )
      total += rows.length
      if (rows.length < BATCH) break
    }
  }
  return total
}

/** Deletes the users and groups of one identity provider that is gone. */
export async function purgeDirectory(db: Database, tenantId: string, idpId: string): Promise<void> {
  for (const table of ['directory_group', 'directory_user']) {
    for (;;) {
      const rows = await db.run(
        { tenantId },
        sql`delete from ${raw(table)} where id in (select u.id from ${raw(table)} u
          where u.idp_id = ${idpId} and u.tenant_id = ${tenantId}
            and not exists (select from identity_provider i where i.id = ${idpId}) limit ${BATCH}) returning id`,
      )
      if (rows.length < BATCH) break
    }
  }
}

/** How many people and groups go with an identity provider; the confirmation says so. */
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

/** Takes away revisions of groups that a newer one has followed; a day is far longer than any request that reads them. */
export async function purgeRevisions(db: Database): Promise<number> {
  const rows = await db.run(
    SYSTEM,
    sql`delete from group_revision r where r.at < now() - interval '1 day' and exists (
      select from group_revision n where n.group_id = r.group_id and n.at > r.at) returning r.id`,
  )
  return rows.length
}
