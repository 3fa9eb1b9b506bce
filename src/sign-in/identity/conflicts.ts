// Sign-ins that were refused because a link and the matching rule name different users. An administrator has to decide which is
// right, so the last conflict of each identifier is kept until it is resolved or 30 days old.
import type { Database, TenantTx } from '#platform/database/database.ts'
import { raw, type Sql, sql } from '#platform/database/sql.ts'
import type { StableIdentifier } from './identifier.ts'
import type { Conflict } from './refused-identity.ts'

export interface IdentityConflict {
  readonly reason: Conflict['denied']
  readonly issuer: string
  readonly source: string
  readonly identifier: string
  /** The user's name at the identity provider. */
  readonly name: string
  /** The user that the rule finds. */
  readonly namedUser: UserRef
  /** The user that the identifier is linked to; null: none. */
  readonly linkedUser: UserRef | null
  readonly times: number
  readonly firstAt: Date
  readonly lastAt: Date
}

interface UserRef {
  readonly id: string
  readonly userName: string
}

const NAME_CHARACTERS = 300
const MOST = 50
export const CONFLICT_DAYS = 30

export async function recordConflict(
  tx: TenantTx,
  idpId: string,
  { issuer, source, value }: StableIdentifier,
  name: string,
  { denied, namedUserId, linkedUserId }: Conflict,
): Promise<void> {
  await tx.query(
    sql`insert into identity_conflict as c
        (idp_id, issuer, source, identifier, tenant_id, reason, name, named_user_id, linked_user_id)
      values (${idpId}, ${issuer}, ${source}, ${value}, ${tx.tenantId}, ${denied}, ${name.slice(0, NAME_CHARACTERS).toWellFormed()},
        ${namedUserId}, ${linkedUserId ?? null})
      on conflict (idp_id, source, identifier) do update set reason = excluded.reason, name = excluded.name,
        named_user_id = excluded.named_user_id, linked_user_id = excluded.linked_user_id, times = c.times + 1, last_at = now()`,
  )
}

/** Deletes the conflict of an identifier that has now signed in. */
export async function resolveConflict(
  tx: TenantTx,
  idpId: string,
  { source, value }: StableIdentifier,
): Promise<void> {
  await tx.query(
    sql`delete from identity_conflict where idp_id = ${idpId} and source = ${source} and identifier = ${value}
      and tenant_id = ${tx.tenantId}`,
  )
}

/** Lists conflicts about a user, the latest first. */
export function listConflictsOfUser(
  db: Database,
  tenantId: string,
  userId: string,
): Promise<IdentityConflict[]> {
  return conflictsWhere(
    db,
    tenantId,
    sql`c.idp_id = (select idp_id from directory_user where id = ${userId} and tenant_id = ${tenantId})
      and ${userId} in (c.named_user_id, c.linked_user_id)`,
  )
}

/** Lists an identity provider's conflicts, the latest first; at most 50. */
export function listConflictsOfProvider(
  db: Database,
  tenantId: string,
  idpId: string,
): Promise<IdentityConflict[]> {
  return conflictsWhere(db, tenantId, sql`c.idp_id = ${idpId}`)
}

const COLUMNS =
  raw(`c.reason, c.issuer, c.source, c.identifier, c.name, c.times, c.first_at as "firstAt", c.last_at as "lastAt",
    json_build_object('id', n.id, 'userName', n.user_name) as "namedUser",
    case when l.id is not null then json_build_object('id', l.id, 'userName', l.user_name) end as "linkedUser"`)

function conflictsWhere(db: Database, tenantId: string, condition: Sql): Promise<IdentityConflict[]> {
  return db.run<IdentityConflict>(
    { tenantId },
    sql`select ${COLUMNS} from identity_conflict c join directory_user n on n.id = c.named_user_id
        left join directory_user l on l.id = c.linked_user_id
      where c.tenant_id = ${tenantId} and ${condition} order by c.last_at desc limit ${MOST}`,
  )
}
