import { raw, sql } from '#platform/database/sql.ts'
import type { ListQuery } from '#protocol/scim/messages/list-query.ts'
import { wants } from '#protocol/scim/messages/projection.ts'
import type { Provisioner } from '../provisioner.ts'
import { userAttributes } from '../users/user-attributes.ts'
import { NO_GROUPS, type ShownUser, shownUser, userGroups } from '../users/user-row.ts'
import { compileFilter } from './filter-sql.ts'
import { foundBy, type Listing, type Look, listPage, listReads, lookupShape, type Page } from './list.ts'
import { column, derived, metaSortKeys, orderOf, type SortKeys } from './list-sort.ts'

const LOOKUPS = new Set(['userName', 'externalId', 'displayName', 'emails', 'emails.value'])

/** Returns a sort key from the first group, in the order in which `groups` is shown. */
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

/** Returns the condition for the users that a query asks for. */
export function usersOf(at: Provisioner, { filter }: ListQuery) {
  const own = sql`u.idp_id = ${at.idpId} and u.tenant_id = ${at.tenantId}`
  return filter ? sql`${own} and ${compileFilter(filter, userAttributes(at))}` : own
}

/** Returns one page of the identity provider's users. @see RFC 7644 §3.4.2 */
export function listUsers(
  at: Provisioner,
  query: ListQuery,
  { start, question, memory }: Look,
): Promise<Page<ShownUser>> {
  const shape = query.sort ? undefined : lookupShape(query.filter, LOOKUPS)
  const groups = wants(query.projection, 'groups')
  const listing: Listing = {
    table: raw('directory_user'),
    condition: usersOf(at, query),
    columns: shownUser(groups ? userGroups(at) : NO_GROUPS),
    order: orderOf(query.sort, USER_SORT_KEYS),
    shape: shape && `user.${groups ? 'with-groups-' : ''}${shape}`,
    ...foundBy(shape),
  }
  const list = { idpId: at.idpId, question, plain: !query.filter && !query.sort }
  return listPage<ShownUser>(listReads(at), listing, start, query.count, memory.recall(list))
}
