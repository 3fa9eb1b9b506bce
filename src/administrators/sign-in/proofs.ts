// Proofs of identity of sessions. Only this file writes them, and only if they include the strongest factor that the
// account has. A proof counts for the account as it was when the proof was checked: if the account has changed since
// (migration 0041), the proof is refused.
import { randomUUIDv7 } from 'node:crypto'
import { Refused, Unauthenticated } from '#errors.ts'
import { hasFactor } from '#factors/factors.ts'
import { digestOf, newScopedToken } from '#platform/crypto/scoped-tokens.ts'
import type { TenantTx } from '#platform/database/database.ts'
import { type Sql, sql } from '#platform/database/sql.ts'
import { readFactors } from '../factors.ts'
import { includesStrongest, type Proven } from './next-step.ts'
import type { SessionOrigin, SignedIn } from './sessions.ts'

/** What an administrator has proven, and the version of the account at that moment. */
export interface Shown extends Proven {
  readonly securityVersion: string
}

const USER_AGENT_CHARACTERS = 300

/**
 * Starts a session with its first proof.
 * @returns the token for the cookie, which isn't stored or shown elsewhere
 * @throws {Unauthenticated} if the account has changed meanwhile, is disabled or removed, or a stronger factor is
 * needed
 */
export async function startSession(
  tx: TenantTx,
  administratorId: string,
  shown: Shown,
  { sourceAddress, userAgent }: SessionOrigin,
): Promise<string> {
  await demandProof(tx, administratorId, shown)
  const token = newScopedToken('session', tx.tenantId)
  await tx.query(
    sql`insert into administrator_session
        (id, tenant_id, administrator_id, digest, proven_at, source_address, user_agent)
      values (${randomUUIDv7()}, ${tx.tenantId}, ${administratorId}, ${digestOf(token)}, now(),
        ${sourceAddress ?? null}, ${userAgent?.slice(0, USER_AGENT_CHARACTERS) ?? null})`,
  )
  return token
}

/**
 * Renews the proof of a session and replaces its token, so that the old token no longer works.
 * @throws {Unauthenticated} as {@link startSession}, or if the session has ended
 */
export async function renewProof(tx: TenantTx, own: SignedIn, shown: Shown): Promise<string> {
  await demandProof(tx, own.administratorId, shown)
  return renew(tx, own, sql`now()`)
}

/**
 * Replaces the token of a session after this transaction changed the password. The proof is renewed only if the
 * password is the account's only factor; otherwise it keeps its age.
 */
export async function passwordChanged(tx: TenantTx, own: SignedIn): Promise<string> {
  const shown = { password: true, factor: false, passkey: false }
  const isProof = includesStrongest(shown, await hasSecondFactor(tx, own.administratorId))
  return renew(tx, own, isProof ? sql`now()` : sql`proven_at`)
}

async function renew(tx: TenantTx, { sessionId }: SignedIn, provenAt: Sql): Promise<string> {
  const token = newScopedToken('session', tx.tenantId)
  const renewed = await tx.query(
    sql`update administrator_session set digest = ${digestOf(token)}, proven_at = ${provenAt}
      where id = ${sessionId} and tenant_id = ${tx.tenantId} returning id`,
  )
  if (renewed.length === 0) throw ended()
  return token
}

/**
 * Changes an administrator's own account, and keeps the proof of their session at its age. The change voids the proof
 * of every other session.
 * @throws {Unauthenticated} if the session has ended
 * @throws {Refused} if another session has changed the account meanwhile
 */
export async function changeOwnAccount<Result>(
  tx: TenantTx,
  { administratorId, sessionId, securityVersion }: SignedIn,
  work: () => Promise<Result>,
): Promise<Result> {
  const [session] = await tx.query<{ isUnchanged: boolean; provenAt: Date | null }>(
    sql`select a.security_version = ${securityVersion} as "isUnchanged", s.proven_at as "provenAt"
      from administrator a join administrator_session s on s.administrator_id = a.id and s.id = ${sessionId}
      where a.id = ${administratorId} and a.tenant_id = ${tx.tenantId} and a.disabled_at is null for update of a`,
  )
  if (!session) throw ended()
  if (!session.isUnchanged) throw new Refused('Your account was changed in another window. Try again.')
  const result = await work()
  await tx.query(
    sql`update administrator_session set proven_at = ${session.provenAt}
      where id = ${sessionId} and tenant_id = ${tx.tenantId}`,
  )
  return result
}

/**
 * Locks the account until the transaction ends, and checks the proof against it. A change that waits for the lock
 * then ends what was started here.
 * @throws {Unauthenticated}
 */
async function demandProof(tx: TenantTx, administratorId: string, shown: Shown): Promise<void> {
  const unchanged = await tx.query(
    sql`select id from administrator where id = ${administratorId} and tenant_id = ${tx.tenantId}
      and disabled_at is null and security_version = ${shown.securityVersion} for share`,
  )
  if (unchanged.length === 0)
    throw new Unauthenticated('Your account was changed while you signed in. Sign in again.')
  if (!includesStrongest(shown, await hasSecondFactor(tx, administratorId)))
    throw new Unauthenticated('Your account has a second factor. Sign in again, with that one.')
}

async function hasSecondFactor(tx: TenantTx, administratorId: string): Promise<boolean> {
  return hasFactor(await readFactors(tx, tx.tenantId, administratorId))
}

function ended(): Unauthenticated {
  return new Unauthenticated('This session has ended; sign in again')
}
