import { type Database, SYSTEM } from '#platform/database/database.ts'
import { inSteps } from '#platform/database/in-steps.ts'
import { sql } from '#platform/database/sql.ts'

/** A small number, because each step passes over what the previous steps deleted in the same groups. */
const GROUPS_AT_ONCE = 100
const NO_ID = '00000000-0000-0000-0000-000000000000'

/**
 * Deletes revisions of groups that are older than a day and have a newer one. A day is far longer than any request
 * that reads them. Walks from group to group, so that groups with nothing to delete are read only once.
 * @returns the number of deleted revisions
 */
export async function purgeRevisions(db: Database, signal?: AbortSignal): Promise<number> {
  let total = 0
  for (let after: string | undefined = NO_ID; after !== undefined && !signal?.aborted; ) {
    const groups = await nextGroups(db, after)
    total += await inSteps((limit) => deleteOld(db, groups, limit), { signal })
    after = groups.length < GROUPS_AT_ONCE ? undefined : groups.at(-1)
  }
  return total
}

async function nextGroups(db: Database, after: string): Promise<string[]> {
  const rows = await db.run<{ id: string }>(
    SYSTEM,
    sql`with recursive groups as (
        (select group_id as id, 1 as place from group_revision where group_id > ${after} order by group_id limit 1)
        union all
        select next.group_id, g.place + 1 from groups g cross join lateral (
          select group_id from group_revision r where r.group_id > g.id order by r.group_id limit 1) next
        where g.place < ${GROUPS_AT_ONCE})
      select id from groups order by id`,
  )
  return rows.map(({ id }) => id)
}

async function deleteOld(db: Database, groups: readonly string[], limit: number): Promise<number> {
  const rows = await db.run(
    SYSTEM,
    sql`delete from group_revision where (group_id, id) in (
        select r.group_id, r.id from unnest(${groups}::uuid[]) as g(id) cross join lateral (
          select at from group_revision n where n.group_id = g.id order by at desc limit 1) newest
        join group_revision r on r.group_id = g.id and r.at < newest.at and r.at < now() - interval '1 day'
        limit ${limit})
      returning id`,
  )
  return rows.length
}
