// A person's own second factors, after the first: added, removed, and recovery codes anew. For that they have proven a
// factor lately, so nobody does it at a screen that was left; and one that the administrator allows always stays.
import type { AuditContext } from '#audit/record.ts'
import { Refused, Unauthenticated } from '#errors.ts'
import { deletePasskey, deleteTotp, proveNewFactor, storeFactor } from '#factors/factors.ts'
import { issueRecoveryCodes } from '#factors/recovery-codes.ts'
import { type Database, inTenant, type TenantTx } from '#platform/database/database.ts'
import { sql } from '#platform/database/sql.ts'
import { readPlainName } from '#tenancy/rules.ts'
import { guess } from '#throttle/guesses.ts'
import { signedInLimit } from '#throttle/limits.ts'
import { auditContextOf, type Origin } from '../complete.ts'
import type { UserSession } from '../sessions/sessions.ts'
import { findPolicy, findStanding, lockUser, type Person, type Policy } from '../sessions/standing.ts'
import { deleteAddress } from './address-factors.ts'
import type { CodeMethod } from './codes.ts'
import { forgetDevices } from './devices.ts'
import { holderOf, type UserFactorTools } from './user-factors.ts'

/** How long after a factor was proven its person may change them. */
const FRESH_MINUTES = 10

export interface Own {
  readonly session: UserSession
  readonly person: Person
  readonly policy: Policy
}

/** @throws {Unauthenticated} the person, or their identity provider, is gone */
export async function findOwn(db: Database, session: UserSession): Promise<Own> {
  const { tenantId, userId, idpId } = session
  const q = inTenant(db, tenantId)
  const [person, policy] = await Promise.all([
    findStanding(q, tenantId, userId),
    findPolicy(q, tenantId, idpId),
  ])
  if (!person || !policy) throw new Unauthenticated('Sign in again')
  return { session, person, policy }
}

/** Whether there is anything to choose: elsewhere, or not at all, is where factors are asked for otherwise. */
export function asksForFactors({ policy }: Own): boolean {
  return policy.mfa === 'mandatory'
}

export function isFresh({ factorAt }: Pick<UserSession, 'factorAt'>, now: Date): boolean {
  return factorAt !== null && now.getTime() - factorAt.getTime() < FRESH_MINUTES * 60_000
}

/** What ceremonies of a session are bound to. */
export function ceremoniesOfSession({ id }: UserSession): string {
  return `user-session:${id}`
}

export type OwnNewFactor =
  | { readonly method: 'totp'; readonly enrolmentId: string; readonly code: string }
  | {
      readonly method: 'passkey'
      readonly enrolmentId: string
      readonly credential: object
      readonly name: string
    }

/** @throws {Invalid} it is not right @throws {Throttled} {Refused} {Conflict} */
export async function addOwnFactor(
  tools: UserFactorTools,
  own: Own,
  origin: Origin,
  input: OwnNewFactor,
): Promise<void> {
  const { session, person } = own
  const named = input.method === 'passkey' ? { ...input, name: readPlainName(input.name) } : input
  const proven = await guess(tools.db, [signedInLimit('factor', person.userId)], () =>
    proveNewFactor(tools, session.tenantId, ceremoniesOfSession(session), named),
  )
  if (!proven) throw new Error('a new factor was neither proven nor refused')
  await change(tools, own, origin, async (tx, auditContext, { mfaMethods }) => {
    if (!mfaMethods.includes(input.method))
      throw new Refused('This way of proving who you are is not offered here.')
    await storeFactor(tx, tools, auditContext, holderOf(person), proven)
  })
}

/** What a person calls a factor: its method, or the id of a passkey. */
export type OwnFactorName = 'totp' | CodeMethod | { readonly passkey: string }

/** Browsers that were remembered are forgotten with it. @throws {NotFound} @throws {Refused} it is the last */
export async function removeOwnFactor(
  tools: UserFactorTools,
  own: Own,
  origin: Origin,
  name: OwnFactorName,
): Promise<void> {
  const { person } = own
  await change(tools, own, origin, async (tx, auditContext, { mfaMethods }) => {
    if (name === 'totp') await deleteTotp(tx, auditContext, holderOf(person))
    else if (typeof name === 'object') await deletePasskey(tx, auditContext, holderOf(person), name.passkey)
    else await deleteAddress(tx, auditContext, holderOf(person), name)
    const left = await findStanding(tx, tx.tenantId, person.userId)
    if (!left?.factors.some((method) => mfaMethods.includes(method)))
      throw new Refused('This is your only factor. Add another before you remove it.')
    await forgetDevices(tx, person.userId)
  })
}

/** @returns the codes, which are shown nowhere else */
export async function renewRecoveryCodes(
  tools: UserFactorTools,
  own: Own,
  origin: Origin,
): Promise<string[]> {
  return change(tools, own, origin, (tx, auditContext) =>
    issueRecoveryCodes(tx, auditContext, holderOf(own.person)),
  )
}

/**
 * In one transaction, under the lock of the user's row, while the session is there and what was asked is still so. The proof
 * of the session that makes the change stays as old as it is; a factor that goes takes every other session's along.
 */
function change<Result>(
  { db, clock }: UserFactorTools,
  { session, person }: Own,
  origin: Origin,
  work: (tx: TenantTx, auditContext: AuditContext, policy: Policy) => Promise<Result>,
): Promise<Result> {
  return db.transaction({ tenantId: session.tenantId }, async (tx) => {
    await lockUser(tx, person.userId)
    const own = sql`id = ${session.id} and tenant_id = ${tx.tenantId}`
    const [now] = await tx.query<Pick<UserSession, 'factorAt'>>(
      sql`select factor_at as "factorAt" from user_session where ${own} for update`,
    )
    const policy = await findPolicy(tx, tx.tenantId, session.idpId)
    if (!now || !policy || !isFresh(now, clock())) throw new Unauthenticated('Sign in again')
    if (policy.mfa !== 'mandatory')
      throw new Refused('Your organisation does not ask for a second factor here.')
    const result = await work(tx, auditContextOf(session, person, origin), policy)
    await tx.query(sql`update user_session set factor_at = ${now.factorAt} where ${own}`)
    return result
  })
}
