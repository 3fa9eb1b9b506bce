// A session's proof of who its administrator is. This file alone writes one, and only for what includes the strongest
// factor that the account has. What was shown counts for the account as it was when it was looked at: when the account
// changed since (migration 0041), it counts for nothing.
import { randomUUIDv7 } from 'node:crypto'
import { Refused, Unauthenticated } from '#errors.ts'
import { hasFactor } from '#factors/factors.ts'
import { digestOf, newScopedToken } from '#platform/crypto/scoped-tokens.ts'
import type { TenantTx } from '#platform/database/database.ts'
import { type Sql, sql } from '#platform/database/sql.ts'
import { readFactors } from '../factors.ts'
import { includesStrongest, type Proven } from './next-step.ts'
import type { SessionOrigin, SignedIn } from './sessions.ts'

/** What an administrator has shown, and the state of the account that it was compared with. */
export interface Shown extends Proven {
  readonly securityVersion: string
}

const USER_AGENT_CHARACTERS = 300

/**
 * Begins a session with its first proof.
 * @returns the token for the cookie; it is shown nowhere else
 * @throws {Unauthenticated} the account changed meanwhile, is disabled or gone, or more has to be shown
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
 * Gives a session a proof from this moment, and a new token: one that was seen before is worth nothing.
 * @throws {Unauthenticated} as above, or the session has ended
 */
export async function renewProof(tx: TenantTx, own: SignedIn, shown: Shown): Promise<string> {
  await demandProof(tx, own.administratorId, shown)
  return renew(tx, own, sql`now()`)
}

/**
 * Gives a session a new token after the password was changed in this transaction. Its proof is from this moment where the
 * password is all that the account has; otherwise it stays as old as it is.
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
 * Does something that an administrator changes about their own account, and keeps the proof of the session that does it as
 * old as it was. Every other session's proof is void with the change.
 * @throws {Unauthenticated} the session has ended @throws {Refused} another session changed the account meanwhile
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

/** Holds the account as it is until the transaction ends: whoever changes it waits, and then ends what was begun here. */
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
