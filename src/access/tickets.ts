// How a sign-in gets from our host to an application's: with a ticket that is valid once, for one minute, for one application,
// in the browser that asked. It is exchanged for a session that is valid on that application's host only.
import { randomBytes } from 'node:crypto'
import { Unauthenticated } from '#errors.ts'
import { digestOf, newScopedToken, tenantOfToken } from '#platform/crypto/scoped-tokens.ts'
import type { Database } from '#platform/database/database.ts'
import { sql } from '#platform/database/sql.ts'

const TICKET_SECONDS = 60

/** Creates a secret that the browser keeps during the entry, and the digest that is sent along. */
export function newBrowserSecret(): { secret: string; digest: string } {
  const secret = randomBytes(32).toString('base64url')
  return { secret, digest: digestOf(secret).toString('base64url') }
}

export interface TicketGrant {
  readonly tenantId: string
  readonly applicationId: string
  readonly sessionId: string
  /** The digest from `newBrowserSecret`. */
  readonly browser: string
}

/** @returns the ticket */
export async function issueTicket(db: Database, entry: TicketGrant): Promise<string> {
  const { tenantId, applicationId, sessionId, browser } = entry
  const ticket = newScopedToken('ticket', tenantId)
  await db.run(
    { tenantId },
    sql`insert into application_ticket (digest, tenant_id, application_id, session_id, browser, expires_at)
      values (${digestOf(ticket)}, ${tenantId}, ${applicationId}, ${sessionId}, ${Buffer.from(browser, 'base64url')},
        now() + make_interval(secs => ${TICKET_SECONDS}))`,
  )
  return ticket
}

/** The host that a ticket is for: the application's origin, and the tenant in the gateway's address. */
export interface ApplicationHost {
  readonly slug: string
  readonly origin: string
}

/** Exchanges a ticket. @returns the token for the application's cookie @throws {Unauthenticated} the ticket isn't valid */
export async function redeemTicket(
  db: Database,
  { slug, origin }: ApplicationHost,
  ticket: string,
  browserSecret: string,
): Promise<string> {
  const tenantId = tenantOfToken('ticket', ticket)
  if (tenantId === undefined) throw expiredTicket()
  const token = newScopedToken('applicationSession', tenantId)
  const entered = await db.run(
    { tenantId },
    sql`with used as (
        delete from application_ticket k using application p, tenant t
        where k.digest = ${digestOf(ticket)} and k.tenant_id = ${tenantId} and k.expires_at > now()
          and k.browser = ${digestOf(browserSecret)} and p.id = k.application_id and p.tenant_id = k.tenant_id
          and p.origin = ${origin} and t.id = k.tenant_id and t.slug = ${slug}
        returning k.application_id, k.session_id)
      insert into application_session (digest, tenant_id, application_id, session_id)
      select ${digestOf(token)}::bytea, ${tenantId}::uuid, application_id, session_id from used returning digest`,
  )
  if (entered.length === 0) throw expiredTicket()
  return token
}

/** Ends the session of one application; the user stays signed in to Doorlist. */
export async function endApplicationSession(db: Database, token: string): Promise<void> {
  const tenantId = tenantOfToken('applicationSession', token)
  if (tenantId === undefined) return
  await db.run(
    { tenantId },
    sql`delete from application_session where digest = ${digestOf(token)} and tenant_id = ${tenantId}`,
  )
}

function expiredTicket(): Unauthenticated {
  return new Unauthenticated('This link into the application has expired. Open the application again.')
}
