// Links with which an administrator sets a new password, requested by email or created by an owner. They don't sign
// anybody in: an account with a second factor still asks for it.
import { randomUUIDv7 } from 'node:crypto'
import { type AuditContext, record } from '#audit/record.ts'
import { Refused } from '#errors.ts'
import { digestOf, newScopedToken } from '#platform/crypto/scoped-tokens.ts'
import { type Database, SYSTEM, type TenantTx } from '#platform/database/database.ts'
import { sql } from '#platform/database/sql.ts'
import { emailKey } from '#tenancy/rules.ts'
import { knownBrowser } from '#throttle/known-browsers.ts'
import { findAdministrator } from '../administrators.ts'
import type { Owner } from '../factors.ts'
import { lockIssuer } from '../handed-out.ts'

/** Short, because anybody who knows the address can ask for it. An owner's link is valid as long as an invitation. */
export const FORGOTTEN_MINUTES = 60
const HANDED_OVER_MINUTES = 72 * 60
/** A link that is valid for longer than this was made recently, and isn't replaced. */
const FRESH_MINUTES = 30
const MOST_ACCOUNTS = 5

/** An account for which a password reset was requested. */
export interface ForgottenAccount {
  readonly id: string
  readonly tenantId: string
  readonly email: string
  readonly tenantName: string
  /** Digest of the browser that asks, if this account has signed in there before. */
  readonly browser: Buffer | null
}

export interface ResetLink {
  readonly email: string
  readonly tenantName: string
  readonly token: string
}

/** Returns the enabled accounts with this email address, in all tenants. */
export function findForgottenAccounts(
  db: Database,
  email: string,
  browserTokens: readonly string[] | undefined,
): Promise<ForgottenAccount[]> {
  return db.run<ForgottenAccount>(
    SYSTEM, // the tenant isn't known before the address is found
    sql`select a.id, a.tenant_id as "tenantId", a.email, t.name as "tenantName",
        ${knownBrowser('administrator', 'a.id', browserTokens)} as browser
      from administrator a join tenant t on t.id = a.tenant_id
      where a.email_key = ${emailKey(email)} and a.disabled_at is null order by a.email_key, a.id limit ${MOST_ACCOUNTS}`,
  )
}

/**
 * Creates a link for each account. Anybody can request one, so a recent link isn't replaced: repeated requests would
 * fill the mailbox and invalidate the link that the owner is about to follow. A browser in which the account has
 * signed in before gets a new link in any case.
 */
export async function makeForgottenLinks(
  db: Database,
  accounts: readonly ForgottenAccount[],
  from: { readonly requestId?: string; readonly sourceAddress?: string },
): Promise<ResetLink[]> {
  const links = await Promise.all(
    accounts.map(async ({ id, tenantId, email, tenantName, browser }) => {
      const actor = { type: 'system', name: 'forgotten password', ...from } as const
      const wish = { minutes: FORGOTTEN_MINUTES, evenIfFresh: browser !== null }
      const token = await db.transaction({ tenantId }, (tx) =>
        makeLink(tx, { tenantId, actor }, { id, email }, wish),
      )
      return token === undefined ? [] : [{ email, tenantName, token }]
    }),
  )
  return links.flat()
}

/** Creates a link that an owner gives to the administrator. @throws {NotFound} {Refused} */
export function makeResetLink(
  db: Database,
  auditContext: AuditContext,
  administratorId: string,
): Promise<{ email: string; token: string }> {
  return db.transaction({ tenantId: auditContext.tenantId }, async (tx) => {
    const issuerId = await lockIssuer(tx, auditContext)
    const { id, email } = await findAdministrator(tx, tx.tenantId, administratorId)
    const wish = { minutes: HANDED_OVER_MINUTES, issuerId, evenIfFresh: true }
    const token = await makeLink(tx, auditContext, { id, email }, wish)
    if (token === undefined) throw new Refused('This administrator is disabled; enable the account first')
    return { email, token }
  })
}

interface LinkWish {
  readonly minutes: number
  /** Undefined if the service itself makes the link and sends it by email. */
  readonly issuerId?: string
  readonly evenIfFresh: boolean
}

/** Stores a new link. @returns undefined if the administrator is disabled, or a recent link is kept */
async function makeLink(
  tx: TenantTx,
  auditContext: AuditContext,
  { id, email }: Owner,
  { minutes, issuerId, evenIfFresh }: LinkWish,
): Promise<string | undefined> {
  const token = newScopedToken('link', tx.tenantId)
  // The lock keeps the account unchanged until this row is written; a change that waits for it then deletes the row.
  const made = await tx.query(
    sql`insert into account_link
        (id, tenant_id, kind, digest, email, email_key, administrator_id, issuer_id, expires_at)
      select ${randomUUIDv7()}, ${tx.tenantId}, 'reset', ${digestOf(token)}, email, email_key, id, ${issuerId ?? null}::uuid,
        now() + make_interval(mins => ${minutes})
      from administrator where id = ${id} and tenant_id = ${tx.tenantId} and disabled_at is null for share
      on conflict (administrator_id, (issuer_id is null)) where kind = 'reset'
      do update set digest = excluded.digest, expires_at = excluded.expires_at, issuer_id = excluded.issuer_id,
        created_at = now()
        where ${evenIfFresh} or account_link.expires_at < now() + make_interval(mins => ${FRESH_MINUTES})
      returning id`,
  )
  if (made.length === 0) return undefined
  await record(tx, auditContext, {
    action: 'update',
    objectType: 'Administrator',
    objectId: id,
    objectName: email,
    change: { after: { passwordLink: 'made' } },
  })
  return token
}
