// Links by which an administrator sets a new password: asked for by mail, or made by an owner. They open nothing by
// themselves: whoever has a second factor still needs it to sign in.
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

/** Asked for by whoever can name the address: short. Made by an owner, who hands it over: as an invitation. */
export const FORGOTTEN_MINUTES = 60
const HANDED_OVER_MINUTES = 72 * 60
/** A link that is good for longer is still fresh. */
const FRESH_MINUTES = 30
const MOST_ACCOUNTS = 5

/** An account whose password may be forgotten. */
export interface ForgottenAccount {
  readonly id: string
  readonly tenantId: string
  readonly email: string
  readonly tenantName: string
  /** Digest of the browser that asks, where this account was signed in in it before. */
  readonly browser: Buffer | null
}

export interface ResetLink {
  readonly email: string
  readonly tenantName: string
  readonly token: string
}

/** The accounts of this address; none where nobody has it. */
export function findForgottenAccounts(
  db: Database,
  email: string,
  browserTokens: readonly string[] | undefined,
): Promise<ForgottenAccount[]> {
  return db.run<ForgottenAccount>(
    SYSTEM, // whose administrator it is, only the address says
    sql`select a.id, a.tenant_id as "tenantId", a.email, t.name as "tenantName",
        ${knownBrowser('administrator', 'a.id', browserTokens)} as browser
      from administrator a join tenant t on t.id = a.tenant_id
      where a.email_key = ${emailKey(email)} and a.disabled_at is null order by a.email_key, a.id limit ${MOST_ACCOUNTS}`,
  )
}

/**
 * Makes a link for each account. Strangers can ask for one too: one link after the other would fill the mailbox, and each
 * would void the one that its owner is about to follow. So a fresh one stays, unless a browser asks in which the account
 * was signed in before.
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

/** For an owner to hand over. @throws {NotFound} {Refused} */
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
  /** Undefined: the service itself, which mails it. */
  readonly issuerId?: string
  readonly evenIfFresh: boolean
}

/** @returns undefined: the administrator is disabled, or the fresh link stays */
async function makeLink(
  tx: TenantTx,
  auditContext: AuditContext,
  { id, email }: Owner,
  { minutes, issuerId, evenIfFresh }: LinkWish,
): Promise<string | undefined> {
  const token = newScopedToken('link', tx.tenantId)
  // The lock lets no change come between: it waits for this row, and then voids it.
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
