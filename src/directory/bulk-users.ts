// Many users at once, for bulk requests: one statement creates or deletes as many as it is given, each with its own
// event. What such a statement leaves out is for users.ts to decide, one by one.
import { randomUUIDv7 } from 'node:crypto'
import { auditedEach, type Fact } from '#audit/record.ts'
import { prepared, type Sql, sql } from '#platform/sql.ts'
import type { Resource } from '#protocol/scim/resource.ts'
import type { Provisioner } from './provisioner.ts'
import { NO_HOLD, type UserColumns, userColumns } from './user-row.ts'
import { isUuid } from './uuid.ts'

export interface CreatedUser {
  readonly id: string
  readonly version: string
}

interface NewUser {
  readonly id: string
  readonly resource: Resource
  readonly columns: UserColumns
}

/**
 * Creates users, each for itself: a userName or externalId that is taken, also by an earlier one of the list, keeps out
 * that one only.
 * @returns for each of the list the user, or undefined where it was not created
 */
export async function createUsers(
  at: Provisioner,
  resources: readonly Resource[],
): Promise<(CreatedUser | undefined)[]> {
  const users = resources.map((given) => newUser(at, given))
  const first = firstOfEach(users)
  const facts: Fact[] = first.map(({ id, columns, resource }) => ({
    action: 'create',
    objectType: 'User',
    objectId: id,
    objectName: columns.userName,
    change: { after: resource },
  }))
  const statement = auditedEach(at.witness, insertUsers(at, first), facts)
  const rows = await at.db.run<CreatedUser>(at.scope, prepared('user.create-each', statement))
  const created = new Map(rows.map((row) => [row.id, row]))
  return users.map(({ id }) => created.get(id))
}

function newUser(at: Provisioner, given: Resource): NewUser {
  const id = randomUUIDv7()
  const resource = { ...given, active: given.active !== false }
  return { id, resource, columns: userColumns(id, resource, NO_HOLD, at.mapping) }
}

/**
 * Of those with the same name or externalId the first; all in one order for everyone, so that parallel writers do not
 * wait for each other in a circle.
 */
function firstOfEach(users: readonly NewUser[]): NewUser[] {
  const taken = new Set<string>()
  const first = users.filter(({ columns: { userNameKey, externalId } }) => {
    const keys = [`n${userNameKey}`, ...(externalId === null ? [] : [`e${externalId}`])]
    if (keys.some((key) => taken.has(key))) return false
    for (const key of keys) taken.add(key)
    return true
  })
  return first.sort((a, b) => (a.columns.userNameKey < b.columns.userNameKey ? -1 : 1))
}

function insertUsers(at: Provisioner, users: readonly NewUser[]): Sql {
  const each = <Column>(pick: (columns: UserColumns) => Column) => users.map(({ columns }) => pick(columns))
  return sql`insert into directory_user as u (id, tenant_id, idp_id, user_name, user_name_key, external_id,
      display_name, display_name_key, emails, active, idp_active, resource, profile)
    select given.id, ${at.tenantId}::uuid, ${at.idpId}::uuid, given.user_name, given.user_name_key, given.external_id,
      given.display_name, given.display_name_key, array(select jsonb_array_elements_text(given.emails::jsonb)), given.active, given.idp_active,
      given.resource, given.profile::jsonb
    from unnest(${users.map(({ id }) => id)}::uuid[], ${each((user) => user.userName)}::text[],
      ${each((user) => user.userNameKey)}::text[], ${each((user) => user.externalId)}::text[],
      ${each((user) => user.displayName)}::text[], ${each((user) => user.displayNameKey)}::text[], ${each((user) => JSON.stringify(user.emails))}::text[],
      ${each((user) => user.active)}::boolean[], ${each((user) => user.idpActive)}::boolean[],
      ${each((user) => user.resource)}::text[], ${each((user) => user.profile)}::text[])
      as given(id, user_name, user_name_key, external_id, display_name, display_name_key, emails, active, idp_active,
        resource, profile)
    on conflict do nothing
    returning u.id, u.version::text as version`
}

/** Deletes users for good; their memberships go with them. @returns the ids of those that were there, in lower case */
export async function deleteUsers(at: Provisioner, ids: readonly string[]): Promise<Set<string>> {
  const wanted = [...new Set(ids.filter(isUuid).map((id) => id.toLowerCase()))].sort()
  const facts: Fact[] = wanted.map((id) => ({
    action: 'delete',
    objectType: 'User',
    objectId: id,
    objectName: sql`changed.user_name`,
    change: sql`'{"before":' || changed.resource || '}'`,
  }))
  if (wanted.length === 0) return new Set()
  const gone = sql`delete from directory_user u where u.id = any(${wanted}::uuid[]) and u.idp_id = ${at.idpId}
    and u.tenant_id = ${at.tenantId} returning u.id, u.user_name, u.resource`
  const rows = await at.db.run<{ id: string }>(
    at.scope,
    prepared('user.delete-each', auditedEach(at.witness, gone, facts)),
  )
  return new Set(rows.map(({ id }) => id))
}
