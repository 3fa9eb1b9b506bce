// Links between stable identifiers and users. They are created at the first sign-in and end when an administrator unlinks the
// user, when the user is deleted, or when the identity provider's issuer, identifier or rule changes (by triggers).
import { type AuditContext, audited, record } from '#audit/record.ts'
import { NotFound } from '#errors.ts'
import type { Database, TenantTx } from '#platform/database/database.ts'
import { sql } from '#platform/database/sql.ts'
import { forgetDevices } from '../factors/devices.ts'
import { endSessionsOf } from '../sessions/sessions.ts'
import { lockUserName } from '../sessions/sign-in-user.ts'
import type { StableIdentifier } from './identifier.ts'
import type { Conflict } from './refused-identity.ts'

interface Linked {
  readonly userId: string
  readonly userName: string
}

/**
 * Links an identifier to a user. Repeated calls change nothing. A user has at most one identifier, and an identifier one user.
 * @returns the conflict that prevents it; undefined: they are linked
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

/** @returns at most one @throws {NotFound} there is no such user */
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
 * Unlinks a user's identity and ends the sessions, attempts and remembered browsers that it may have been used for. The next
 * sign-in is matched by the rule again. @throws {NotFound}
 */
export async function unlinkUser(db: Database, auditContext: AuditContext, userId: string): Promise<void> {
  await db.transaction({ tenantId: auditContext.tenantId }, async (tx) => {
    const userName = await lockUserName(tx, userId)
    // Attempts first: completing one locks its row until the session exists.
    const sessions = await endSessionsOf(tx, userId)
    const [link] = await tx.query<LinkedIdentity>(
      sql`delete from user_identity where user_id = ${userId} and tenant_id = ${tx.tenantId}
        returning issuer, source, identifier`,
    )
    if (!link) throw new NotFound(`No identity is linked to ${userName}`)
    await forgetDevices(tx, userId)
    await tx.query(
      sql`delete from identity_conflict where tenant_id = ${tx.tenantId}
        and (named_user_id = ${userId} or linked_user_id = ${userId})`,
    )
    await record(tx, auditContext, {
      action: 'update',
      objectType: 'User',
      objectId: userId,
      objectName: userName,
      change: { before: { linkedIdentity: link }, after: { linkedIdentity: null, sessionsEnded: sessions } },
    })
  })
}
