// Sessions of signed-in users. Start here. Each look-up also checks the user and the identity provider, so no process needs to
// be notified of a change. Deactivation also deletes the row, by a trigger.
import { randomUUIDv7 } from 'node:crypto'
import type { MfaMethod } from '#identity-providers/settings.ts'
import { digestOf, newScopedToken, tenantOfToken } from '#platform/crypto/scoped-tokens.ts'
import type { Database, TenantTx } from '#platform/database/database.ts'
import { prepared, raw, type Sql, sql } from '#platform/database/sql.ts'

/** The longest that a session lasts after the sign-in, and without a request. */
export const ABSOLUTE_HOURS = 12
const IDLE_MINUTES = 60

/** The session `s` is live: by its age, its idle time, and the identity provider's end of it. */
export const LIVE = sql`s.created_at > now() - make_interval(hours => ${ABSOLUTE_HOURS})
  and s.last_seen_at > now() - make_interval(mins => ${IDLE_MINUTES}) and (s.ends_at is null or s.ends_at > now())`

/** Ages of the session `s`. The database's clock wrote its times, so all processes see the same ages. */
export const SESSION_AGES =
  raw(`extract(epoch from now() - s.authenticated_at)::integer as "sessionAgeSeconds",
  extract(epoch from now() - s.factor_at)::integer as "factorAgeSeconds"`)

export interface UserSession {
  readonly id: string
  readonly tenantId: string
  readonly idpId: string
  readonly userId: string
  readonly userName: string
  readonly profile: Readonly<Record<string, string>>
  /** Since the user entered their credentials; null: unknown. */
  readonly sessionAgeSeconds: number | null
  /** Since a second factor was proven; null: none was, or the time is unknown. */
  readonly factorAgeSeconds: number | null
  /** When a second factor was proven; null: none was, or the time is unknown. */
  readonly factorAt: Date | null
}

/** The second factor of a session. */
export interface SessionFactor {
  readonly kind: MfaMethod | 'recovery' | 'external'
  /** ISO 8601; undefined: it was proven when the browser was remembered, or the time is unknown. */
  readonly at: string | undefined
}

export interface NewSession {
  readonly idpId: string
  readonly userId: string
  /** ISO 8601; undefined: unknown. */
  readonly authenticatedAt: string | undefined
  readonly factor: SessionFactor | undefined
  readonly subject?: string | undefined
  readonly nameIdFormat?: string | undefined
  readonly sessionIndex?: string | undefined
  /** When the identity provider ends the session. */
  readonly endsAt?: string | undefined
  readonly sourceAddress?: string | undefined
  readonly userAgent?: string | undefined
}

const USER_AGENT_CHARACTERS = 300

/** @returns the token for the cookie, which is stored as a digest only */
export async function startSession(tx: TenantTx, session: NewSession): Promise<string> {
  const token = newScopedToken('userSession', tx.tenantId)
  const { idpId, userId, authenticatedAt, factor, subject, nameIdFormat, sessionIndex, endsAt } = session
  const { sourceAddress, userAgent } = session
  await tx.query(
    sql`insert into user_session (id, tenant_id, idp_id, user_id, digest, authenticated_at, factor, factor_at, subject, name_id_format,
        session_index, ends_at, source_address, user_agent)
      values (${randomUUIDv7()}, ${tx.tenantId}, ${idpId}, ${userId}, ${digestOf(token)},
        ${authenticatedAt ?? null}::timestamptz, ${factor?.kind ?? null}, ${factor?.at ?? null}::timestamptz, ${subject ?? null}, ${nameIdFormat ?? null}, ${sessionIndex ?? null},
        ${endsAt ?? null}::timestamptz, ${sourceAddress ?? null}, ${userAgent?.slice(0, USER_AGENT_CHARACTERS) ?? null})`,
  )
  return token
}

/** Returns a live session whose user is active and whose identity provider is enabled. Resets the idle time. */
export async function findSession(db: Database, token: string | undefined): Promise<UserSession | undefined> {
  const tenantId = token === undefined ? undefined : tenantOfToken('userSession', token)
  if (token === undefined || tenantId === undefined) return undefined
  const [found] = await db.run<UserSession>(
    { tenantId },
    prepared(
      'user-session.find',
      sql`with live as (
          select s.id from user_session s where s.digest = ${digestOf(token)} and s.tenant_id = ${tenantId} and ${LIVE}),
        seen as (
          update user_session s set last_seen_at = now()
          where s.id = (select id from live) and s.last_seen_at < now() - interval '1 minute')
        select s.id, s.tenant_id as "tenantId", s.idp_id as "idpId", s.user_id as "userId", u.user_name as "userName",
          case when e.personal_desktop is null then u.profile
            else jsonb_build_object('personalDesktop', e.personal_desktop) || u.profile end as profile,
          s.factor_at as "factorAt", ${SESSION_AGES}
        from user_session s
        join directory_user u on u.id = s.user_id and u.active and u.deleted_at is null and u.disabled_at is null
        join identity_provider i on i.id = s.idp_id and i.enabled
        left join user_enrolment e on e.user_id = u.id
        where s.id = (select id from live)`,
    ),
  )
  return found
}

