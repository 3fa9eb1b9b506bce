// Somebody comes back from an identity provider that vouches for them. Whatever the protocol, it goes on here, in one
// transaction: the message counts once, the person is found (or joins), and the attempt knows who it is.
import type { Witness } from '#audit/record.ts'
import { joinUser, refreshJoinedUser } from '#directory/join.ts'
import { Unauthenticated } from '#errors.ts'
import type { IdentityProvider } from '#identity-providers/identity-providers.ts'
import type { Database, TenantTx } from '#platform/database.ts'
import { sql } from '#platform/sql.ts'
import { advanceAttempt, lockAttempt, renewAttempt } from './attempts.ts'
import { claimOf, resourceOf } from './claims.ts'
import type { Origin } from './complete.ts'
import { meetsDemand } from './external-factor.ts'
import { type StaleReason, staleReason } from './freshness.ts'
import { OUTLIVED } from './housekeeping.ts'
import { type Assertion, identify, type MatchingRule } from './identify.ts'

export interface Arrival {
  readonly assertion: Assertion
  /** The message by which it was said; it is good once, on every process. */
  readonly message?: { readonly id: string; readonly expiresAt: Date }
}

export type Arrived =
  /** With the attempt's token from now on. */
  | { readonly userId: string; readonly token: string }
  | { readonly denied: 'not-on-the-list' | 'taken' | StaleReason; readonly name: string }

/** Forgotten with each one that is taken, so that they do not pile up. */
const OUTLIVED_MESSAGES = 20

/** @throws {Unauthenticated} the attempt is over or was used, or the message was */
export function arrive(
  db: Database,
  provider: IdentityProvider,
  token: string,
  { assertion, message }: Arrival,
  origin: Origin,
): Promise<Arrived> {
  return db.transaction({ tenantId: provider.tenantId }, async (tx) => {
    const attempt = await lockAttempt(tx, token)
    if (attempt.userId !== null || attempt.idpId !== provider.id) throw used()
    if (message) await takeMessage(tx, provider.id, message)
    const stale = staleReason(attempt.proven.fresh, attempt.begunAt, assertion.authenticatedAt)
    if (stale) return { denied: stale, name: nameOf(assertion) }
    const found = await findPerson(tx, provider, assertion, origin)
    if ('denied' in found) return found
    const { issuer, subject, sessionIndex, nameId, sessionNotOnOrAfter, authenticatedAt } = assertion
    const evidence = {
      identity: { issuer, subject },
      ...(meetsDemand(provider.mfaDemand, assertion) && { metDemand: provider.mfaDemand }),
      ...(sessionIndex !== undefined && { sessionIndex }),
      ...(authenticatedAt && { authenticatedAt: authenticatedAt.toISOString() }),
      ...(nameId && { nameId }),
      ...(sessionNotOnOrAfter && { endsAt: sessionNotOnOrAfter.toISOString() }),
    }
    await advanceAttempt(tx, attempt, evidence, found.userId)
    return { ...found, token: await renewAttempt(tx, attempt) }
  })
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

type Found = { readonly userId: string } | Extract<Arrived, { denied: unknown }>

async function findPerson(
  tx: TenantTx,
  provider: IdentityProvider,
  assertion: Assertion,
  origin: Origin,
): Promise<Found> {
  const rule = ruleOf(provider)
  const match = await identify(tx, provider.id, withUserName(assertion), rule)
  if ('taken' in match) return { denied: 'taken', name: nameOf(assertion) }
  if ('found' in match) {
    const said = resourceOf(assertion, nameOf(assertion))
    await refreshJoinedUser(tx, arriving(provider, origin), provider, match.found, said)
    return { userId: match.found }
  }
  // Only a userName can be the name of somebody new; an externalId belongs to a provisioning client.
  const mayJoin = provider.enroll === 'self' && rule.target === 'userName' && match.unknown !== undefined
  if (!mayJoin || match.unknown === undefined) return { denied: 'not-on-the-list', name: nameOf(assertion) }
  const witness = arriving(provider, origin)
  return { userId: await joinUser(tx, witness, provider, resourceOf(assertion, match.unknown)) }
}

/** What says who somebody is here, when the administrator made no rule: the first claim that looks like a userName. */
const USER_NAME = 'doorlist:userName'
const DEFAULT_RULE: MatchingRule = { source: USER_NAME, target: 'userName' }

function ruleOf({ matching, type }: IdentityProvider): MatchingRule {
  if (matching) return matching
  return type === 'saml' ? { source: 'NameID', target: 'userName' } : DEFAULT_RULE
}

function withUserName(assertion: Assertion): Assertion {
  const userName = claimOf(assertion, 'userName')
  return userName === undefined
    ? assertion
    : { ...assertion, attributes: { ...assertion.attributes, [USER_NAME]: [userName] } }
}

function nameOf(assertion: Assertion): string {
  return claimOf(assertion, 'userName') ?? assertion.subject
}

function arriving({ tenantId, id, name }: IdentityProvider, origin: Origin): Witness {
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
