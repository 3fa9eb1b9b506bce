// Sign-ins that wait for their second factor: one row each, reached by a token in a cookie that opens nothing else.
import { Unauthenticated } from '#errors.ts'
import type { Database, TenantTx } from '#platform/database.ts'
import { sql } from '#platform/sql.ts'
import { digestOf, newScopedToken, tenantOfToken } from './scoped-tokens.ts'

export interface Attempt {
  readonly tenantId: string
  readonly administratorId: string
  readonly email: string
  /** What its passkey ceremonies are bound to. */
  readonly boundTo: string
}

const MINUTES = 10

/** The password was right. @returns the token for the cookie */
export async function beginAttempt(db: Database, tenantId: string, administratorId: string): Promise<string> {
  const token = newScopedToken('attempt', tenantId)
  await db.run(
    { tenantId },
    sql`insert into sign_in_attempt (digest, tenant_id, administrator_id, expires_at)
      values (${digestOf(token)}, ${tenantId}, ${administratorId}, now() + make_interval(mins => ${MINUTES}))`,
  )
  return token
}

/** @throws {Unauthenticated} none, over, or the administrator is disabled */
export async function findAttempt(db: Database, token: string | undefined): Promise<Attempt> {
  const tenantId = token === undefined ? undefined : tenantOfToken('attempt', token)
  if (token === undefined || tenantId === undefined) throw over()
  const [found] = await db.run<{ administratorId: string; email: string }>(
    { tenantId },
    sql`select s.administrator_id as "administratorId", a.email from sign_in_attempt s
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
