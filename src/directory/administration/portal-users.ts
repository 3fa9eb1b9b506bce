// The directory as administrators see it: lists, details, counts and exports of users and groups, actions on users,
// and the users and groups of the local identity provider. What identity providers do over SCIM is in ../users and
// ../groups. The portal's routes, the command line and the job worker call this folder. Start with this file, which
// shows a user and applies actions to one. Then read act-on-users.ts (what the actions mean) and browse-users.ts (the
// list).
import type { AuditContext } from '#audit/record.ts'
import { Conflict, NotFound } from '#errors.ts'
import type { Database } from '#platform/database/database.ts'
import { raw, sql } from '#platform/database/sql.ts'
import { isSameName } from '#protocol/scim/values/same-name.ts'
import { userNameKey } from '#protocol/scim/values/user-name.ts'
import type { Profile } from '../profiles/profile.ts'
import { isUuid } from '../uuid.ts'
import { actOnUsers, type UserAction } from './act-on-users.ts'
import { SUMMARY, type UserSummary } from './user-summary.ts'

export interface UserDetail extends UserSummary {
  readonly externalId: string | null
  readonly version: string
  readonly profile: Profile
  /** Includes the groups that the user belongs to through other groups. */
  readonly groups: {
    readonly id: string
    readonly displayName: string
    readonly type: 'direct' | 'indirect'
  }[]
  readonly resource: object
}

/** The profile from the identity provider, and the name of the personal desktop that the user gave when enrolling. */
const PROFILE =
  raw(`coalesce((select jsonb_build_object('personalDesktop', e.personal_desktop) from user_enrolment e
      where e.user_id = u.id and e.personal_desktop is not null), '{}') || u.profile`)

export interface UserSearch {
  readonly idpId?: string | undefined
  /** The beginning of the userName. */
  readonly search?: string | undefined
  readonly limit: number
  /** The id of the last user of the previous page. */
  readonly after?: string | undefined
}

/** Returns users of a tenant in the order of their creation. */
export function listUsers(db: Database, tenantId: string, search: UserSearch): Promise<UserSummary[]> {
  return db.run<UserSummary>(
    { tenantId },
    sql`select ${SUMMARY} from directory_user u join identity_provider i on i.id = u.idp_id
      where u.tenant_id = ${tenantId} and (${search.idpId ?? null}::uuid is null or u.idp_id = ${search.idpId ?? null})
        and (${search.search ?? null}::text is null or starts_with(u.user_name_key, ${userNameKey(search.search ?? '')}))
        and (${search.after ?? null}::uuid is null or u.id > ${search.after ?? null})
      order by u.id limit ${search.limit}`,
  )
}

const EFFECTIVE_GROUPS = raw(`array(
          select json_build_object('id', g.id, 'displayName', g.display_name, 'type', m.type)
          from effective_groups(u.tenant_id, array[u.id]) m join directory_group g on g.id = m.group_id order by g.id)`)

/** Users with the same or a similar-looking name: at most one for each identity provider. */
const MOST_OF_ONE_NAME = 20

/**
 * Returns the details of a user.
 * @param idOrUserName an id, or a userName that only one identity provider has
 * @throws {NotFound}
 * @throws {Conflict} if several identity providers have a user with this name
 */
export async function showUser(
  db: Database,
  tenantId: string,
  idOrUserName: string,
  idpId?: string,
): Promise<UserDetail> {
  const wanted = isUuid(idOrUserName)
    ? sql`u.id = ${idOrUserName}`
    : sql`u.user_name_key = ${userNameKey(idOrUserName)}`
  const rows = await db.run<UserDetail & { text: string }>(
    { tenantId },
    sql`select ${SUMMARY}, u.external_id as "externalId", u.version::text as version, ${PROFILE} as profile,
        u.resource as text,
        ${EFFECTIVE_GROUPS} as groups
      from directory_user u join identity_provider i on i.id = u.idp_id
      where u.tenant_id = ${tenantId} and ${wanted} and (${idpId ?? null}::uuid is null or u.idp_id = ${idpId ?? null})
      limit ${MOST_OF_ONE_NAME}`,
  )
  const isWanted = ({ userName }: UserDetail) => isUuid(idOrUserName) || isSameName(idOrUserName, userName)
  const [row, ...others] = rows.filter(isWanted)
  if (!row) throw new NotFound(`There is no user ${idOrUserName}`)
  if (others.length > 0)
    throw new Conflict(
      'userName',
      `Several identity providers have a user ${idOrUserName}. Name the identity provider, or use the id.`,
    )
  const { text, ...detail } = row
  return { ...detail, resource: JSON.parse(text) as object }
}

/** Disables a user: the user can't sign in, and SCIM shows `active: false`. @throws {NotFound} */
export function disableUser(db: Database, auditContext: AuditContext, id: string): Promise<void> {
  return act(db, auditContext, id, 'disable')
}

/** Enables a user. Whether the user is active then depends only on the identity provider. @throws {NotFound} */
export function enableUser(db: Database, auditContext: AuditContext, id: string): Promise<void> {
  return act(db, auditContext, id, 'enable')
}

/**
 * Removes the profile from the portal. The SCIM resource stays and shows `active: false`, so the identity provider
 * sees the user as deactivated. If it sends `active: true`, the profile is restored. A local user is deleted for
 * good.
 * @throws {NotFound}
 */
export function deleteUser(db: Database, auditContext: AuditContext, id: string): Promise<void> {
  return act(db, auditContext, id, 'delete')
}

/**
 * Restores a user who was deleted in the portal, with the profile. The user has to enroll again, and is active if the
 * identity provider last said so.
 * @throws {NotFound}
 */
export function restoreUser(db: Database, auditContext: AuditContext, id: string): Promise<void> {
  return act(db, auditContext, id, 'restore')
}

async function act(db: Database, auditContext: AuditContext, id: string, action: UserAction): Promise<void> {
  const done = isUuid(id)
    ? await db.transaction({ tenantId: auditContext.tenantId }, (tx) =>
        actOnUsers(tx, auditContext, [id], action),
      )
    : 0
  if (done === 0) throw new NotFound(`There is no user ${id}`)
}
