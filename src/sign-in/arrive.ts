// Somebody comes back from an identity provider that vouches for them. Whatever the protocol, it goes on here, in one
// transaction: the message counts once, the user is identified (or joins), and the attempt knows who it is.
import { isDeepStrictEqual } from 'node:util'
import type { AuditContext } from '#audit/record.ts'
import { Unauthenticated } from '#errors.ts'
import { holdProvider, type IdentityProvider } from '#identity-providers/identity-providers.ts'
import type { Database, TenantTx } from '#platform/database/database.ts'
import { sql } from '#platform/database/sql.ts'
import { type Attempt, advanceAttempt, findAttempt, lockAttempt, renewAttempt } from './attempts.ts'
import type { Origin } from './complete.ts'
import { meetsDemand } from './factors/external-factor.ts'
import { type StaleReason, staleReason } from './freshness.ts'
import { OUTLIVED } from './housekeeping.ts'
import { noteArrival } from './identity/arrived-identifiers.ts'
import type { Assertion } from './identity/assertion.ts'
import { recordConflict } from './identity/conflicts.ts'
import { identifyOrJoin } from './identity/identify-or-join.ts'
import { calledIn } from './identity/named-user.ts'
import type { Conflict, IdentityRefusal, RefusedIdentity } from './identity/refused.ts'

export interface Arrival {
  readonly assertion: Assertion
  /** The message by which it was said; it is good once, on every process. */
  readonly message?: { readonly id: string; readonly expiresAt: Date }
}

export type Arrived =
  /** With the attempt's token from now on. */
  { readonly userId: string; readonly token: string } | RefusedArrival

export type RefusedArrival = RefusedIdentity | { readonly denied: StaleReason; readonly name: string }

/** Forgotten with each one that is taken, so that they do not pile up. */
const OUTLIVED_MESSAGES = 20

/** @throws {Unauthenticated} the attempt is over or was used, or the message was */
export function arrive(
  db: Database,
  asked: IdentityProvider,
  token: string,
  { assertion, message }: Arrival,
  origin: Origin,
): Promise<Arrived> {
  return db.transaction({ tenantId: asked.tenantId }, async (tx) => {
    // As it is now, and until this transaction ends: the answer was verified by what it was a moment ago, which may be void.
    const provider = await holdProvider(tx, asked.id)
    const attempt = await lockAttempt(tx, token)
    demandWaiting(attempt, provider)
    if (!isDeepStrictEqual(asked.details, provider.details)) throw used()
    if (message) await takeMessage(tx, provider.id, message)
    const stale = staleReason(attempt.proven.fresh, attempt.begunAt, assertion.authenticatedAt)
    if (stale) return { denied: stale, name: calledIn(provider, assertion) }
    const identified = await identifyOrJoin(tx, arriving(provider, origin), provider, assertion)
    if (identified.kind) await noteArrival(tx, provider.id, identified.kind)
    if ('denied' in identified) return refuse(tx, provider, assertion, identified)
    if ('unknown' in identified) return refuse(tx, provider, assertion, { denied: 'not-on-the-list' })
    const { subject, sessionIndex, nameId, sessionNotOnOrAfter, authenticatedAt } = assertion
    const { identifier, found: userId } = identified
    const evidence = {
      subject,
      ...(identifier && { identifier }),
      ...(meetsDemand(provider.mfaDemand, assertion) && { metDemand: provider.mfaDemand }),
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
 * That a browser's sign-in waits for this identity provider, before its answer is looked at: an answer that was used already
 * costs nothing more. It is looked at again under the lock of the attempt. @throws {Unauthenticated}
 */
export async function demandAttempt(db: Database, provider: IdentityProvider, token: string): Promise<void> {
  demandWaiting(await findAttempt(db, token), provider)
}

function demandWaiting({ userId, idpId }: Attempt, provider: IdentityProvider): void {
  if (userId !== null || idpId !== provider.id) throw used()
}

/** Each message counts once, also when it comes twenty times at the same moment. @throws {Unauthenticated} */
export async function takeMessage(
  tx: TenantTx,
  idpId: string,
  { id, expiresAt }: NonNullable<Arrival['message']>,
): Promise<void> {
  const fresh = await tx.query(
    sql`with forgotten as (
        delete from used_message where idp_id = ${idpId} and tenant_id = ${tx.tenantId} and message_id in (
          select message_id from used_message where idp_id = ${idpId} and tenant_id = ${tx.tenantId}
            and ${OUTLIVED} order by expires_at limit ${OUTLIVED_MESSAGES} for update skip locked))
      insert into used_message (idp_id, message_id, tenant_id, expires_at)
      values (${idpId}, ${id}, ${tx.tenantId}, ${expiresAt}) on conflict do nothing returning idp_id`,
  )
  if (fresh.length === 0) throw used()
}

/** Says why, and shows administrators what they can resolve. */
async function refuse(
  tx: TenantTx,
  provider: IdentityProvider,
  assertion: Assertion,
  refused: Omit<RefusedIdentity, 'name'>,
): Promise<RefusedIdentity> {
  const name = calledIn(provider, assertion)
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

function arriving({ tenantId, id, name }: IdentityProvider, origin: Origin): AuditContext {
  const { requestId, sourceAddress } = origin
  const from = {
    ...(requestId !== undefined && { requestId }),
    ...(sourceAddress !== undefined && { sourceAddress }),
  }
  return { tenantId, actor: { type: 'idp', name: `${name} (sign-in)`, idpId: id, ...from } }
}

function used(): Unauthenticated {
  return new Unauthenticated('This answer of the identity provider was used already; begin again')
}
