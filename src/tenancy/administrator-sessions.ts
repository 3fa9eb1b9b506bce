// Sessions of administrators in the portal: made by a sign-in, ended by a sign-out, by idleness, by age, and at once when
// the administrator is disabled or removed. The browser holds a token, the database its SHA-256.
import { hash, randomBytes, randomUUIDv7 } from 'node:crypto'
import type { Database, Queryable } from '#platform/database.ts'
import { prepared, sql } from '#platform/sql.ts'
import type { Role } from './administrators.ts'

/** An administrator who is signed in. */
export interface SignedIn {
  readonly sessionId: string
  readonly tenantId: string
  readonly administratorId: string
  readonly email: string
  readonly name: string
  readonly role: Role
  /** When the person last proved who they are. */
  readonly provenAt: Date
}

export interface SessionOrigin {
  readonly sourceAddress?: string | undefined
  readonly userAgent?: string | undefined
}

/** From the sign-in on, whatever is done. */
const ABSOLUTE_HOURS = 12
/** Without a request. */
const IDLE_MINUTES = 60
const USER_AGENT_CHARACTERS = 300

/** `dlw_`, the tenant, 256 random bits: the tenant stands in it so that a look-up never leaves its scope. */
const TOKEN = /^dlw_([0-9a-f]{32})_[A-Za-z0-9_-]{43}$/

/** @returns the token for the cookie; it is shown nowhere else */
export async function startSession(
  tx: Queryable,
  tenantId: string,
  administratorId: string,
  { sourceAddress, userAgent }: SessionOrigin,
): Promise<string> {
  const token = `dlw_${tenantId.replaceAll('-', '')}_${randomBytes(32).toString('base64url')}`
  await tx.query(
    sql`insert into administrator_session (id, tenant_id, administrator_id, digest, source_address, user_agent)
      values (${randomUUIDv7()}, ${tenantId}, ${administratorId}, ${digestOf(token)}, ${sourceAddress ?? null},
        ${userAgent?.slice(0, USER_AGENT_CHARACTERS) ?? null})`,
  )
  return token
}

/** Who holds this token, while the session lives and the administrator is not disabled. Moves the idle time on. */
export async function findSession(db: Database, token: string): Promise<SignedIn | undefined> {
  const tenantId = TOKEN.exec(token)?.[1]
  if (tenantId === undefined) return undefined
  const [found] = await db.run<SignedIn>(
    { tenantId: uuidOf(tenantId) },
    prepared(
      'administrator-session.find',
      sql`with live as (
          select s.id from administrator_session s
          where s.digest = ${digestOf(token)} and s.tenant_id = ${uuidOf(tenantId)}
            and s.created_at > now() - make_interval(hours => ${ABSOLUTE_HOURS})
            and s.last_seen_at > now() - make_interval(mins => ${IDLE_MINUTES})),
        seen as (
          update administrator_session s set last_seen_at = now()
          where s.id = (select id from live) and s.last_seen_at < now() - interval '1 minute')
        select s.id as "sessionId", s.tenant_id as "tenantId", a.id as "administratorId", a.email, a.name, a.role,
          s.proven_at as "provenAt"
        from administrator_session s join administrator a on a.id = s.administrator_id
        where s.id = (select id from live) and a.disabled_at is null`,
    ),
  )
  return found
}

export async function endSession(db: Database, { tenantId, sessionId }: SignedIn): Promise<void> {
  await db.run(
    { tenantId },
    sql`delete from administrator_session where id = ${sessionId} and tenant_id = ${tenantId}`,
  )
}

/** What a form of ours knows and another site does not: belongs to one session, and gives nothing of its token away. */
export function csrfTokenOf(token: string): string {
  return hash('sha256', `csrf ${token}`, 'base64url')
}

function digestOf(token: string): Buffer {
  return hash('sha256', token, 'buffer')
}

function uuidOf(hex: string): string {
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
