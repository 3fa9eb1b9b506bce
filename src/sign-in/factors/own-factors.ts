// How users manage their own factors after the first one. They must have proven a factor recently, so that nobody else can do
// it at an unattended screen. One allowed factor always remains.
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

/** How long after proving a factor a user may change their factors. */
const FRESH_MINUTES = 10

export interface OwnAccount {
  readonly session: UserSession
  readonly user: SignInUser
  readonly policy: ProviderPolicy
}

/** @throws {Unauthenticated} the user or their identity provider was deleted */
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

/** Returns whether Doorlist asks this user for a second factor. Otherwise the identity provider does, or nobody. */
export function requiresFactor({ policy }: OwnAccount): boolean {
  return policy.mfa === 'mandatory'
}

export function isFresh({ factorAt }: Pick<UserSession, 'factorAt'>, now: Date): boolean {
  return factorAt !== null && now.getTime() - factorAt.getTime() < FRESH_MINUTES * 60_000
}

/** Returns what a session's ceremonies are bound to. */
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

/**
 * @throws {Invalid} the code or passkey is wrong @throws {Throttled} @throws {Refused} the method isn't allowed @throws
 *   {Conflict}
 */
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
    if (!mfaMethods.includes(input.method)) throw new Refused('This method is not available here.')
    await storeFactor(tx, tools, auditContext, factorOwner(user), proven)
  })
}

/** A factor's name in requests: its method, or a passkey's id. */
export type OwnFactorName = 'totp' | CodeMethod | { readonly passkey: string }

/** Removes a factor and forgets remembered browsers. @throws {NotFound} @throws {Refused} it is the last one */
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

/** @returns the codes, which are shown only once */
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
 * Changes factors in one transaction, with the user's row locked, while the session is live and its factor recent. The session
 * keeps the age of its factor; removing a factor ends the factor's proof in all other sessions.
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
      throw new Refused('Your organization does not ask for a second factor here.')
    const result = await work(tx, auditContextOf(session, user, origin), policy)
    await tx.query(sql`update user_session set factor_at = ${now.factorAt} where ${own}`)
    return result
  })
}
