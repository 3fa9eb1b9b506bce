// Users who were created by signing in, and not by a provisioning client. A SCIM create with the same userName adopts
// them (users.ts), with the same id.
import { type AuditContext, audited } from '#audit/record.ts'
import { Conflict, Invalid } from '#errors.ts'
import type { IdentityProvider } from '#identity-providers/identity-providers.ts'
import type { Mapping } from '#identity-providers/mapping.ts'
import { DECLARED, type DeclaredSchemas, schemasOf } from '#identity-providers/schemas/declared-schemas.ts'
import type { TenantTx } from '#platform/database/database.ts'
import { violatedIndex } from '#platform/database/errors.ts'
import { orderedId } from '#platform/database/ordered-id.ts'
import { sql } from '#platform/database/sql.ts'
import { ScimError } from '#protocol/scim/messages/error.ts'
import { type Resource, readResource } from '#protocol/scim/values/resource.ts'
import { isSameName } from '#protocol/scim/values/same-name.ts'
import { compileMapping } from '../profiles/mapping.ts'
import { NO_HOLD, userColumns } from './user-row.ts'

type Provider = Pick<IdentityProvider, 'id'>

/**
 * Creates a user at sign-in.
 * @returns the id, or undefined if the userName is taken
 * @throws {Invalid} if the attributes of the user break a rule
 */
export async function joinUser(
  tx: TenantTx,
  auditContext: AuditContext,
  provider: Provider,
  said: Resource,
): Promise<string | undefined> {
  const id = orderedId()
  const { resource, columns } = await columnsOf(tx, provider, id, said)
  const insert = sql`insert into directory_user as u (id, tenant_id, idp_id, user_name, user_name_key, external_id,
      display_name, display_name_key, emails, active, idp_active, provisioned, resource, profile)
    values (${id}, ${tx.tenantId}, ${provider.id}, ${columns.userName}, ${columns.userNameKey}, ${columns.externalId},
      ${columns.displayName}, ${columns.displayNameKey}, ${columns.emails}::text[], true, true, false, ${columns.resource}, ${columns.profile})
    on conflict do nothing returning u.id`
  const fact = {
    action: 'create',
    objectType: 'User',
    objectId: id,
    objectName: columns.userName,
    change: { after: resource },
  } as const
  const joined = await tx.query(audited(auditContext, insert, fact))
  return joined.length === 0 ? undefined : id
}

/**
 * Updates the profile of a user whom no provisioning client manages. Writes nothing if nothing changed.
 * @param isRenamed the user gets the userName in `said`, unless it is the old one in another case
 * @throws {Conflict} if another user took that userName at the same moment
 */
export async function refreshJoinedUser(
  tx: TenantTx,
  auditContext: AuditContext,
  provider: Provider,
  userId: string,
  said: Resource,
  isRenamed: boolean,
): Promise<void> {
  // Not `for update`: two sign-ins that found this user by name share a lock on its key, and would wait for each
  // other.
  const [user] = await tx.query<{ userName: string; resource: string }>(
    sql`select user_name as "userName", resource from directory_user
      where id = ${userId} and tenant_id = ${tx.tenantId} and not provisioned and active for no key update`,
  )
  if (!user) return
  const wanted = String(said.userName)
  const userName = isRenamed && !isSameName(wanted, user.userName) ? wanted : user.userName
  const { resource, columns } = await columnsOf(tx, provider, userId, { ...said, userName })
  if (columns.resource === user.resource) return
  const { id: _, ...before } = JSON.parse(user.resource) as Resource
  const update = sql`update directory_user u set user_name = ${columns.userName}, user_name_key = ${columns.userNameKey},
      display_name = ${columns.displayName}, display_name_key = ${columns.displayNameKey}, emails = ${columns.emails}::text[], resource = ${columns.resource}, profile = ${columns.profile}::jsonb, version = version + 1, changed_at = now()
    where u.id = ${userId} and u.tenant_id = ${tx.tenantId} returning u.id`
  const fact = {
    action: 'update',
    objectType: 'User',
    objectId: userId,
    objectName: columns.userName,
    change: { before, after: resource },
  } as const
  try {
    await tx.query(audited(auditContext, update, fact))
  } catch (error) {
    if (violatedIndex(error) !== 'directory_user_name') throw error
    throw new Conflict('userName', 'Another user took this user name in the same moment; begin again')
  }
}

/**
 * Uses the mapping that this transaction reads. The one that the request read may be outdated, because it may have
 * waited for an identity provider since. The job in recompute-profiles.ts waits only for transactions that began
 * before it.
 */
async function columnsOf(tx: TenantTx, provider: Provider, id: string, said: Resource) {
  const [idp] = await tx.query<{ declared: DeclaredSchemas; mapping: Mapping | null }>(
    sql`select i.mapping, ${DECLARED} from identity_provider i where i.id = ${provider.id} and i.tenant_id = ${tx.tenantId}`,
  )
  const schema = schemasOf(idp?.declared ?? null).users
  const resource = { ...read(said, schema), active: true }
  return {
    resource,
    columns: userColumns(id, resource, NO_HOLD, compileMapping(idp?.mapping ?? null, schema)),
  }
}

function read(said: Resource, schema: Parameters<typeof readResource>[1]): Resource {
  try {
    return readResource(said, schema, 'lenient').resource
  } catch (error) {
    if (error instanceof ScimError) throw new Invalid('sign-in', `says what cannot be kept: ${error.message}`)
    throw error
  }
}
