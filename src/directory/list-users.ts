import { raw, type Sql, sql } from '#platform/sql.ts'
import type { ListQuery } from '#protocol/scim/messages.ts'
import { wants } from '#protocol/scim/projection.ts'
import type { AttributeRef } from '#protocol/scim/schema.ts'
import { compileFilter } from './filter-sql.ts'
import { listPage, lookupShape, type Page, sortOrder } from './list.ts'
import type { Provisioner } from './provisioner.ts'
import { coreName, userAttributes } from './user-attributes.ts'
import { groupsOf, NO_GROUPS, type UserRow, userRow } from './user-row.ts'

const LOOKUPS = new Set(['userName', 'externalId', 'displayName', 'emails', 'emails.value'])

const SORT_COLUMNS: Record<string, string> = {
  id: 'u.id',
  userName: 'u.user_name_key',
  externalId: 'u.external_id',
  displayName: 'case_key(u.display_name)',
  active: 'u.active',
  'meta.created': 'u.created_at',
  'meta.lastModified': 'u.changed_at',
}

function sortColumn(ref: AttributeRef): Sql | undefined {
  const column = SORT_COLUMNS[coreName(ref) ?? '']
  return column === undefined ? undefined : raw(column)
}

/** One page of the identity provider's users. @see RFC 7644 §3.4.2 */
export function listUsers(at: Provisioner, query: ListQuery): Promise<Page<UserRow>> {
  const own = sql`u.idp_id = ${at.idpId} and u.tenant_id = ${at.tenantId}`
  const groups = wants(query.projection, 'groups')
  const shape = query.sort ? undefined : lookupShape(query.filter, LOOKUPS)
  return listPage<UserRow>(
    (statement) => at.db.run(at.scope, statement),
    {
      table: raw('directory_user'),
      condition: query.filter ? sql`${own} and ${compileFilter(query.filter, userAttributes(at.base))}` : own,
      columns: userRow(groups ? groupsOf(at.base) : NO_GROUPS),
      order: query.sort && sortOrder(query.sort, sortColumn),
      shape: shape && `user.${groups ? '' : 'plain-'}${shape}`,
    },
    query.startIndex,
    query.count,
  )
}
