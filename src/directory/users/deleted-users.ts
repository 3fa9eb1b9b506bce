// Users whom their identity provider deleted over SCIM. They are hidden from it, but kept for the retention period,
// so that an administrator can restore them. Sessions, factors and memberships aren't kept: the user enrolls again,
// and the identity provider assigns groups.

import { audited } from '#audit/record.ts'
import { Conflict, Invalid, NotFound, Unavailable } from '#errors.ts'
import type { ProviderType } from '#identity-providers/provider-type.ts'
import type { Database, TenantTx } from '#platform/database/database.ts'
import { raw, type Sql, sql } from '#platform/database/sql.ts'
import { findSchema } from '#protocol/scim/schema/resource-schema.ts'
import type { Resource } from '#protocol/scim/values/resource.ts'
import { userNameKey } from '#protocol/scim/values/user-name.ts'
import {
  type PortalProvisioner,
  type PortalWorker,
  provisionerWhere,
} from '../administration/local-provisioner.ts'
import { repeatOf } from '../external-ids.ts'
import { isUuid } from '../uuid.ts'
import { findHolder } from './user-holder.ts'
import { storedResource, userColumns } from './user-row.ts'
import type { UserColumns } from './user-types.ts'

/** The columns that a `delete` of users returns for `KEEP_DELETED`. */
export const KEPT_COLUMNS =
  raw(`u.id, u.tenant_id, u.idp_id, u.user_name, u.user_name_key, u.display_name, u.resource,
    u.idp_active, u.disabled_at, u.version, u.created_at`)

/** Keeps the users whom a statement called `changed` deletes. */
export const KEEP_DELETED =
  raw(`insert into deleted_user (id, tenant_id, idp_id, user_name, user_name_key, display_name,
      resource, idp_active, disabled_at, version, created_at)
    select id, tenant_id, idp_id, user_name, user_name_key, display_name, resource, idp_active, disabled_at, version,
      created_at from changed`)

export interface DeletedUser {
  readonly id: string
  readonly userName: string
  readonly displayName: string | null
  readonly idpId: string
  readonly identityProvider: string
  readonly idpType: ProviderType
  readonly deletedAt: Date
}

export interface DeletedUserSearch {
  readonly idpId?: string | undefined
  /** The beginning of the userName. */
  readonly search?: string | undefined
  readonly limit: number
  /** The `next` of the previous page. */
  readonly after?: string | undefined
}

/** Returns deleted users, the most recent first. @throws {Invalid} if `after` isn't a `next` */
export async function listDeletedUsers(
  db: Database,
  tenantId: string,
  { idpId, search, limit, after }: DeletedUserSearch,
): Promise<{ users: DeletedUser[]; next: string | undefined }> {
  const rows = await db.run<DeletedUser>(
    { tenantId },
    sql`select d.id, d.user_name as "userName", d.display_name as "displayName", d.idp_id as "idpId",
        i.name as "identityProvider", i.type as "idpType", d.deleted_at as "deletedAt"
      from deleted_user d join identity_provider i on i.id = d.idp_id
      where d.tenant_id = ${tenantId} and ${behind(after)}
        and (${idpId ?? null}::uuid is null or d.idp_id = ${idpId ?? null})
        and (${search ?? null}::text is null or starts_with(d.user_name_key, ${userNameKey(search ?? '')}))
      order by d.deleted_at desc, d.id desc limit ${limit + 1}`,
  )
  const users = rows.slice(0, limit)
  const last = users.at(-1)
  return { users, next: rows.length > limit && last ? `${last.deletedAt.getTime()}.${last.id}` : undefined }
}

function behind(after: string | undefined): Sql {
  if (after === undefined) return raw('true')
  const [, milliseconds, id] = /^(\d{1,14})\.([0-9a-f-]{36})$/.exec(after) ?? []
  if (!milliseconds || !isUuid(id)) throw new Invalid('after', 'must be the `next` of a page before')
  return sql`(d.deleted_at, d.id) <
    (timestamptz 'epoch' + ${Number(milliseconds)}::bigint * interval '1 millisecond', ${id}::uuid)`
}

