// Sessions of the users who signed in. A session is good only while its user and its identity provider are: that is read
// with it, every time, so nothing has to be told to any process. Deactivation also deletes it (migration 0019).
import { randomUUIDv7 } from 'node:crypto'
import type { MfaMethod } from '#identity-providers/settings.ts'
import { digestOf, newScopedToken, tenantOfToken } from '#platform/crypto/scoped-tokens.ts'
import type { Database, TenantTx } from '#platform/database/database.ts'
import { prepared, raw, type Sql, sql } from '#platform/database/sql.ts'

/** From the sign-in on, whatever is done; and without a request. */
export const ABSOLUTE_HOURS = 12
const IDLE_MINUTES = 60

/** The session `s` is not over: by its age, its idle time, or the identity provider's own end of it. */
export const LIVE = sql`s.created_at > now() - make_interval(hours => ${ABSOLUTE_HOURS})
  and s.last_seen_at > now() - make_interval(mins => ${IDLE_MINUTES}) and (s.ends_at is null or s.ends_at > now())`

/** Ages of the session `s`, by the clock that wrote its times: every part of the gateway has to see the same ones. */
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
  /** Since the user entered their credentials; null: the identity provider does not say. */
  readonly sessionAgeSeconds: number | null
  /** Since a second factor was proven; null: none was, or the identity provider does not say when. */
  readonly factorAgeSeconds: number | null
  /** When a second factor was proven; null: none was, or the identity provider does not say when. */
  readonly factorAt: Date | null
}

/** What a demand for a second factor was met with. */
export interface SessionFactor {
  readonly kind: MfaMethod | 'recovery' | 'external'
  /** ISO 8601; undefined: not in this sign-in, but when its browser was remembered, or nobody knows when. */
  readonly at: string | undefined
}

export interface NewSession {
  readonly idpId: string
  readonly userId: string
  /** ISO 8601; undefined: the identity provider does not say. */
  readonly authenticatedAt: string | undefined
  readonly factor: SessionFactor | undefined
  readonly subject?: string | undefined
  readonly nameIdFormat?: string | undefined
  readonly sessionIndex?: string | undefined
  /** The identity provider's own end of it. */
  readonly endsAt?: string | undefined
  readonly sourceAddress?: string | undefined
  readonly userAgent?: string | undefined
}

const USER_AGENT_CHARACTERS = 300

/** @returns the token for the cookie; it is shown nowhere else */
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

/** Whose session it is, while everything it hangs on is good. Moves the idle time on. */
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

/** How many sessions of the users of an identity provider are live. */
export async function countSessions(db: Database, tenantId: string, idpId: string): Promise<number> {
  const [row] = await db.run<{ sessions: number }>(
    { tenantId },
    sql`select count(*)::integer as sessions from user_session s
      where s.idp_id = ${idpId} and s.tenant_id = ${tenantId} and ${LIVE}`,
  )
  return row?.sessions ?? 0
}

/** How the identity provider knows a session, so that it can be told of its end. */
export interface SessionAtIdp {
  readonly subject: string | null
  readonly nameIdFormat: string | null
  readonly sessionIndex: string | null
}

/** A session that was ended by its user. */
export interface EndedSession extends SessionAtIdp {
  readonly tenantId: string
  readonly idpId: string
  readonly userId: string
  readonly userName: string
}

/** Signs out, also of a session that is over. @returns undefined: there was none */
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
 * Ends the sessions of a user, and the sign-ins that would become such: those first, since whoever completes one at this
 * moment holds its row until the session is there.
 * @param except a session that goes on @returns how many ended
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

/** Which sessions an identity provider means; by one of the two at least. */
export interface NamedSessions {
  readonly subject: string | undefined
  /** None: all sessions of the subject. */
  readonly sessionIndexes: readonly string[]
}

/**
 * Ends the sessions that an identity provider names, and the sign-ins that would become such; on every process, as a
 * session is its row.
 * @returns whose sessions they were
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
  // First what could become a session: whoever completes it at this moment holds its row until the session is there.
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
