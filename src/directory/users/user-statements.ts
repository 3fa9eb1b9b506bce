// The statements that write users: one user, or many at once. Both write the same columns.

import { audited, type Fact } from '#audit/record.ts'
import { orderedId } from '#platform/database/ordered-id.ts'
import { raw, type Sql, sql } from '#platform/database/sql.ts'
import { textArray } from '#platform/database/text-array.ts'
import type { Resource } from '#protocol/scim/values/resource.ts'
import { repeatAfter, repeatOf } from '../external-ids.ts'
import type { Provisioner } from '../provisioner.ts'
import { NO_HOLD, userColumns } from './user-row.ts'
import type { NewUser, UserColumns, UserUpdate } from './user-types.ts'

/**
 * Prepares a new user.
 * @param given what the identity provider sent; without `active` the user is active, a default that RFC 7643 §2.5
 *   lets us choose
 */
export function newUser(at: Provisioner, given: Resource): NewUser {
  const id = orderedId()
  const resource = { ...given, active: given.active ?? true }
  return { id, resource, columns: userColumns(id, resource, NO_HOLD, at.mapping) }
}

export function creation({ id, columns, resource }: NewUser): Fact {
  const change = { after: resource }
  return { action: 'create', objectType: 'User', objectId: id, objectName: columns.userName, change }
}

export function updating({ id, columns, action, change }: UserUpdate): Fact {
  return { action, objectType: 'User', objectId: id, objectName: columns.userName, change }
}

const COLUMNS =
  raw(`id, user_name, user_name_key, external_id, display_name, display_name_key, emails, active, idp_active,
      resource, profile`)
const STAMPS = raw(
  'u.id, u.version::text as version, u.created_at::text as "createdAt", u.changed_at::text as "changedAt"',
)

/** The id and the externalId of a row of `arraysOf`. */
const GIVEN = { id: raw('given.id'), externalId: raw('given.external_id') }

export function insertUser(at: Provisioner, { id, columns: user, mayRepeat = false }: NewUser): Sql {
  const written = { id: sql`${id}`, externalId: sql`${user.externalId}` }
  const repeat = repeatOf('directory_user', at, written, mayRepeat)
  return sql`insert into directory_user as u (tenant_id, idp_id, ${COLUMNS}, external_id_repeat)
    values (${at.tenantId}, ${at.idpId}, ${id}, ${user.userName}, ${user.userNameKey}, ${user.externalId},
      ${user.displayName}, ${user.displayNameKey}, ${user.emails}::text[], ${user.active}, ${user.idpActive},
      ${user.resource}, ${user.profile}, ${repeat})
    on conflict do nothing
    returning ${STAMPS}`
}

export function insertUsers(at: Provisioner, users: readonly NewUser[]): Sql {
  return sql`insert into directory_user as u (tenant_id, idp_id, ${COLUMNS})
    select ${at.tenantId}::uuid, ${at.idpId}::uuid, given.id, given.user_name, given.user_name_key, given.external_id,
      given.display_name, given.display_name_key, given.emails::text[], given.active, given.idp_active, given.resource,
      given.profile::jsonb
    from unnest(${arraysOf(users)}) as given(${COLUMNS})
    on conflict do nothing
    returning ${STAMPS}`
}

/** Updates a user, if the version is still the one that was read. */
export function updateStatement(at: Provisioner, update: UserUpdate): Sql {
  const { id, version, columns: user, hold } = update
  const repeat = repeatAfter('directory_user', at, { id: sql`${id}`, externalId: sql`${user.externalId}` })
  const change = sql`update directory_user u set user_name = ${user.userName}, user_name_key = ${user.userNameKey},
      external_id = ${user.externalId}, external_id_repeat = ${repeat}, display_name = ${user.displayName}, display_name_key = ${user.displayNameKey},
      emails = ${user.emails}::text[], active = ${user.active}, idp_active = ${user.idpActive}, resource = ${user.resource},
      profile = ${user.profile}::jsonb, deleted_at = case when ${hold.deleted} then deleted_at end, provisioned = true,
      version = version + 1, changed_at = greatest(u.changed_at, now())
    where u.id = ${id} and u.idp_id = ${at.idpId} and u.tenant_id = ${at.tenantId} and u.version = ${version}
    returning ${STAMPS}`
  return audited(at.auditContext, change, updating(update))
}

/** Updates users row by row, in the given order. */
export function updateUsers(at: Provisioner, users: readonly UserUpdate[]): Sql {
  return sql`update directory_user u set user_name = given.user_name, user_name_key = given.user_name_key,
      external_id = given.external_id, external_id_repeat = ${repeatAfter('directory_user', at, GIVEN)}, display_name = given.display_name, display_name_key = given.display_name_key,
      emails = given.emails::text[], active = given.active, idp_active = given.idp_active, resource = given.resource,
      profile = given.profile::jsonb, deleted_at = case when given.deleted then deleted_at end, provisioned = true,
      version = u.version + 1, changed_at = greatest(u.changed_at, now())
    from unnest(${arraysOf(users)}, ${users.map(({ version }) => version)}::bigint[],
      ${users.map(({ hold }) => hold.deleted)}::boolean[]) as given(${COLUMNS}, version, deleted)
    where u.id = given.id and u.idp_id = ${at.idpId} and u.tenant_id = ${at.tenantId} and u.version = given.version
    returning ${STAMPS}`
}

/** Returns the values of `COLUMNS`, one array for each column. */
function arraysOf(users: readonly (NewUser | UserUpdate)[]): Sql {
  const each = <Column>(pick: (columns: UserColumns) => Column) => users.map(({ columns }) => pick(columns))
  return sql`${users.map(({ id }) => id)}::uuid[], ${each((user) => user.userName)}::text[],
      ${each((user) => user.userNameKey)}::text[], ${each((user) => user.externalId)}::text[],
      ${each((user) => user.displayName)}::text[], ${each((user) => user.displayNameKey)}::text[],
      ${each((user) => arrayText(user.emails))}::text[], ${each((user) => user.active)}::boolean[],
      ${each((user) => user.idpActive)}::boolean[], ${textArray(each((user) => user.resource))}::text[],
      ${textArray(each((user) => user.profile))}::text[]`
}

/**
 * Returns an array as PostgreSQL writes it as text, because an array of arrays can't contain arrays of different
 * lengths.
 */
function arrayText(values: readonly string[]): string {
  return `{${values.map((value) => `"${value.replace(/["\\]/g, '\\$&')}"`).join(',')}}`
}