/** Counts live sessions of an identity provider's users. */
export async function countSessions(db: Database, tenantId: string, idpId: string): Promise<number> {
  const [row] = await db.run<{ sessions: number }>(
    { tenantId },
    sql`select count(*)::integer as sessions from user_session s
      where s.idp_id = ${idpId} and s.tenant_id = ${tenantId} and ${LIVE}`,
  )
  return row?.sessions ?? 0
}

/** The identity provider's names for a session, for logout requests. */
export interface SessionAtIdp {
  readonly subject: string | null
  readonly nameIdFormat: string | null
  readonly sessionIndex: string | null
}

/** A session that its user ended. */
export interface EndedSession extends SessionAtIdp {
  readonly tenantId: string
  readonly idpId: string
  readonly userId: string
  readonly userName: string
}

/** Ends a session, also an expired one. @returns undefined: there was none */
export async function endSession(db: Database, token: string | undefined): Promise<EndedSession | undefined> {
  const tenantId = token === undefined ? undefined : tenantOfToken('userSession', token)
  if (token === undefined || tenantId === undefined) return undefined
  const [ended] = await db.run<EndedSession>(
    { tenantId },
    sql`delete from user_session s using directory_user u
      where s.digest = ${digestOf(token)} and s.tenant_id = ${tenantId} and u.id = s.user_id
      returning s.tenant_id as "tenantId", s.idp_id as "idpId", s.user_id as "userId", u.user_name as "userName",
        s.subject, s.name_id_format as "nameIdFormat", s.session_index as "sessionIndex"`,
  )
  return ended
}

/**
 * Ends a user's sessions and attempts. Attempts first: completing one locks its row until the session exists.
 * @param except a session that stays @returns how many sessions ended
 */
export async function endSessionsOf(tx: TenantTx, userId: string, except?: string): Promise<number> {
  await tx.query(sql`delete from user_attempt where user_id = ${userId} and tenant_id = ${tx.tenantId}`)
  const ended = await tx.query(
    sql`delete from user_session where user_id = ${userId} and tenant_id = ${tx.tenantId}
      and id is distinct from ${except ?? null}::uuid returning id`,
  )
  return ended.length
}

export interface SessionHolder {
  readonly userId: string
  readonly userName: string
}

/** The sessions that an identity provider names, by at least one of these. */
export interface NamedSessions {
  readonly subject: string | undefined
  /** Empty: all sessions of the subject. */
  readonly sessionIndexes: readonly string[]
}

/**
 * Ends the sessions that an identity provider names, and matching attempts. It holds on every process, as a session is its row.
 * @returns the users whose sessions ended
 */
export async function endSessionsNamed(
  tx: TenantTx,
  idpId: string,
  { subject, sessionIndexes }: NamedSessions,
): Promise<SessionHolder[]> {
  if (subject === undefined && sessionIndexes.length === 0) throw new Error('no session is named')
  const named = (subjectAt: Sql, indexAt: Sql) => sql`idp_id = ${idpId} and tenant_id = ${tx.tenantId}
    and ${subject === undefined ? sql`true` : sql`${subjectAt} = ${subject}`}
    and ${sessionIndexes.length === 0 ? sql`true` : sql`${indexAt} = any(${sessionIndexes}::text[])`}`
  // Attempts first: completing one locks its row until the session exists.
  await tx.query(
    sql`delete from user_attempt where user_id is not null and ${named(
      sql`proven->>'subject'`,
      sql`proven->>'sessionIndex'`,
    )}`,
  )
  return tx.query<SessionHolder>(
    sql`with ended as (
        delete from user_session where ${named(sql`subject`, sql`session_index`)} returning user_id)
      select u.id as "userId", u.user_name as "userName" from directory_user u
      where u.id in (select user_id from ended) and u.tenant_id = ${tx.tenantId}`,
  )
}
