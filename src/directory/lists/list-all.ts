// Users and groups in one list, for a query at the root. Their ids and sort keys are listed together. Then the
// documents of the page are read: one statement for users, one for groups. @see RFC 7644 §3.4.2.1
import type { Queryable } from '#platform/database/database.ts'
import { raw, type Sql, sql } from '#platform/database/sql.ts'
import type { ListQuery } from '#protocol/scim/messages/list-query.ts'
import { wants } from '#protocol/scim/messages/projection.ts'
import { type GroupRow, groupMembers, groupRow, NO_MEMBERS } from '../groups/group-row.ts'
import type { Provisioner } from '../provisioner.ts'
import { NO_GROUPS, type ShownUser, shownUser, userGroups } from '../users/user-row.ts'
import { type Listed, type Listing, type Look, listPage, type Page } from './list.ts'
import { GROUP_SORT_KEYS, groupsOf } from './list-groups.ts'
import type { Order, SortKey } from './list-order.ts'
import { derived, type Sort, type SortKeys, sortKeyOf } from './list-sort.ts'
import { USER_SORT_KEYS, usersOf } from './list-users.ts'

/** One query, read once for users and once for groups. An attribute that only the other type has counts as absent. */
export interface RootQuery {
  readonly users: ListQuery
  readonly groups: ListQuery
}

export type Found =
  | { readonly type: 'User'; readonly row: ShownUser }
  | { readonly type: 'Group'; readonly row: GroupRow }

interface Named extends Listed {
  readonly type: Found['type']
}

/** Returns one page of the identity provider's users and groups. */
export async function listAll(
  at: Provisioner,
  query: RootQuery,
  { start, question, memory }: Look,
): Promise<Page<Found>> {
  const run: Queryable = { query: (statement) => at.db.run(at.scope, statement) }
  const { users } = query
  const list = { idpId: at.idpId, question, plain: !users.filter && !users.sort }
  const page = await listPage<Named>(run, together(at, query), start, users.count, memory.recall(list))
  return { ...page, rows: await documentsOf(run, at, query, page.rows) }
}

function together(at: Provisioner, { users, groups }: RootQuery): Listing {
  const [userKey, groupKey] = keysOf(users.sort, groups.sort)
  const table = sql`(select u.id, 'User'::text as type, ${userKey?.value ?? raw('null::text')} as sort_key
      from directory_user u where ${usersOf(at, users)}
    union all select u.id, 'Group'::text, ${groupKey?.value ?? raw('null::text')}
      from directory_group u where ${groupsOf(at, groups)})`
  const key = userKey && derived(raw('u.sort_key'), { type: userKey.type })
  const order: Order = { key, descending: users.sort?.descending ?? false }
  return { table, condition: raw('true'), columns: raw('u.id, u.type'), order, shape: undefined }
}

/**
 * Returns the sort keys of both types, cast to one type so that they can be compared. Empty if the list is sorted by
 * id.
 */
function keysOf(users: Sort | undefined, groups: Sort | undefined): [SortKey, SortKey] | [] {
  const keys = [keyOf(users, USER_SORT_KEYS), keyOf(groups, GROUP_SORT_KEYS)] as const
  const [user, group] = keys
  if (user === 'id' || group === 'id' || (!user && !group)) return []
  const type = user && group && user.type !== group.type ? 'text' : (user?.type ?? group?.type ?? 'text')
  const cast = (key: SortKey | undefined): SortKey => {
    const value: Sql = key?.value ?? raw('null')
    return derived(sql`(${value})::${raw(type)}`, { type })
  }
  return [cast(user), cast(group)]
}

function keyOf(sort: Sort | undefined, keys: SortKeys): SortKey | 'id' | undefined {
  if (!sort?.ref) return undefined
  return sort.ref.attribute.name === 'id' ? 'id' : sortKeyOf(sort.ref, keys)
}

/** Reads the documents of the listed resources. Leaves out those that were deleted since they were listed. */
async function documentsOf(
  run: Queryable,
  at: Provisioner,
  { users, groups }: RootQuery,
  listed: readonly Named[],
): Promise<Found[]> {
  const idsOf = (type: Found['type']) => listed.filter((one) => one.type === type).map(({ id }) => id)
  const columns = shownUser(wants(users.projection, 'groups') ? userGroups(at) : NO_GROUPS)
  const userRows = await rowsOf<ShownUser>(run, at, 'directory_user', columns, idsOf('User'))
  const members = wants(groups.projection, 'members') ? groupMembers(at) : NO_MEMBERS
  const groupRows = await rowsOf<GroupRow>(run, at, 'directory_group', groupRow(members), idsOf('Group'))
  const found = new Map<string, Found>([
    ...userRows.map((row): [string, Found] => [row.id, { type: 'User', row }]),
    ...groupRows.map((row): [string, Found] => [row.id, { type: 'Group', row }]),
  ])
  return listed.flatMap(({ id }) => found.get(id) ?? [])
}

async function rowsOf<Row extends object>(
  run: Queryable,
  at: Provisioner,
  table: 'directory_user' | 'directory_group',
  columns: Sql,
  ids: readonly string[],
): Promise<Row[]> {
  if (ids.length === 0) return []
  return run.query<Row>(sql`select ${columns} from ${raw(table)} u
    where u.id = any(${ids}::uuid[]) and u.idp_id = ${at.idpId} and u.tenant_id = ${at.tenantId}`)
}
