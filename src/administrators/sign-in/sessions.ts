// Sessions of administrators in the portal. A sign-in starts them. They end by sign-out, after too long or without
// activity, and at once when the administrator is disabled or removed. The browser has a token, the database its
// SHA-256 digest.
import { hash } from 'node:crypto'
import { type AuditContext, audited, record } from '#audit/record.ts'
import { NotFound } from '#errors.ts'
import { digestOf, tenantOfToken } from '#platform/crypto/scoped-tokens.ts'
import type { Database, TenantTx } from '#platform/database/database.ts'
import { prepared, raw, sql } from '#platform/database/sql.ts'
import type { Role } from '../administrators.ts'
import { LIVE } from './session-age.ts'

/** An administrator who is signed in. */
export interface SignedIn {
  readonly sessionId: string
  readonly tenantId: string
  readonly administratorId: string
  readonly email: string
  readonly name: string
  readonly role: Role
  /** When the administrator last proved their identity; null if not since the account changed. */
  readonly provenAt: Date | null
  /** Whether that is recent enough for dangerous actions. */
  readonly provenLately: boolean
  /** Changes with each change of the account that voids earlier proofs. */
  readonly securityVersion: string
}

/** The request with which an administrator signs in. */
export interface SessionOrigin {
  readonly requestId: string
  readonly sourceAddress?: string | undefined
  readonly userAgent?: string | undefined
  /** Tokens from cookies, by which a known browser is recognized. */
  readonly browserTokens?: readonly string[] | undefined
}

/** The tokens of a session that was just started or renewed. */
export interface OpenedSession {
  readonly sessionToken: string
  /** Marks this browser as known from now on. */
  readonly browserToken: string
}

/** How long a proof counts as recent. */
const PROOF_MINUTES = 15

/** Returns the session with this token and extends it; undefined if it has ended or the administrator is disabled. */
export async function findSession(db: Database, token: string): Promise<SignedIn | undefined> {
  const tenantId = tenantOfToken('session', token)
  if (tenantId === undefined) return undefined
  const [found] = await db.run<SignedIn>(
    { tenantId },
    prepared(
      'administrator-session.find',
      sql`with live as (
          select s.id from administrator_session s
          where s.digest = ${digestOf(token)} and s.tenant_id = ${tenantId} and ${LIVE}),
        seen as (
          update administrator_session s set last_seen_at = now()
          where s.id = (select id from live) and s.last_seen_at < now() - interval '1 minute')
        select s.id as "sessionId", s.tenant_id as "tenantId", a.id as "administratorId", a.email, a.name, a.role,
          a.security_version as "securityVersion", s.proven_at as "provenAt",
          coalesce(s.proven_at > now() - make_interval(mins => ${PROOF_MINUTES}), false) as "provenLately"
        from administrator_session s join administrator a on a.id = s.administrator_id
        where s.id = (select id from live) and a.disabled_at is null`,
    ),
  )
  return found
}

/**
 * Signs out, even if the session has expired.
 * @returns the session's administrator; undefined if there is no such session
 */
export async function endSession(
  db: Database,
  token: string,
): Promise<{ readonly tenantId: string; readonly id: string; readonly email: string } | undefined> {
  const tenantId = tenantOfToken('session', token)
  if (tenantId === undefined) return undefined
  const [ended] = await db.run<{ id: string; email: string }>(
    { tenantId },
    sql`delete from administrator_session s using administrator a
      where s.digest = ${digestOf(token)} and s.tenant_id = ${tenantId} and a.id = s.administrator_id
      returning a.id, a.email`,
  )
  return ended && { tenantId, ...ended }
}

/**
 * Ends all sessions and sign-in attempts of an administrator.
 * @param except id of a session to keep
 * @returns how many sessions
 */
export async function endSessionsOf(tx: TenantTx, administratorId: string, except?: string): Promise<number> {
  await tx.query(
    sql`delete from sign_in_attempt where administrator_id = ${administratorId} and tenant_id = ${tx.tenantId}`,
  )
  const ended = await tx.query(
    sql`delete from administrator_session where administrator_id = ${administratorId} and tenant_id = ${tx.tenantId}
      and id is distinct from ${except ?? null}::uuid returning id`,
  )
  return ended.length
}

export interface OwnSession {
  readonly id: string
  readonly createdAt: Date
  readonly lastSeenAt: Date
  readonly sourceAddress: string | null
  readonly userAgent: string | null
}

const MOST_LISTED = 100

/** Returns the administrator's current sessions, newest first. */
export function listSessions(db: Database, { tenantId, administratorId }: SignedIn): Promise<OwnSession[]> {
  return db.run<OwnSession>(
    { tenantId },
    sql`select s.id, s.created_at as "createdAt", s.last_seen_at as "lastSeenAt", s.source_address as "sourceAddress",
        s.user_agent as "userAgent"
      from administrator_session s
      where s.administrator_id = ${administratorId} and s.tenant_id = ${tenantId} and ${LIVE}
      order by s.id desc limit ${MOST_LISTED}`,
  )
}

/** Ends one of the administrator's own sessions. @throws {NotFound} */
export async function revokeSession(
  db: Database,
  auditContext: AuditContext,
  { tenantId, administratorId, email }: SignedIn,
  sessionId: string,
): Promise<void> {
  const gone = sql`delete from administrator_session
    where id = ${sessionId} and administrator_id = ${administratorId} and tenant_id = ${tenantId}
    returning id, source_address, user_agent`
  const change = raw(`jsonb_build_object('before',
    jsonb_build_object('sourceAddress', changed.source_address, 'browser', changed.user_agent))::text`)
  const fact = {
    action: 'delete',
    objectType: 'Session',
    objectId: sessionId,
    objectName: email,
    change,
  } as const
  if ((await db.run({ tenantId }, audited(auditContext, gone, fact))).length === 0)
    throw new NotFound('There is no such session')
}

/** Ends all of the administrator's own sessions except the current one. @returns how many */
export async function revokeOtherSessions(
  db: Database,
  auditContext: AuditContext,
  own: SignedIn,
): Promise<number> {
  return db.transaction({ tenantId: own.tenantId }, async (tx) => {
    const ended = await endSessionsOf(tx, own.administratorId, own.sessionId)
    if (ended > 0)
      await record(tx, auditContext, {
        action: 'delete',
        objectType: 'Session',
        objectId: own.administratorId,
        objectName: own.email,
        change: { before: { otherSessions: ended }, after: { otherSessions: 0 } },
      })
    return ended
  })
}

/**
 * Returns the token that protects the session's forms against requests from other sites. It doesn't reveal the
 * session token.
 */
export function csrfTokenOf(token: string): string {
  return hash('sha256', `csrf ${token}`, 'base64url')
}
