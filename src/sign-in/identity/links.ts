// Links between stable identifiers and users: made at the first sign-in, ended by an administrator. They also end with the
// user, and when the issuer, identifier or rule of their identity provider changes (migration 0041).
import { type AuditContext, audited, record } from '#audit/record.ts'
import { NotFound } from '#errors.ts'
import type { Database, TenantTx } from '#platform/database/database.ts'
import { sql } from '#platform/database/sql.ts'
import { forgetDevices } from '../factors/devices.ts'
import { endSessionsOf } from '../sessions/sessions.ts'
import type { StableIdentifier } from './identifier.ts'
import type { Conflict } from './refused-identity.ts'

interface Linked {
  readonly userId: string
  readonly userName: string
}

/**
 * Links the identifier to the user; done twice, it changes nothing. Of two identifiers that come for one user, and of two
 * users for one identifier, one is linked.
 * @returns what is in the way; undefined: they are linked now
 */
export async function linkIdentifier(
  tx: TenantTx,
  auditContext: AuditContext,
  idpId: string,
  { userId, userName }: Linked,
  { issuer, source, value }: StableIdentifier,
): Promise<Conflict | undefined> {
  const insert = sql`insert into user_identity (idp_id, issuer, source, identifier, tenant_id, user_id)
    values (${idpId}, ${issuer}, ${source}, ${value}, ${tx.tenantId}, ${userId})
    on conflict do nothing returning user_id`
  const linked = await tx.query(
    audited(auditContext, insert, {
      action: 'update',
      objectType: 'User',
      objectId: userId,
      objectName: userName,
      change: { after: { linkedIdentity: { issuer, source, identifier: value } } },
    }),
  )
  if (linked.length > 0) return undefined
  const [other] = await tx.query<{ userId: string }>(
    sql`select user_id as "userId" from user_identity where idp_id = ${idpId} and source = ${source}
      and identifier = ${value} and issuer = ${issuer} and tenant_id = ${tx.tenantId}`,
  )
  if (!other) return { denied: 'linked-to-another', namedUserId: userId }
  if (other.userId === userId) return undefined
  return { denied: 'names-another-user', namedUserId: userId, linkedUserId: other.userId }
}

export interface LinkedIdentity {
  readonly issuer: string
  readonly source: string
  readonly identifier: string
  readonly linkedAt: Date
}

/** @returns one at most @throws {NotFound} there is no such user */
export async function listLinkedIdentities(
  db: Database,
  tenantId: string,
  userId: string,
): Promise<LinkedIdentity[]> {
  const rows = await db.run<{ [Field in keyof LinkedIdentity]: LinkedIdentity[Field] | null }>(
    { tenantId },
    sql`select l.issuer, l.source, l.identifier, l.linked_at as "linkedAt"
      from directory_user u left join user_identity l on l.user_id = u.id and l.tenant_id = u.tenant_id
      where u.id = ${userId} and u.tenant_id = ${tenantId}`,
  )
  if (rows.length === 0) throw new NotFound(`There is no user ${userId}`)
  return rows.filter((row): row is LinkedIdentity => row.issuer !== null)
}

/**
 * Ends the link of a user, with the sessions, sign-ins and remembered browsers that it may have been used for. The next
 * sign-in is matched by the rule again. @throws {NotFound}
 */
export async function unlinkUser(db: Database, auditContext: AuditContext, userId: string): Promise<void> {
  await db.transaction({ tenantId: auditContext.tenantId }, async (tx) => {
    const user = await lockUser(tx, userId)
    // First the sign-ins under way: whoever completes one at this moment holds its row until the session is there.
    const sessions = await endSessionsOf(tx, userId)
    const [link] = await tx.query<LinkedIdentity>(
      sql`delete from user_identity where user_id = ${userId} and tenant_id = ${tx.tenantId}
        returning issuer, source, identifier`,
    )
    if (!link) throw new NotFound(`No identity is linked to ${user.userName}`)
    await forgetDevices(tx, userId)
    await tx.query(
      sql`delete from identity_conflict where tenant_id = ${tx.tenantId}
        and (named_user_id = ${userId} or linked_user_id = ${userId})`,
    )
    await record(tx, auditContext, {
      action: 'update',
      objectType: 'User',
      objectId: userId,
      objectName: user.userName,
      change: { before: { linkedIdentity: link }, after: { linkedIdentity: null, sessionsEnded: sessions } },
    })
  })
}

async function lockUser(tx: TenantTx, userId: string): Promise<{ userName: string }> {
  const [user] = await tx.query<{ userName: string }>(
    sql`select user_name as "userName" from directory_user
      where id = ${userId} and tenant_id = ${tx.tenantId} for no key update`,
  )
  if (!user) throw new NotFound(`There is no user ${userId}`)
  return user
}
