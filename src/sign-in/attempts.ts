// Sign-in attempts: one row each, found by a token that only one browser has. The values that the identity provider must return
// (state, nonce, InResponseTo) are derived from that token, so an answer is accepted only in the browser that asked.
import { hash, randomUUIDv7 } from 'node:crypto'
import { Unauthenticated } from '#errors.ts'
import { digestOf, newScopedToken, tenantOfToken } from '#platform/crypto/scoped-tokens.ts'
import type { Database, TenantTx } from '#platform/database/database.ts'
import { sql } from '#platform/database/sql.ts'
import type { NameId } from '#protocol/saml/assertion.ts'
import type { Freshness } from './freshness.ts'
import type { StableIdentifier } from './identity/identifier.ts'
import type { SignInEvidence } from './next-step.ts'

/** What an attempt stores beside the user: what was proven, and how the identity provider names the session. */
export interface AttemptEvidence extends Omit<SignInEvidence, 'userId'> {
  /** NameID, or `sub`. The identity provider ends sessions by it. */
  readonly subject?: string
  /** Linked to the user when the sign-in completes. */
  readonly identifier?: StableIdentifier
  readonly sessionIndex?: string
  /** When the user entered their credentials, at the identity provider or here; undefined: unknown. */
  readonly authenticatedAt?: string
  /** SAML only. */
  readonly nameId?: NameId
  /** SAML: when the identity provider ends the session. */
  readonly endsAt?: string
}

export interface Attempt {
  readonly id: string
  readonly tenantId: string
  readonly idpId: string
  readonly userId: string | null
  readonly evidence: AttemptEvidence
  /** The path where the user goes afterwards. */
  readonly returnTo: string
  readonly begunAt: Date
  /** The database's time when this was read. */
  readonly readAt: Date
}

const MINUTES = 15

/** Begins an attempt, which is valid for 15 minutes. @returns the token for the cookie */
export async function beginAttempt(
  db: Database,
  { tenantId, idpId, returnTo }: Pick<Attempt, 'tenantId' | 'idpId' | 'returnTo'>,
  fresh?: Freshness,
): Promise<string> {
  const token = newScopedToken('userAttempt', tenantId)
  await db.run(
    { tenantId },
    sql`insert into user_attempt (id, tenant_id, idp_id, digest, return_to, proven, expires_at)
      values (${randomUUIDv7()}, ${tenantId}, ${idpId}, ${digestOf(token)}, ${returnTo},
        ${JSON.stringify({ fresh })}, now() + make_interval(mins => ${MINUTES}))`,
  )
  return token
}

/** @throws {Unauthenticated} it is unknown or expired */
export async function findAttempt(db: Database, token: string | undefined): Promise<Attempt> {
  const tenantId = token === undefined ? undefined : tenantOfToken('userAttempt', token)
  if (token === undefined || tenantId === undefined) throw expiredAttempt()
  const [attempt] = await db.run<Attempt>({ tenantId }, selectAttempt(tenantId, token))
  if (!attempt) throw expiredAttempt()
  return attempt
}

/** Reads an attempt and locks its row, so that two requests can't continue it at once. @throws {Unauthenticated} */
export async function lockAttempt(tx: TenantTx, token: string): Promise<Attempt> {
  const [attempt] = await tx.query<Attempt>(sql`${selectAttempt(tx.tenantId, token)} for update`)
  if (!attempt) throw expiredAttempt()
  return attempt
}

/**
 * Like `lockAttempt`, but locks the user's row first. Renaming or deleting the user locks in the same order, so neither can
 * deadlock.
 */
export async function lockAttemptOfUser(tx: TenantTx, token: string, userId: string): Promise<Attempt> {
  await tx.query(
    sql`select id from directory_user where id = ${userId} and tenant_id = ${tx.tenantId} for key share`,
  )
  return lockAttempt(tx, token)
}

function selectAttempt(tenantId: string, token: string) {
  return sql`select id, tenant_id as "tenantId", idp_id as "idpId", user_id as "userId", proven as evidence, return_to as "returnTo",
      begun_at as "begunAt", now()::timestamptz(3) as "readAt"
    from user_attempt where digest = ${digestOf(token)} and tenant_id = ${tenantId} and expires_at > now()`
}

/** Adds evidence to the attempt. */
export async function advanceAttempt(
  tx: TenantTx,
  attempt: Attempt,
  proven: AttemptEvidence,
  userId: string | null = attempt.userId,
): Promise<void> {
  await tx.query(
    sql`update user_attempt set proven = ${JSON.stringify({ ...attempt.evidence, ...proven })}, user_id = ${userId}
      where id = ${attempt.id} and tenant_id = ${tx.tenantId}`,
  )
}

/**
 * Gives an attempt a new token once its user is known. Someone who planted the old one in a browser can't use it. @returns the
 * token for the cookie
 */
export async function renewAttempt(tx: TenantTx, { id }: Attempt): Promise<string> {
  const token = newScopedToken('userAttempt', tx.tenantId)
  await tx.query(
    sql`update user_attempt set digest = ${digestOf(token)} where id = ${id} and tenant_id = ${tx.tenantId}`,
  )
  return token
}

export async function endAttempt(tx: TenantTx, { id }: Attempt): Promise<void> {
  await tx.query(sql`delete from user_attempt where id = ${id} and tenant_id = ${tx.tenantId}`)
}

type Purpose = 'state' | 'nonce' | 'code-verifier' | 'authn-request' | 'ceremony' | 'code'

/** Derives a value that only the token's holder can know and that doesn't reveal the token. 256 bits, base64url. */
export function deriveValue(token: string, purpose: Purpose): string {
  return hash('sha256', `${purpose} ${token}`, 'base64url')
}

function expiredAttempt(): Unauthenticated {
  return new Unauthenticated('This sign-in expired or was started in another browser. Start again.')
}
