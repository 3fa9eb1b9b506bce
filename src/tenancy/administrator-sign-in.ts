// How an administrator signs in to the portal: who it is, proven by a password.
import { Unauthenticated } from '#errors.ts'
import { type Database, SYSTEM } from '#platform/database.ts'
import { sql } from '#platform/sql.ts'
import { type SessionOrigin, startSession } from './administrator-sessions.ts'
import { verifyPassword } from './passwords.ts'
import { emailKey } from './rules.ts'

interface Candidate {
  readonly id: string
  readonly tenantId: string
  readonly passwordHash: string | null
}

/** @returns the token of a new session @throws {Unauthenticated} in the same words, whatever is wrong */
export async function signIn(
  db: Database,
  { email, password }: { readonly email: string; readonly password: string },
  origin: SessionOrigin,
): Promise<string> {
  const [candidate] = await db.run<Candidate>(
    SYSTEM, // whose administrator it is, only the address says
    sql`select id, tenant_id as "tenantId", password_hash as "passwordHash" from administrator
      where email_key = ${emailKey(email)} and disabled_at is null order by id limit 1`,
  )
  const good = await verifyPassword(password, candidate?.passwordHash ?? undefined)
  if (!candidate || !good) throw new Unauthenticated('E-mail address or password is wrong')
  return db.transaction({ tenantId: candidate.tenantId }, (tx) =>
    startSession(tx, candidate.tenantId, candidate.id, origin),
  )
}
