// Sign-ins under way: one row each, reached by a token that one browser holds. What the identity provider has to send back
// (state, nonce, InResponseTo) is derived from that token, so an answer counts only in the browser that asked.
import { hash, randomUUIDv7 } from 'node:crypto'
import { Unauthenticated } from '#errors.ts'
import { digestOf, newScopedToken, tenantOfToken } from '#platform/crypto/scoped-tokens.ts'
import type { Database, TenantTx } from '#platform/database/database.ts'
import { sql } from '#platform/database/sql.ts'
import type { NameId } from '#protocol/saml/assertion.ts'
import type { Freshness } from './freshness.ts'
import type { StableIdentifier } from './identity/identifier.ts'
import type { SignInEvidence } from './next-step.ts'

/** What is kept of an attempt beside the user: what was proven, and how the identity provider knows the session. */
export interface AttemptEvidence extends Omit<SignInEvidence, 'userId'> {
  /** NameID, or `sub`: by this name the identity provider ends sessions. */
  readonly subject?: string
  /** What is linked to the user when the sign-in completes. */
  readonly identifier?: StableIdentifier
  readonly sessionIndex?: string
  /** When the user entered their credentials, at the identity provider or here; undefined: it does not say. */
  readonly authenticatedAt?: string
  /** saml */
  readonly nameId?: NameId
  /** saml: when the identity provider ends the session. */
  readonly endsAt?: string
}

export interface Attempt {
  readonly id: string
  readonly tenantId: string
  readonly idpId: string
  readonly userId: string | null
  readonly evidence: AttemptEvidence
  /** A path of ours, or the address of an application that the gateway guards. */
  readonly returnTo: string
  readonly begunAt: Date
  /** The time of the database when this was read. */
  readonly readAt: Date
}

const MINUTES = 15

/** @returns the token for the cookie */
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

/** @throws {Unauthenticated} there is none, or it is over */
export async function findAttempt(db: Database, token: string | undefined): Promise<Attempt> {
  const tenantId = token === undefined ? undefined : tenantOfToken('userAttempt', token)
  if (token === undefined || tenantId === undefined) throw expiredAttempt()
  const [attempt] = await db.run<Attempt>({ tenantId }, selectAttempt(tenantId, token))
  if (!attempt) throw expiredAttempt()
  return attempt
}

/** Reads one and holds its row until the transaction ends: of two requests that go on with it, one waits. */
export async function lockAttempt(tx: TenantTx, token: string): Promise<Attempt> {
  const [attempt] = await tx.query<Attempt>(sql`${selectAttempt(tx.tenantId, token)} for update`)
  if (!attempt) throw expiredAttempt()
  return attempt
}

/**
 * The same, with the user held first: whoever renames or deletes the user holds that row and then ends the attempt, so neither
 * waits for the other.
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

/** Keeps what was proven just now, beside what was proven before. */
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
 * Another token for an attempt that knows who it is from now on: whoever planted the one before in a browser has nothing.
 * @returns the token for the cookie
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

/** A value that only the holder of the token can name, and that tells nothing of it. 256 bits, base64url. */
export function deriveValue(token: string, purpose: Purpose): string {
  return hash('sha256', `${purpose} ${token}`, 'base64url')
}

function expiredAttempt(): Unauthenticated {
  return new Unauthenticated('This sign-in took too long, or was begun in another browser; begin again')
}
