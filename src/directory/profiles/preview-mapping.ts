// Shows what a mapping would make of real users. Nothing is written.
import type { Mapping } from '#identity-providers/mapping.ts'
import { type Database, inTenant } from '#platform/database/database.ts'
import { sql } from '#platform/database/sql.ts'
import type { ResourceSchema } from '#protocol/scim/schema/schema.ts'
import { browseUserIds } from '../administration/browse-users.ts'
import { storedResource } from '../users/user-row.ts'
import { compileMapping } from './mapping.ts'
import { type Profile, profileOf } from './profile.ts'

const PREVIEWED_AT_MOST = 5

export interface PreviewedUser {
  readonly id: string
  readonly userName: string
  readonly displayName: string | null
  /** Deleted in the portal: the profile is empty, whatever the mapping says. */
  readonly deleted: boolean
  readonly before: Profile
  readonly after: Profile
}

export interface PreviewWish {
  readonly userIds?: readonly string[] | undefined
  readonly search?: string | undefined
}

/**
 * Returns a few users with their profiles before and after.
 * @param schema of users, with the extensions of the identity provider
 */
export async function previewMapping(
  db: Database,
  { tenantId, id: idpId }: { readonly tenantId: string; readonly id: string },
  mapping: Mapping | null,
  schema: ResourceSchema,
  wish: PreviewWish,
): Promise<PreviewedUser[]> {
  const ids = wish.userIds ?? (await someUsers(db, tenantId, idpId, wish.search))
  const rows = await db.run<Row>(
    { tenantId },
    sql`select u.id, u.user_name as "userName", u.display_name as "displayName", u.resource,
        u.idp_active as "idpActive", u.deleted_at is not null as deleted, u.profile
      from directory_user u where u.id = any(${ids.slice(0, PREVIEWED_AT_MOST)}::uuid[])
        and u.idp_id = ${idpId} and u.tenant_id = ${tenantId}`,
  )
  const compiled = compileMapping(mapping, schema)
  return rows
    .toSorted((a, b) => ids.indexOf(a.id) - ids.indexOf(b.id))
    .map(({ id, userName, displayName, deleted, profile, ...row }) => ({
      id,
      userName,
      displayName,
      deleted,
      before: profile,
      after: deleted ? {} : profileOf(storedResource({ id, ...row }), compiled),
    }))
}

interface Row extends Omit<PreviewedUser, 'before' | 'after'> {
  readonly resource: string
  readonly idpActive: boolean
  readonly profile: Profile
}

async function someUsers(
  db: Database,
  tenantId: string,
  idpId: string,
  search: string | undefined,
): Promise<string[]> {
  const browse = { idpId, search, sort: 'userName', limit: PREVIEWED_AT_MOST } as const
  return (await browseUserIds(inTenant(db, tenantId), tenantId, browse)).ids
}
