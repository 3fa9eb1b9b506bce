// Lists a user's factors and sessions for administrators, who can revoke sessions.
import { type AuditContext, audited, record } from '#audit/record.ts'
import { NotFound } from '#errors.ts'
import { type Factors, readFactors } from '#factors/factors.ts'
import { type Database, inTenant } from '#platform/database/database.ts'
import { sql } from '#platform/database/sql.ts'
import { endSessionsOf, LIVE } from '../sessions/sessions.ts'
import type { CodeMethod } from './codes.ts'

export interface UserFactors extends Factors {
  readonly addresses: readonly { readonly method: CodeMethod; readonly createdAt: Date }[]
  readonly devices: number
}

export interface ListedSession {
  readonly id: string
  readonly createdAt: Date
  readonly lastSeenAt: Date
  readonly factorAt: Date | null
  readonly sourceAddress: string | null
  readonly userAgent: string | null
}

/** @throws {NotFound} */
export async function listFactors(db: Database, tenantId: string, userId: string): Promise<UserFactors> {
  await requireUser(db, tenantId, userId)
  const [factors, addresses, devices] = await Promise.all([
    readFactors(inTenant(db, tenantId), tenantId, { kind: 'user', id: userId }),
    db.run<UserFactors['addresses'][number]>(
      { tenantId },
      sql`select method, created_at as "createdAt" from user_address_factor
        where user_id = ${userId} and tenant_id = ${tenantId} order by method`,
    ),
    db.run(
      { tenantId },
      sql`select digest from user_device where user_id = ${userId} and tenant_id = ${tenantId}`,
    ),
  ])
  return { ...factors, addresses, devices: devices.length }
}

/** Lists live sessions, the newest first. @throws {NotFound} */
export async function listSessions(db: Database, tenantId: string, userId: string): Promise<ListedSession[]> {
  await requireUser(db, tenantId, userId)
  return db.run<ListedSession>(
    { tenantId },
    sql`select s.id, s.created_at as "createdAt", s.last_seen_at as "lastSeenAt", s.factor_at as "factorAt",
        s.source_address as "sourceAddress", s.user_agent as "userAgent"
      from user_session s where s.user_id = ${userId} and s.tenant_id = ${tenantId} and ${LIVE}
      order by s.id desc limit 200`,
  )
}

/** @throws {NotFound} */
export async function revokeSession(
  db: Database,
  auditContext: AuditContext,
  userId: string,
  sessionId: string,
): Promise<void> {
  const { tenantId } = auditContext
  const userName = await requireUser(db, tenantId, userId)
  const ended = await db.run(
    { tenantId },
    audited(
      auditContext,
      sql`delete from user_session where id = ${sessionId} and user_id = ${userId} and tenant_id = ${tenantId}
        returning id`,
      { action: 'delete', objectType: 'Session', objectId: sessionId, objectName: userName },
    ),
  )
  if (ended.length === 0) throw new NotFound('There is no such session')
}

/** Ends all sessions of a user. @returns how many @throws {NotFound} */
export async function revokeSessions(
  db: Database,
  auditContext: AuditContext,
  userId: string,
): Promise<number> {
  const { tenantId } = auditContext
  const userName = await requireUser(db, tenantId, userId)
  return db.transaction({ tenantId }, async (tx) => {
    const ended = await endSessionsOf(tx, userId)
    if (ended > 0)
      await record(tx, auditContext, {
        action: 'delete',
        objectType: 'Session',
        objectId: userId,
        objectName: userName,
        change: { before: { sessions: ended } },
      })
    return ended
  })
}

async function requireUser(db: Database, tenantId: string, userId: string): Promise<string> {
  const [user] = await db.run<{ userName: string }>(
    { tenantId },
    sql`select user_name as "userName" from directory_user where id = ${userId} and tenant_id = ${tenantId}`,
  )
  if (!user) throw new NotFound(`There is no user ${userId}`)
  return user.userName
}
