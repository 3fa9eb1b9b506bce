// The portal's list of groups. Members are counted up to a limit, so a group of a million costs no more than one of
// ten thousand.
import { type Database, inTenant } from '#platform/database/database.ts'
import { join, raw, type Sql, sql } from '#platform/database/sql.ts'
import { caseKey } from '#protocol/scim/values/text.ts'
import { browsePage } from './browse.ts'
import { type BrowseKey, readPlace, writePlace } from './browse-order.ts'
import type { Total } from './browse-users.ts'
import { GROUP_SUMMARY, type GroupSummary } from './group-summary.ts'

export const GROUP_SORTS = ['displayName', 'created'] as const
export type GroupSort = (typeof GROUP_SORTS)[number]

export interface GroupBrowse {
  readonly idpId?: string | undefined
  /** Part of the displayName. */
  readonly search?: string | undefined
  readonly sort?: GroupSort | undefined
  readonly descending?: boolean | undefined
  readonly limit: number
  readonly after?: string | undefined
}

const KEYS: Record<GroupSort, BrowseKey> = {
  displayName: { name: 'groups by displayName', column: 'u.display_name_key', type: 'text' },
  created: { name: 'groups by created' },
}
const COUNTED = 10_000

/** Returns one page of groups. @throws {Invalid} if `after` isn't a cursor of this list */
export async function browseGroups(
  db: Database,
  tenantId: string,
  browse: GroupBrowse,
): Promise<{ groups: GroupSummary[]; next: string | undefined; total: Total }> {
  const { idpId, search, sort = 'displayName', descending = false, limit, after } = browse
  const run = inTenant(db, tenantId)
  const one = idpId === undefined ? raw('true') : sql`id = ${idpId}`
  const idps = await run.query<{ id: string }>(
    sql`select id from identity_provider where tenant_id = ${tenantId} and ${one} order by id`,
  )
  const idpIds = idps.map(({ id }) => id)
  const key = caseKey(search?.trim() ?? '')
  const conditions = key === '' ? [] : [sql`strpos(u.display_name_key, ${key}) > 0`]
  const order = { key: KEYS[sort], descending }
  const [places, total] = await Promise.all([
    browsePage(run, {
      table: 'directory_group',
      tenantId,
      idpIds,
      conditions,
      order,
      after: readPlace(order, after),
      limit: limit + 1, // the extra row shows whether there is another page
    }),
    totalOf(db, tenantId, idpIds, conditions),
  ])
  const page = places.slice(0, limit)
  const last = page.at(-1)
  return {
    groups: await groupSummaries(
      db,
      tenantId,
      page.map(({ id }) => id),
    ),
    next: places.length > limit && last ? writePlace(order, last) : undefined,
    total,
  }
}

async function totalOf(
  db: Database,
  tenantId: string,
  idpIds: readonly string[],
  conditions: readonly Sql[],
): Promise<Total> {
  const own = [sql`u.tenant_id = ${tenantId}`, sql`u.idp_id = any(${idpIds}::uuid[])`]
  const [row] = await db.run<{ count: number }>(
    { tenantId },
    sql`select count(*)::int as count from (select from directory_group u
      where ${join([...own, ...conditions], ' and ')} limit ${COUNTED + 1}) counted`,
  )
  const count = row?.count ?? 0
  return { count: Math.min(count, COUNTED), isAtLeast: count > COUNTED }
}

/** Returns the summaries of groups in the given order. Groups deleted in the meantime are left out. */
async function groupSummaries(
  db: Database,
  tenantId: string,
  ids: readonly string[],
): Promise<GroupSummary[]> {
  const rows = await db.run<GroupSummary>(
    { tenantId },
    sql`select ${GROUP_SUMMARY} from directory_group u join identity_provider i on i.id = u.idp_id
      where u.id = any(${ids}::uuid[]) and u.tenant_id = ${tenantId}`,
  )
  const byId = new Map(rows.map((row) => [row.id, row]))
  return ids.flatMap((id) => byId.get(id) ?? [])
}
