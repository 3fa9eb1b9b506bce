import { raw, type Sql, sql } from '#platform/sql.ts'
import type { ListQuery } from '#protocol/scim/messages.ts'
import { wants } from '#protocol/scim/projection.ts'
import type { AttributeRef } from '#protocol/scim/schema.ts'
import { compileFilter } from './filter-sql.ts'
import { groupAttributes } from './group-attributes.ts'
import { GROUP_CHANGED, type GroupRow, groupRow, MEMBERS, NO_MEMBERS } from './group-row.ts'
import { listPage, lookupShape, type Page, sortOrder } from './list.ts'
import type { Provisioner } from './provisioner.ts'
import { coreName } from './user-attributes.ts'

const LOOKUPS = new Set(['displayName', 'externalId', 'members', 'members.value'])

const SORT_COLUMNS: Record<string, Sql> = {
  id: raw('u.id'),
  displayName: raw('u.display_name_key'),
  externalId: raw('u.external_id'),
  'meta.created': raw('u.created_at'),
  'meta.lastModified': GROUP_CHANGED,
}

function sortColumn(ref: AttributeRef): Sql | undefined {
  return SORT_COLUMNS[coreName(ref) ?? '']
}

/** One page of the identity provider's groups; members are read only when the answer shows them. */
export function listGroups(at: Provisioner, query: ListQuery): Promise<Page<GroupRow>> {
  const own = sql`u.idp_id = ${at.idpId} and u.tenant_id = ${at.tenantId}`
  const members = wants(query.projection, 'members')
  const shape = query.sort ? undefined : lookupShape(query.filter, LOOKUPS)
  return listPage<GroupRow>(
    (statement) => at.db.run(at.scope, statement),
    {
      table: raw('directory_group'),
      condition: query.filter
        ? sql`${own} and ${compileFilter(query.filter, groupAttributes(at.base))}`
        : own,
      columns: groupRow(members ? MEMBERS : NO_MEMBERS),
      order: query.sort && sortOrder(query.sort, sortColumn),
      shape: shape && `group.${members ? '' : 'plain-'}${shape}`,
    },
    query.startIndex,
    query.count,
  )
}
