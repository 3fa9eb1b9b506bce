import type { Queryable } from '#platform/database.ts'
import { prepared, raw, sql } from '#platform/sql.ts'
import type { ListQuery } from '#protocol/scim/list-query.ts'
import { wants } from '#protocol/scim/projection.ts'
import { compileFilter } from './filter-sql.ts'
import {
  findsOne,
  isLookup,
  type Listing,
  type Look,
  listPage,
  listReads,
  lookupShape,
  type Page,
} from './list.ts'
import { column, derived, metaSortKeys, orderOf, type SortKeys } from './list-sort.ts'
import type { Provisioner } from './provisioner.ts'
import { userAttributes } from './user-attributes.ts'
import { anyNested, groupElement, groupsOf, NO_GROUPS, type ShownUser, shownUser } from './user-row.ts'

const LOOKUPS = new Set(['userName', 'externalId', 'displayName', 'emails', 'emails.value'])

/** Of the first group, in the order in which `groups` is shown. */
function firstGroup(value: string) {
  return derived(
    raw(`(select ${value} from group_member m join directory_group g on g.id = m.group_id
      where m.member_id = u.id and m.tenant_id = u.tenant_id order by g.id limit 1)`),
  )
}

export const USER_SORT_KEYS: SortKeys = {
  userName: column('u.user_name_key'),
  externalId: column('u.external_id', { nullable: true }),
  displayName: column('u.display_name_key', { nullable: true }),
  active: derived(raw('u.active'), { type: 'boolean' }),
  'groups.value': firstGroup('g.id::text'),
  'groups.$ref': firstGroup('g.id::text'),
  'groups.display': firstGroup('g.display_name_key'),
  'groups.type': firstGroup(`'direct'`),
  ...metaSortKeys(
    'User',
    raw('u.version::text'),
    derived(raw('u.changed_at'), { type: 'timestamptz', nullable: false }),
  ),
}

/** The users that a query asks for, in whatever order. */
export function usersOf(at: Provisioner, { filter }: ListQuery) {
  const own = sql`u.idp_id = ${at.idpId} and u.tenant_id = ${at.tenantId}`
  return filter ? sql`${own} and ${compileFilter(filter, userAttributes(at))}` : own
}

/** One page of the identity provider's users. @see RFC 7644 §3.4.2 */
export async function listUsers(
  at: Provisioner,
  query: ListQuery,
  { start, question, memory }: Look,
): Promise<Page<ShownUser>> {
  const run = listReads(at)
  const shape = query.sort ? undefined : lookupShape(query.filter, LOOKUPS)
  const groups = wants(query.projection, 'groups')
  // A look-up finds one user: its groups come in the same round trip.
  const inline = groups && isLookup(shape)
  const listing: Listing = {
    table: raw('directory_user'),
    condition: usersOf(at, query),
    columns: shownUser(inline ? groupsOf(at.base) : NO_GROUPS),
    order: orderOf(query.sort, USER_SORT_KEYS),
    shape: shape && `user.${inline ? 'with-groups-' : ''}${shape}`,
    single: findsOne(shape),
  }
  const list = { idpId: at.idpId, question, plain: !query.filter && !query.sort }
  const page = await listPage<ShownUser>(run, listing, start, query.count, memory.recall(list))
  return groups && !inline ? { ...page, rows: await withGroups(run, at, page.rows) } : page
}

/** Reads the `groups` of all users of a page at once: for each by itself takes half as long again. */
export async function withGroups(
  run: Queryable,
  at: Provisioner,
  users: readonly ShownUser[],
): Promise<ShownUser[]> {
  if (users.length === 0) return []
  // Ids of ours as one text: to quote each of them costs as much as to send it.
  const ids = `{${users.map(({ id }) => id).join()}}`
  const nested = sql`(select ${anyNested(sql`${at.tenantId}`)})`
  // Only one of the two runs.
  const memberships = sql`select member_id, group_id, 'direct' as type from group_member
      where member_id = any(${ids}::uuid[]) and tenant_id = ${at.tenantId} and not ${nested}
    union all select member_id, group_id, type from effective_groups(${at.tenantId}, ${ids}::uuid[]) where ${nested}`
  const element = groupElement(at.base, raw('m.type'))
  const statement = sql`select m.member_id as id, string_agg(${element}, ',' order by g.id) as groups
    from (${memberships}) m join directory_group g on g.id = m.group_id group by m.member_id`
  const rows = await run.query<{ id: string; groups: string }>(prepared('user.groups-of-page', statement))
  const groups = new Map(rows.map((row) => [row.id, row.groups]))
  return users.map((user) => ({ ...user, groups: groups.get(user.id) ?? null }))
}