/**
 * Restores a user with the same id and access, but without groups and second factors. The user counts as not yet
 * provisioned, so that a SCIM create with the same userName adopts it.
 * @throws {NotFound}
 * @throws {Conflict} if another user has the userName or externalId by now
 * @throws {Unavailable} if users with that name come and go at the same moment
 */
export async function restoreDeletedUser(worker: PortalWorker, id: string): Promise<void> {
  const missing = `There is no deleted user ${id}`
  const owner = sql`i.id = (select d.idp_id from deleted_user d
    where d.id = ${isUuid(id) ? id : null}::uuid and d.tenant_id = ${worker.auditContext.tenantId})`
  const at = await provisionerWhere(worker, owner, missing)
  await worker.db.transaction({ tenantId: at.tenantId }, async (tx) => {
    const [kept] = await tx.query<KeptUser>(
      sql`delete from deleted_user where id = ${id} and tenant_id = ${at.tenantId}
        returning id, resource, idp_active as "idpActive", disabled_at as "disabledAt", version::text as version,
          created_at as "createdAt"`,
    )
    if (!kept) throw new NotFound(missing)
    const hold = { disabled: kept.disabledAt !== null, deleted: false }
    const resource = withoutForeign(storedResource(kept), at)
    const columns = userColumns(id, resource, hold, at.mapping)
    const change = { after: { restored: true, ...resource } }
    const fact = {
      action: 'create',
      objectType: 'User',
      objectId: id,
      objectName: columns.userName,
      change,
    } as const
    const restored = await tx.query(audited(at.auditContext, restore(at, kept, columns), fact))
    if (restored.length === 0) throw await taken(tx, at, id, columns)
  })
}

interface KeptUser {
  readonly id: string
  readonly resource: string
  readonly idpActive: boolean
  readonly disabledAt: Date | null
  readonly version: string
  readonly createdAt: Date
}

/** Removes data of extensions that were removed in the meantime. */
function withoutForeign(resource: Resource, { schemas: { users } }: PortalProvisioner): Resource {
  const known = Object.entries(resource).filter(([name]) => !name.includes(':') || findSchema(users, name))
  const urns = Array.isArray(resource.schemas) ? resource.schemas : []
  return { ...Object.fromEntries(known), schemas: urns.filter((urn) => findSchema(users, String(urn))) }
}

function restore(at: PortalProvisioner, kept: KeptUser, user: UserColumns): Sql {
  const repeat = repeatOf('directory_user', at, { id: sql`${kept.id}`, externalId: sql`${user.externalId}` })
  return sql`insert into directory_user as u (id, tenant_id, idp_id, user_name, user_name_key, external_id, display_name,
      display_name_key, emails, active, idp_active, disabled_at, provisioned, resource, profile, version, created_at, external_id_repeat)
    values (${kept.id}, ${at.tenantId}, ${at.idpId}, ${user.userName}, ${user.userNameKey}, ${user.externalId},
      ${user.displayName}, ${user.displayNameKey}, ${user.emails}::text[], ${user.active}, ${user.idpActive}, ${kept.disabledAt}, false,
      ${user.resource}, ${user.profile}, ${kept.version}::bigint + 1, ${kept.createdAt}, ${repeat})
    on conflict do nothing returning u.id`
}

async function taken(
  tx: TenantTx,
  at: PortalProvisioner,
  id: string,
  user: UserColumns,
): Promise<Conflict | Unavailable> {
  const holder = await findHolder(tx, at, id, user)
  if (!holder) return new Unavailable('Users of this name come and go at the same moment; try again')
  const what = holder.byName ? 'user name' : 'external ID'
  return new Conflict(
    holder.byName ? 'userName' : 'externalId',
    `The user ${holder.userName} (${holder.id}) has this ${what} now. Rename or delete that user first.`,
  )
}
