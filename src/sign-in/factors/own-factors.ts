// A user's own second factors, after the first: added, removed, and recovery codes anew. For that they have proven a
// factor lately, so nobody does it at a screen that was left; and one that the administrator allows always stays.
import type { AuditContext } from '#audit/record.ts'
import { Refused, Unauthenticated } from '#errors.ts'
import { deletePasskey, deleteTotp, storeFactor, verifyNewFactor } from '#factors/factors.ts'
import { issueRecoveryCodes } from '#factors/recovery-codes.ts'
import { type Database, inTenant, type TenantTx } from '#platform/database/database.ts'
import { sql } from '#platform/database/sql.ts'
import { readPlainName } from '#tenancy/rules.ts'
import { limitedGuess } from '#throttle/guesses.ts'
import { signedInLimit } from '#throttle/limits.ts'
import { auditContextOf, type Origin } from '../complete.ts'
import type { UserSession } from '../sessions/sessions.ts'
import {
  findProviderPolicy,
  findSignInUser,
  lockUser,
  type ProviderPolicy,
  type SignInUser,
} from '../sessions/sign-in-user.ts'
import { deleteAddress } from './address-factors.ts'
import type { CodeMethod } from './codes.ts'
import { forgetDevices } from './devices.ts'
import { factorOwner, type UserFactorTools } from './user-factors.ts'

/** How long after a factor was proven its user may change them. */
const FRESH_MINUTES = 10

export interface OwnAccount {
  readonly session: UserSession
  readonly user: SignInUser
  readonly policy: ProviderPolicy
}

/** @throws {Unauthenticated} the user, or their identity provider, is gone */
export async function findOwnAccount(db: Database, session: UserSession): Promise<OwnAccount> {
  const { tenantId, userId, idpId } = session
  const q = inTenant(db, tenantId)
  const [user, policy] = await Promise.all([
    findSignInUser(q, tenantId, userId),
    findProviderPolicy(q, tenantId, idpId),
  ])
  if (!user || !policy) throw new Unauthenticated('Sign in again')
  return { session, user, policy }
}

/** Whether there is anything to choose: elsewhere, or not at all, is where factors are asked for otherwise. */
export function requiresFactor({ policy }: OwnAccount): boolean {
  return policy.mfa === 'mandatory'
}

export function isFresh({ factorAt }: Pick<UserSession, 'factorAt'>, now: Date): boolean {
  return factorAt !== null && now.getTime() - factorAt.getTime() < FRESH_MINUTES * 60_000
}

/** What ceremonies of a session are bound to. */
export function sessionCeremony({ id }: UserSession): string {
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
  own: OwnAccount,
  origin: Origin,
  input: OwnNewFactor,
): Promise<void> {
  const { session, user } = own
  const named = input.method === 'passkey' ? { ...input, name: readPlainName(input.name) } : input
  const proven = await limitedGuess(tools.db, [signedInLimit('factor', user.userId)], () =>
    verifyNewFactor(tools, session.tenantId, sessionCeremony(session), named),
  )
  if (!proven) throw new Error('a new factor was neither proven nor refused')
  await changeFactors(tools, own, origin, async (tx, auditContext, { mfaMethods }) => {
    if (!mfaMethods.includes(input.method))
      throw new Refused('This way of proving who you are is not offered here.')
    await storeFactor(tx, tools, auditContext, factorOwner(user), proven)
  })
}

/** What a user calls a factor: its method, or the id of a passkey. */
export type OwnFactorName = 'totp' | CodeMethod | { readonly passkey: string }

/** Browsers that were remembered are forgotten with it. @throws {NotFound} @throws {Refused} it is the last */
export async function removeOwnFactor(
  tools: UserFactorTools,
  own: OwnAccount,
  origin: Origin,
  name: OwnFactorName,
): Promise<void> {
  const { user } = own
  await changeFactors(tools, own, origin, async (tx, auditContext, { mfaMethods }) => {
    if (name === 'totp') await deleteTotp(tx, auditContext, factorOwner(user))
    else if (typeof name === 'object') await deletePasskey(tx, auditContext, factorOwner(user), name.passkey)
    else await deleteAddress(tx, auditContext, factorOwner(user), name)
    const left = await findSignInUser(tx, tx.tenantId, user.userId)
    if (!left?.factors.some((method) => mfaMethods.includes(method)))
      throw new Refused('This is your only factor. Add another before you remove it.')
    await forgetDevices(tx, user.userId)
  })
}

/** @returns the codes, which are shown nowhere else */
export async function renewRecoveryCodes(
  tools: UserFactorTools,
  own: OwnAccount,
  origin: Origin,
): Promise<string[]> {
  return changeFactors(tools, own, origin, (tx, auditContext) =>
    issueRecoveryCodes(tx, auditContext, factorOwner(own.user)),
  )
}

/**
 * In one transaction, under the lock of the user's row, while the session is there and what was asked is still so. The proof
 * of the session that makes the change stays as old as it is; a factor that goes takes every other session's along.
 */
function changeFactors<Result>(
  { db, clock }: UserFactorTools,
  { session, user }: OwnAccount,
  origin: Origin,
  work: (tx: TenantTx, auditContext: AuditContext, policy: ProviderPolicy) => Promise<Result>,
): Promise<Result> {
  return db.transaction({ tenantId: session.tenantId }, async (tx) => {
    await lockUser(tx, user.userId)
    const own = sql`id = ${session.id} and tenant_id = ${tx.tenantId}`
    const [now] = await tx.query<Pick<UserSession, 'factorAt'>>(
      sql`select factor_at as "factorAt" from user_session where ${own} for update`,
    )
    const policy = await findProviderPolicy(tx, tx.tenantId, session.idpId)
    if (!now || !policy || !isFresh(now, clock())) throw new Unauthenticated('Sign in again')
    if (policy.mfa !== 'mandatory')
      throw new Refused('Your organisation does not ask for a second factor here.')
    const result = await work(tx, auditContextOf(session, user, origin), policy)
    await tx.query(sql`update user_session set factor_at = ${now.factorAt} where ${own}`)
    return result
  })
}
