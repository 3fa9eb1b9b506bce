// Sign-ins that wait for their second factor: one row each, reached by a token in a cookie that opens nothing else.
import { Unauthenticated } from '#errors.ts'
import { digestOf, newScopedToken, tenantOfToken } from '#platform/crypto/scoped-tokens.ts'
import type { Database, TenantTx } from '#platform/database/database.ts'
import { sql } from '#platform/database/sql.ts'

export interface Attempt {
  readonly tenantId: string
  readonly administratorId: string
  readonly email: string
  /** Of the account, which has not changed since the password was right: a change ends the attempt. */
  readonly securityVersion: string
  /** What its passkey ceremonies are bound to. */
  readonly boundTo: string
}

const MINUTES = 10

/**
 * The password was right, for the account as it was at `securityVersion`.
 * @returns the token for the cookie @throws {Unauthenticated} the account changed since
 */
export async function beginAttempt(
  db: Database,
  tenantId: string,
  { id, securityVersion }: { readonly id: string; readonly securityVersion: string },
): Promise<string> {
  const token = newScopedToken('attempt', tenantId)
  // The lock lets no change come between: it waits for this row, and then ends it.
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

/** @throws {Unauthenticated} none, over, or the administrator is disabled */
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

/** Of two requests that finish one attempt, one does. @throws {Unauthenticated} */
export async function finishAttempt(tx: TenantTx, token: string): Promise<void> {
  const gone = await tx.query(
    sql`delete from sign_in_attempt where digest = ${digestOf(token)} and tenant_id = ${tx.tenantId} returning digest`,
  )
  if (gone.length === 0) throw over()
}

function over(): Unauthenticated {
  return new Unauthenticated('This sign-in has ended; begin again with your password')
}
