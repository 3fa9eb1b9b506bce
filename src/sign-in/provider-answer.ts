// What happens after an identity provider's answer was verified, whatever its protocol. In one transaction: the message is used
// up, the user is identified or created, and the attempt is bound to the user.
import { isDeepStrictEqual } from 'node:util'
import type { AuditContext } from '#audit/record.ts'
import { Unauthenticated } from '#errors.ts'
import { holdProvider, type IdentityProvider } from '#identity-providers/identity-providers.ts'
import type { Database, TenantTx } from '#platform/database/database.ts'
import { sql } from '#platform/database/sql.ts'
import { type Attempt, advanceAttempt, findAttempt, lockAttempt, renewAttempt } from './attempts.ts'
import type { Origin } from './complete.ts'
import { meetsMfaDemand } from './factors/external-factor.ts'
import { type StaleReason, staleReason } from './freshness.ts'
import { EXPIRED_MESSAGE } from './housekeeping.ts'
import type { Assertion } from './identity/assertion.ts'
import { recordConflict } from './identity/conflicts.ts'
import { recordIdentifierKind } from './identity/identifier-kinds.ts'
import { identifyOrJoin } from './identity/identify-or-join.ts'
import { assertedName } from './identity/lookup-name.ts'
import type { Conflict, IdentityRefusal, RefusedIdentity } from './identity/refused-identity.ts'

export interface ProviderAnswer {
  readonly assertion: Assertion
  /** The message that carried the assertion. It is accepted once, on every process. */
  readonly message?: { readonly id: string; readonly expiresAt: Date }
}

export type AcceptedAnswer =
  /** The attempt's new token. */
  { readonly userId: string; readonly token: string } | RefusedSignIn

export type RefusedSignIn = RefusedIdentity | { readonly denied: StaleReason; readonly name: string }

/** Expired messages that are deleted with each new one, so that the table stays small. */
const OUTLIVED_MESSAGES = 20

/**
 * Accepts a verified answer for an attempt.
 * @throws {Unauthenticated} the attempt or the message was used, or the attempt expired
 */
export function acceptProviderAnswer(
  db: Database,
  asked: IdentityProvider,
  token: string,
  { assertion, message }: ProviderAnswer,
  origin: Origin,
): Promise<AcceptedAnswer> {
  return db.transaction({ tenantId: asked.tenantId }, async (tx) => {
    // Read again under a lock: the answer was verified with details that may have changed since.
    const provider = await holdProvider(tx, asked.id)
    const attempt = await lockAttempt(tx, token)
    requireWaiting(attempt, provider)
    if (!isDeepStrictEqual(asked.details, provider.details)) throw usedAnswer()
    if (message) await consumeMessage(tx, provider.id, message)
    const stale = staleReason(attempt.evidence.fresh, attempt.begunAt, assertion.authenticatedAt)
    if (stale) return { denied: stale, name: assertedName(provider, assertion) }
    const identified = await identifyOrJoin(tx, answerAuditContext(provider, origin), provider, assertion)
    if (identified.kind) await recordIdentifierKind(tx, provider.id, identified.kind)
    if ('denied' in identified) return recordRefusal(tx, provider, assertion, identified)
    if ('unknown' in identified) return recordRefusal(tx, provider, assertion, { denied: 'not-on-the-list' })
    const { subject, sessionIndex, nameId, sessionNotOnOrAfter, authenticatedAt } = assertion
    const { identifier, found: userId } = identified
    const evidence = {
      subject,
      ...(identifier && { identifier }),
      ...(meetsMfaDemand(provider.mfaDemand, assertion) && { metDemand: provider.mfaDemand }),
      ...(sessionIndex !== undefined && { sessionIndex }),
      ...(authenticatedAt && { authenticatedAt: authenticatedAt.toISOString() }),
      ...(nameId && { nameId }),
      ...(sessionNotOnOrAfter && { endsAt: sessionNotOnOrAfter.toISOString() }),
    }
    await advanceAttempt(tx, attempt, evidence, userId)
    return { userId, token: await renewAttempt(tx, attempt) }
  })
}

/**
 * Checks that an attempt waits for this identity provider, before its answer is verified, so that a repeated answer costs
 * nothing. It is checked again under the attempt's lock. @throws {Unauthenticated}
 */
export async function requireWaitingAttempt(
  db: Database,
  provider: IdentityProvider,
  token: string,
): Promise<void> {
  requireWaiting(await findAttempt(db, token), provider)
}

function requireWaiting({ userId, idpId }: Attempt, provider: IdentityProvider): void {
  if (userId !== null || idpId !== provider.id) throw usedAnswer()
}

/** Uses up a message. Of several requests with the same message, one succeeds. @throws {Unauthenticated} */
export async function consumeMessage(
  tx: TenantTx,
  idpId: string,
  { id, expiresAt }: NonNullable<ProviderAnswer['message']>,
): Promise<void> {
  const fresh = await tx.query(
    sql`with forgotten as (
        delete from used_message where idp_id = ${idpId} and tenant_id = ${tx.tenantId} and message_id in (
          select message_id from used_message where idp_id = ${idpId} and tenant_id = ${tx.tenantId}
            and ${EXPIRED_MESSAGE} order by expires_at limit ${OUTLIVED_MESSAGES} for update skip locked))
      insert into used_message (idp_id, message_id, tenant_id, expires_at)
      values (${idpId}, ${id}, ${tx.tenantId}, ${expiresAt}) on conflict do nothing returning idp_id`,
  )
  if (fresh.length === 0) throw usedAnswer()
}

/** Returns why the sign-in was refused, and records a conflict for administrators to resolve. */
async function recordRefusal(
  tx: TenantTx,
  provider: IdentityProvider,
  assertion: Assertion,
  refused: Omit<RefusedIdentity, 'name'>,
): Promise<RefusedIdentity> {
  const name = assertedName(provider, assertion)
  const { denied, identifier, namedUserId, linkedUserId } = refused
  if (isConflict(denied) && identifier && namedUserId !== undefined) {
    const conflict = { denied, namedUserId, ...(linkedUserId !== undefined && { linkedUserId }) }
    await recordConflict(tx, provider.id, identifier, name, conflict)
  }
  return { ...refused, name }
}

function isConflict(denied: IdentityRefusal): denied is Conflict['denied'] {
  return denied === 'linked-to-another' || denied === 'names-another-user'
}

function answerAuditContext({ tenantId, id, name }: IdentityProvider, origin: Origin): AuditContext {
  const { requestId, sourceAddress } = origin
  const from = {
    ...(requestId !== undefined && { requestId }),
    ...(sourceAddress !== undefined && { sourceAddress }),
  }
  return { tenantId, actor: { type: 'idp', name: `${name} (sign-in)`, idpId: id, ...from } }
}

function usedAnswer(): Unauthenticated {
  return new Unauthenticated('This response from your identity provider was already used. Start again.')
}
