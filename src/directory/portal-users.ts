// What administrators see of users, and do to them. Their word is a hold beside the identity provider's own: SCIM shows
// its effect (`active: false`), but cannot lift it. Deleting in the portal removes the profile, not the SCIM resource.
import { audited, type Fact, type Witness } from '#audit/record.ts'
import { Conflict, NotFound } from '#errors.ts'
import { DECLARED, type DeclaredSchemas, schemasOf } from '#identity-providers/declared-schemas.ts'
import type { Mapping } from '#identity-providers/mapping.ts'
import type { Database, Scope } from '#platform/database.ts'
import { prepared, raw, sql } from '#platform/sql.ts'
import { caseKey } from '#protocol/scim/text.ts'
import { compileMapping } from './mapping.ts'
import type { Profile } from './profile.ts'
import { type Hold, NO_GROUPS, storedResource, type UserRow, userColumns, userRow } from './user-row.ts'
import { isUuid } from './uuid.ts'

/** One line of a list of users. */
export interface UserSummary {
  readonly id: string
  readonly userName: string
  readonly displayName: string | null
  readonly identityProvider: string
  readonly status: 'active' | 'inactive' | 'disabled' | 'deleted'
  readonly createdAt: Date
  readonly changedAt: Date
}

export interface UserDetail extends UserSummary {
  readonly externalId: string | null
  readonly profile: Profile
  /** Also those that it is in by being in a group that is in them. */
  readonly groups: {
    readonly id: string
    readonly displayName: string
    readonly type: 'direct' | 'indirect'
  }[]
  readonly resource: object
}

const STATUS =
  raw(`case when u.deleted_at is not null then 'deleted' when u.disabled_at is not null then 'disabled'
    when u.active then 'active' else 'inactive' end`)

const SUMMARY = sql`u.id, u.user_name as "userName", u.display_name as "displayName", i.name as "identityProvider",
    ${STATUS} as status, u.created_at as "createdAt", u.changed_at as "changedAt"`

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
        and (${search.search ?? null}::text is null or starts_with(u.user_name_key, ${caseKey(search.search ?? '')}))
        and (${search.after ?? null}::uuid is null or u.id > ${search.after ?? null})
      order by u.id limit ${search.limit}`,
  )
}

/** `union` keeps a group once, so groups that hold each other end the walk. */
const EFFECTIVE_GROUPS = raw(`array(
          with recursive up(id, direct) as (
            select m.group_id, true from group_member m where m.member_id = u.id and m.tenant_id = u.tenant_id
            union
            select m.group_id, false from group_member m join up on m.member_id = up.id where m.tenant_id = u.tenant_id)
          select json_build_object('id', g.id, 'displayName', g.display_name,
            'type', case when bool_or(up.direct) then 'direct' else 'indirect' end)
          from up join directory_group g on g.id = up.id group by g.id, g.display_name order by g.id)`)

/** @param idOrUserName an id, or a userName that only one identity provider has @throws {NotFound} {Conflict} */
export async function showUser(
  db: Database,
  tenantId: string,
  idOrUserName: string,
  idpId?: string,
): Promise<UserDetail> {
  const wanted = isUuid(idOrUserName)
    ? sql`u.id = ${idOrUserName}`
    : sql`u.user_name_key = ${caseKey(idOrUserName)}`
  const rows = await db.run<UserDetail & { text: string }>(
    { tenantId },
    sql`select ${SUMMARY}, u.external_id as "externalId", ${PROFILE} as profile, u.resource as text,
        ${EFFECTIVE_GROUPS} as groups
      from directory_user u join identity_provider i on i.id = u.idp_id
      where u.tenant_id = ${tenantId} and ${wanted} and (${idpId ?? null}::uuid is null or u.idp_id = ${idpId ?? null})
      limit 2`,
  )
  const [row] = rows
  if (!row) throw new NotFound(`There is no user ${idOrUserName}`)
  if (rows.length > 1)
    throw new Conflict(
      'userName',
      `Several identity providers have a user ${idOrUserName}; name one, or give the id`,
    )
  const { text, ...detail } = row
  return { ...detail, resource: JSON.parse(text) as object }
}

/** Puts the administrator's hold on a user: no sign-in, and SCIM shows `active: false`. @throws {NotFound} */
export function disableUser(db: Database, witness: Witness, id: string): Promise<void> {
  return hold(db, witness, id, (now) => ({ ...now, disabled: true }))
}

/** Lifts the hold; whether the user is active is then the identity provider's word alone. @throws {NotFound} */
export function enableUser(db: Database, witness: Witness, id: string): Promise<void> {
  return hold(db, witness, id, (now) => ({ ...now, disabled: false }))
}

/**
 * Removes the profile from the portal. The SCIM resource stays and shows `active: false`, so that the identity provider
 * shows the user as deactivated; its `active: true` brings the profile back. @throws {NotFound}
 */
export function deleteUser(db: Database, witness: Witness, id: string): Promise<void> {
  return hold(db, witness, id, (now) => ({ ...now, deleted: true }))
}

async function hold(db: Database, witness: Witness, id: string, next: (now: Hold) => Hold): Promise<void> {
  const scope: Scope = { tenantId: witness.tenantId }
  await db.transaction(scope, async (tx) => {
    const [row] = isUuid(id) ? await tx.query<HeldRow>(lockedUser(witness.tenantId, id)) : []
    if (!row) throw new NotFound(`There is no user ${id}`)
    const now: Hold = { disabled: row.disabled, deleted: row.deleted }
    const wanted = next(now)
    if (wanted.disabled === now.disabled && wanted.deleted === now.deleted) return
    await tx.query(holdStatement(witness, row, now, wanted))
  })
}

interface HeldRow extends UserRow {
  readonly userName: string
  readonly mapping: Mapping | null
  readonly declared: DeclaredSchemas
}

function lockedUser(tenantId: string, id: string) {
  return sql`select ${userRow(NO_GROUPS)}, u.user_name as "userName", i.mapping, ${DECLARED}
    from directory_user u
    join identity_provider i on i.id = u.idp_id where u.id = ${id} and u.tenant_id = ${tenantId} for update of u`
}

function holdStatement(witness: Witness, row: HeldRow, now: Hold, wanted: Hold) {
  const deleting = wanted.deleted && !now.deleted
  // What was deleted here is inactive from now on for the identity provider too, so that its `active: true` is news.
  const resource = { ...storedResource(row), ...(deleting && { active: false }) }
  const mapping = compileMapping(row.mapping, schemasOf(row.declared).users)
  const columns = userColumns(row.id, resource, wanted, mapping)
  const fact: Fact = {
    action: deleting ? 'delete' : 'update',
    objectType: 'User',
    objectId: row.id,
    objectName: row.userName,
    change: { before: now, after: wanted },
  }
  const update = sql`update directory_user u set active = ${columns.active}, idp_active = ${columns.idpActive},
      resource = ${columns.resource}, profile = ${columns.profile}::jsonb,
      disabled_at = case when ${wanted.disabled} then coalesce(disabled_at, now()) end,
      deleted_at = case when ${wanted.deleted} then coalesce(deleted_at, now()) end,
      version = version + 1, changed_at = now()
    where u.id = ${row.id} and u.tenant_id = ${witness.tenantId} returning u.id`
  return prepared('user.hold', audited(witness, update, fact))
}
