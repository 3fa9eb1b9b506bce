// Sign-in attempts that wait for a second factor: one row each, found by a token in a cookie that gives access to
// nothing else.
import { Unauthenticated } from '#errors.ts'
import { digestOf, newScopedToken, tenantOfToken } from '#platform/crypto/scoped-tokens.ts'
import type { Database, TenantTx } from '#platform/database/database.ts'
import { sql } from '#platform/database/sql.ts'

export interface Attempt {
  readonly tenantId: string
  readonly administratorId: string
  readonly email: string
  /** Of the account when the password was checked. Any change of the account ends the attempt. */
  readonly securityVersion: string
  /** Passkey ceremonies of this attempt are valid only with this value. */
  readonly boundTo: string
}

const MINUTES = 10

/**
 * Starts an attempt after the password was correct for the account at `securityVersion`.
 * @returns the token for the cookie
 * @throws {Unauthenticated} if the account has changed since
 */
export async function beginAttempt(
  db: Database,
  tenantId: string,
  { id, securityVersion }: { readonly id: string; readonly securityVersion: string },
): Promise<string> {
  const token = newScopedToken('attempt', tenantId)
  // The lock keeps the account unchanged until this row is written; a change that waits for it then deletes the row.
  const begun = await db.run(
    { tenantId },
    sql`insert into sign_in_attempt (digest, tenant_id, administrator_id, expires_at)
      select ${digestOf(token)}, ${tenantId}, id, now() + make_interval(mins => ${MINUTES}) from administrator
      where id = ${id} and tenant_id = ${tenantId} and security_version = ${securityVersion} for share
      returning digest`,
  )
  if (begun.length === 0) throw over()
  return token
}

/**
 * Returns the attempt with this token.
 * @throws {Unauthenticated} if there is none, it has expired, or the administrator is disabled
 */
export async function findAttempt(db: Database, token: string | undefined): Promise<Attempt> {
  const tenantId = token === undefined ? undefined : tenantOfToken('attempt', token)
  if (token === undefined || tenantId === undefined) throw over()
  const [found] = await db.run<Pick<Attempt, 'administratorId' | 'email' | 'securityVersion'>>(
    { tenantId },
    sql`select s.administrator_id as "administratorId", a.email, a.security_version as "securityVersion" from sign_in_attempt s
      join administrator a on a.id = s.administrator_id and a.disabled_at is null
      where s.digest = ${digestOf(token)} and s.tenant_id = ${tenantId} and s.expires_at > now()`,
  )
  if (!found) throw over()
  return {
    tenantId,
    ...found,
    boundTo: `attempt:${digestOf(token).toString('hex')}`,
  }
}

/** Ends the attempt. Of simultaneous requests with the same attempt, only one succeeds. @throws {Unauthenticated} */
export async function finishAttempt(tx: TenantTx, token: string): Promise<void> {
  const gone = await tx.query(
    sql`delete from sign_in_attempt where digest = ${digestOf(token)} and tenant_id = ${tx.tenantId} returning digest`,
  )
  if (gone.length === 0) throw over()
}

function over(): Unauthenticated {
  return new Unauthenticated('This sign-in has ended; begin again with your password')
}
