// What administrators see of a user, and do to one; see act-on-users.ts for what that means, browse-users.ts for the list.
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
  /** Also those that it is in by being in a group that is in them. */
  readonly groups: {
    readonly id: string
    readonly displayName: string
    readonly type: 'direct' | 'indirect'
  }[]
  readonly resource: object
}

/** What the identity provider says, and the name of the personal desktop that the person gave at enrolment. */
const PROFILE =
  raw(`coalesce((select jsonb_build_object('personalDesktop', e.personal_desktop) from user_enrolment e
      where e.user_id = u.id and e.personal_desktop is not null), '{}') || u.profile`)

export interface UserSearch {
  readonly idpId?: string | undefined
  /** The beginning of the userName. */
  readonly search?: string | undefined
  readonly limit: number
  /** The id of the last user of the page before. */
  readonly after?: string | undefined
}

/** Users of a tenant in the order of their creation. */
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

/** Of look-alikes, one for each identity provider. */
const MOST_OF_ONE_NAME = 20

/** @param idOrUserName an id, or a userName that only one identity provider has @throws {NotFound} {Conflict} */
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

/** Puts the administrator's hold on a user: no sign-in, and SCIM shows `active: false`. @throws {NotFound} */
export function disableUser(db: Database, auditContext: AuditContext, id: string): Promise<void> {
  return act(db, auditContext, id, 'disable')
}

/** Lifts the hold; whether the user is active is then the identity provider's word alone. @throws {NotFound} */
export function enableUser(db: Database, auditContext: AuditContext, id: string): Promise<void> {
  return act(db, auditContext, id, 'enable')
}

/**
 * Removes the profile from the portal. The SCIM resource stays and shows `active: false`, so that the identity provider
 * shows the user as deactivated; its `active: true` brings the profile back. A local user is gone. @throws {NotFound}
 */
export function deleteUser(db: Database, auditContext: AuditContext, id: string): Promise<void> {
  return act(db, auditContext, id, 'delete')
}

/**
 * Brings a user back who was deleted in the portal, with the profile, and enrolled anew. Whether the user is active is what
 * the identity provider said last. @throws {NotFound}
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
