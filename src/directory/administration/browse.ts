// Reads pages of users and groups for the portal, from one or all identity providers of a tenant. The indexes are
// ordered within each identity provider. Every page reads few rows: along an index in the order of the list, or the
// rows of a short list of ids.
import type { Queryable } from '#platform/database/database.ts'
import { join, raw, type Sql, sql } from '#platform/database/sql.ts'
import { type BrowseOrder, keyText, mergedOrder, type Place, stretchesAfter } from './browse-order.ts'

export interface Browse {
  readonly table: 'directory_user' | 'directory_group'
  readonly tenantId: string
  /** The identity providers to read. */
  readonly idpIds: readonly string[]
  /** Conditions on the row `u`. */
  readonly conditions: readonly Sql[]
  /** The only ids that can match, if they are known. */
  readonly ids?: readonly string[] | undefined
  readonly order: BrowseOrder
  readonly after?: Place | undefined
  readonly limit: number
}

/** Returns the places of the rows of one page. */
export async function browsePage(db: Queryable, browse: Browse): Promise<Place[]> {
  const { order, limit } = browse
  const rows = browse.ids ? amongIds(browse, browse.ids) : alongIndexes(browse)
  return db.query<Place>(
    sql`select f.id, f.key from (${rows}) f order by ${mergedOrder(order)} limit ${limit}`,
  )
}

/** Reads all rows of a list of ids, because it is short. */
function amongIds(browse: Browse, ids: readonly string[]): Sql {
  const { table, tenantId, idpIds, limit } = browse
  return union(browse, (columns, { condition, order }) => {
    const all = [sql`u.id = any(${ids}::uuid[])`, sql`u.idp_id = any(${idpIds}::uuid[])`, condition]
    return sql`(select ${columns} from ${raw(table)} u where u.tenant_id = ${tenantId}
      and ${join([...all, ...browse.conditions], ' and ')} order by ${order} limit ${limit})`
  })
}

/**
 * Reads a whole page from each identity provider along its part of the index. The first rows of all of them are the
 * page.
 */
function alongIndexes(browse: Browse): Sql {
  const { table, tenantId, idpIds, limit } = browse
  return union(browse, (columns, { condition, order }) => {
    const all = [sql`u.tenant_id = ${tenantId}`, condition, ...browse.conditions]
    return sql`(select part.* from unnest(${idpIds}::uuid[]) idp(id) cross join lateral (
      select ${columns} from ${raw(table)} u where u.idp_id = idp.id and ${join(all, ' and ')}
      order by ${order} limit ${limit}) part)`
  })
}

type StretchOf = ReturnType<typeof stretchesAfter>[number]

function union({ order, after }: Browse, part: (columns: Sql, stretch: StretchOf) => Sql): Sql {
  const column = raw(order.key.column ?? 'null::text')
  const columns = sql`u.id, ${column} as sort_key, ${keyText(order)} as key`
  return join(
    stretchesAfter(order, after).map((stretch) => part(columns, stretch)),
    ' union all ',
  )
}
