// What administrators do to one or many users. Disabling and deleting are stored beside the identity provider's own
// `active`. SCIM shows their effect (`active: false`); it can undo a deletion, but can't enable a disabled user.
// Deleting a user in the portal removes the profile but not the SCIM resource, which belongs to the identity
// provider. A local user is deleted for good.

import { type AuditContext, auditedEach, type Fact } from '#audit/record.ts'
import type { Mapping } from '#identity-providers/mapping.ts'
import type { ProviderType } from '#identity-providers/provider-type.ts'
import { DECLARED, type DeclaredSchemas, schemasOf } from '#identity-providers/schemas/declared-schemas.ts'
import type { Queryable } from '#platform/database/database.ts'
import { prepared, type Sql, sql } from '#platform/database/sql.ts'
import { compileMapping } from '../profiles/mapping.ts'
import { NO_GROUPS, storedResource, userColumns, userRow } from '../users/user-row.ts'
import type { Hold, UserColumns, UserRow } from '../users/user-types.ts'

export const USER_ACTIONS = ['disable', 'enable', 'delete', 'restore'] as const
export type UserAction = (typeof USER_ACTIONS)[number]

const WANTED: Record<UserAction, (now: Hold) => Hold> = {
  disable: (now) => ({ ...now, disabled: true }),
  /** Whether the user is active then depends only on the identity provider. */
  enable: (now) => ({ ...now, disabled: false }),
  delete: (now) => ({ ...now, deleted: true }),
  /** The user gets back the access that the identity provider last gave, and has to enroll again. */
  restore: (now) => ({ ...now, deleted: false }),
}

interface HeldRow extends UserRow {
  readonly userName: string
  readonly idpType: ProviderType
  readonly mapping: Mapping | null
  readonly declared: DeclaredSchemas
}

/**
 * Applies an action to users, with an audit event for each change. Users already in the wanted state don't change.
 * @returns how many of the users exist
 */
export async function actOnUsers(
  tx: Queryable,
  auditContext: AuditContext,
  ids: readonly string[],
  action: UserAction,
): Promise<number> {
  const rows = await tx.query<HeldRow>(lockedUsers(auditContext.tenantId, ids))
  const gone = action === 'delete' ? rows.filter(({ idpType }) => idpType === 'local') : []
  if (gone.length > 0) await tx.query(deleteStatement(auditContext, gone))
  const changes = rows.filter((row) => !gone.includes(row)).flatMap((row) => changeOf(row, WANTED[action]))
  if (changes.length > 0) await tx.query(holdStatement(auditContext, changes))
  return rows.length
}

/** Locks users in the order of their ids, so that parallel writers can't deadlock. */
function lockedUsers(tenantId: string, ids: readonly string[]): Sql {
  return sql`select ${userRow(NO_GROUPS)}, u.user_name as "userName", i.type as "idpType", i.mapping, ${DECLARED}
    from directory_user u join identity_provider i on i.id = u.idp_id
    where u.id = any(${ids}::uuid[]) and u.tenant_id = ${tenantId} order by u.id for update of u`
}

interface HoldChange {
  readonly row: HeldRow
  readonly wanted: Hold
  readonly columns: UserColumns
  readonly fact: Fact
}

function changeOf(row: HeldRow, next: (now: Hold) => Hold): HoldChange[] {
  const now: Hold = { disabled: row.disabled, deleted: row.deleted }
  const wanted = next(now)
  if (wanted.disabled === now.disabled && wanted.deleted === now.deleted) return []
  const mapping = compileMapping(row.mapping, schemasOf(row.declared).users)
  const fact: Fact = {
    action: wanted.deleted && !now.deleted ? 'delete' : 'update',
    objectType: 'User',
    objectId: row.id,
    objectName: row.userName,
    change: { before: now, after: wanted },
  }
  return [{ row, wanted, columns: userColumns(row.id, storedResource(row), wanted, mapping), fact }]
}

function holdStatement(auditContext: AuditContext, changes: readonly HoldChange[]): Sql {
  const each = <Value>(pick: (change: HoldChange) => Value) => changes.map(pick)
  const update = sql`update directory_user u set active = held.active, idp_active = held.idp_active,
      resource = held.resource, profile = held.profile::jsonb,
      disabled_at = case when held.disabled then coalesce(u.disabled_at, now()) end,
      deleted_at = case when held.deleted then coalesce(u.deleted_at, now()) end,
      version = u.version + 1, changed_at = greatest(u.changed_at, now())
    from unnest(${each(({ row }) => row.id)}::uuid[], ${each(({ columns }) => columns.active)}::boolean[],
      ${each(({ columns }) => columns.idpActive)}::boolean[], ${each(({ columns }) => columns.resource)}::text[],
      ${each(({ columns }) => columns.profile)}::text[], ${each(({ wanted }) => wanted.disabled)}::boolean[],
      ${each(({ wanted }) => wanted.deleted)}::boolean[])
      as held(id, active, idp_active, resource, profile, disabled, deleted)
    where u.id = held.id and u.tenant_id = ${auditContext.tenantId} returning u.id`
  const facts = changes.map(({ fact }) => fact)
  return prepared('user.hold-each', auditedEach(auditContext, update, facts))
}

function deleteStatement(auditContext: AuditContext, rows: readonly HeldRow[]): Sql {
  const facts: Fact[] = rows.map((row) => ({
    action: 'delete',
    objectType: 'User',
    objectId: row.id,
    objectName: row.userName,
    change: { before: storedResource(row) },
  }))
  const gone = sql`delete from directory_user u where u.id = any(${rows.map(({ id }) => id)}::uuid[])
    and u.tenant_id = ${auditContext.tenantId} returning u.id`
  return auditedEach(auditContext, gone, facts)
}
