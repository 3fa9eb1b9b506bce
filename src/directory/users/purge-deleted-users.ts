import { type Database, SYSTEM } from '#platform/database/database.ts'
import { inSteps } from '#platform/database/in-steps.ts'
import { sql } from '#platform/database/sql.ts'

/**
 * Deletes users for good who were deleted more than `days` days ago, or whose identity provider is gone.
 * @returns the number of deleted users
 */
export function purgeDeletedUsers(db: Database, days: number, signal?: AbortSignal): Promise<number> {
  const step = async (limit: number) => {
    const rows = await db.run(
      SYSTEM,
      sql`delete from deleted_user where id in (
          select d.id from deleted_user d where d.deleted_at <= now() - make_interval(days => ${days})
          union (select d.id from deleted_user d
            where not exists (select from identity_provider i where i.id = d.idp_id) limit ${limit})
          limit ${limit}) returning id`,
    )
    return rows.length
  }
  return inSteps(step, { signal })
}
