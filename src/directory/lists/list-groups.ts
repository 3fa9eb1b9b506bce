import type { Queryable } from '#platform/database/database.ts'
import { raw, sql } from '#platform/database/sql.ts'
import type { ListQuery } from '#protocol/scim/messages/list-query.ts'
import { wants } from '#protocol/scim/messages/projection.ts'
import { groupAttributes, MEMBER_DISPLAY } from '../groups/group-attributes.ts'
import {
  GROUP_CHANGED,
  GROUP_VERSION,
  type GroupRow,
  groupMembers,
  groupRow,
  NO_MEMBERS,
} from '../groups/group-row.ts'
import type { Provisioner } from '../provisioner.ts'
import { compileFilter } from './filter-sql.ts'
import { foundBy, type Listing, type Look, listPage, listReads, lookupShape, type Page } from './list.ts'
import { column, derived, metaSortKeys, orderOf, type SortKeys } from './list-sort.ts'

const LOOKUPS = new Set(['displayName', 'externalId', 'members', 'members.value'])

/** Returns a sort key from the member with the smallest id, because members have no order of their own. */
function firstMember(value: string) {
  return derived(
    raw(`(select ${value} from group_member m where m.group_id = u.id and m.tenant_id = u.tenant_id
      order by m.member_id limit 1)`),
  )
}

export const GROUP_SORT_KEYS: SortKeys = {
  displayName: column('u.display_name_key'),
  externalId: column('u.external_id', { nullable: true }),
  'members.value': firstMember('m.member_id::text'),
  'members.type': firstMember('case_key(m.member_type)'),
  // The URL before this part is the same for all of them.
  'members.$ref': firstMember(
    `case m.member_type when 'User' then '/Users/' else '/Groups/' end || m.member_id`,
  ),
  'members.display': firstMember(`case_key(${MEMBER_DISPLAY})`),
  ...metaSortKeys('Group', GROUP_VERSION, derived(GROUP_CHANGED, { type: 'timestamptz' })),
}

/** Returns the condition for the groups that a query asks for. */
export function groupsOf(at: Provisioner, { filter }: ListQuery) {
  const own = sql`u.idp_id = ${at.idpId} and u.tenant_id = ${at.tenantId}`
  return filter ? sql`${own} and ${compileFilter(filter, groupAttributes(at))}` : own
}

/** Returns one page of the identity provider's groups. Members are read only if the response shows them. */
export function listGroups(
  at: Provisioner,
  query: ListQuery,
  { start, question, memory }: Look,
): Promise<Page<GroupRow>> {
  const members = wants(query.projection, 'members')
  const run: Queryable = members ? { query: (statement) => at.db.run(at.scope, statement) } : listReads(at)
  const shape = query.sort ? undefined : lookupShape(query.filter, LOOKUPS)
  const listing: Listing = {
    table: raw('directory_group'),
    condition: groupsOf(at, query),
    columns: groupRow(members ? groupMembers(at) : NO_MEMBERS),
    order: orderOf(query.sort, GROUP_SORT_KEYS),
    shape: shape && `group.${members ? '' : 'plain-'}${shape}`,
    ...foundBy(shape),
  }
  const list = { idpId: at.idpId, question, plain: !query.filter && !query.sort }
  return listPage<GroupRow>(run, listing, start, query.count, memory.recall(list))
}
