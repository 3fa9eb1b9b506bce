// A user's second factor during sign-in: enrolled at the first one, checked at later ones. Start with answerChallenge. The
// factors themselves are stored by src/factors; here is who may enroll or use which one. Only methods that the administrator
// allows count, and a first factor is enrolled only while there is none.

import type { AuditContext } from '#audit/record.ts'
import { Invalid, Refused, Unauthenticated } from '#errors.ts'
import type { FactorOwner } from '#factors/factor-owner.ts'
import { type FactorTools, storeFactor, verifyNewFactor } from '#factors/factors.ts'
import { type PasskeyAssertion, verifyPasskey } from '#factors/passkeys.ts'
import { consumeRecoveryCode, issueRecoveryCodes } from '#factors/recovery-codes.ts'
import { consumeTotpCode } from '#factors/totp.ts'
import type { MfaMethod } from '#identity-providers/settings.ts'
import type { TenantTx } from '#platform/database/database.ts'
import { limitedGuess } from '#throttle/guesses.ts'
import { findGuessOrigin } from '#throttle/known-browsers.ts'
import { guessLimits, type Limit, networkLimit } from '#throttle/limits.ts'
import { type Attempt, advanceAttempt, lockAttempt } from '../attempts.ts'
import { auditContextOf, type Origin } from '../complete.ts'
import { nextStep } from '../next-step.ts'
import { findProviderPolicy, findSignInUser, lockUser, type SignInUser } from '../sessions/sign-in-user.ts'
import { storeAddress } from './address-factors.ts'
import { type CodeMethod, type CodeTools, consumeCode } from './codes.ts'

export type UserFactorTools = FactorTools & CodeTools

/** A user's answer to a challenge. */
export type ChallengeAnswer =
  | { readonly method: 'totp' | 'recovery' | CodeMethod; readonly code: string }
  | ({ readonly method: 'passkey' } & PasskeyAssertion)

/** What completes an enrollment. */
export type NewFactor =
  | { readonly method: 'totp'; readonly enrolmentId: string; readonly code: string }
  | { readonly method: 'passkey'; readonly enrolmentId: string; readonly credential: object }
  | { readonly method: CodeMethod; readonly code: string }

/** A sign-in that asks for a factor. */
export interface FactorRequest {
  readonly attempt: Attempt
  /** The token of the attempt. */
  readonly token: string
  readonly user: SignInUser
  readonly origin: Origin
}

export function factorOwner({ userId, userName }: Pick<SignInUser, 'userId' | 'userName'>): FactorOwner {
  return { kind: 'user', id: userId, name: userName }
}

/** Returns what an attempt's ceremonies are bound to. */
export function attemptCeremony({ id }: Attempt): string {
  return `user-attempt:${id}`
}

/**
 * Checks the answer to a challenge and adds it to the attempt's evidence.
 * @throws {Unauthenticated} it is wrong @throws {Throttled} there were too many wrong answers; a right one is refused, too
 */
export async function answerChallenge(
  tools: UserFactorTools,
  asked: FactorRequest,
  answer: ChallengeAnswer,
): Promise<void> {
  const limits = await factorLimits(tools, asked, answer.method)
  const right = await limitedGuess(
    tools.db,
    limits,
    async () => (await isCorrect(tools, asked, answer)) || undefined,
  )
  if (!right) throw new Unauthenticated(WRONG[answer.method])
  await tools.db.transaction({ tenantId: asked.attempt.tenantId }, async (tx) => {
    const attempt = await lockAttempt(tx, asked.token)
    await advanceAttempt(tx, attempt, { factor: { method: answer.method, at: attempt.readAt.toISOString() } })
  })
}

/** A passkey can't be guessed, so wrong answers of strangers to other factors don't lock its owner out. */
async function factorLimits(
  { db }: UserFactorTools,
  { attempt: { tenantId }, user: { userId }, origin }: FactorRequest,
  method: ChallengeAnswer['method'],
): Promise<readonly Limit[]> {
  const from = await findGuessOrigin(db, tenantId, { kind: 'user', id: userId }, origin)
  return method === 'passkey' ? [networkLimit('request', from)] : guessLimits('factor', userId, from)
}

const WRONG: Record<ChallengeAnswer['method'], string> = {
  totp: 'The code is wrong or was already used.',
  email: 'The code is wrong or has expired.',
  phone: 'The code is wrong or has expired.',
  recovery: 'The recovery code is wrong or was already used.',
  passkey: 'The passkey does not belong to this account.',
}

async function isCorrect(
  tools: UserFactorTools,
  { attempt, token, user, origin }: FactorRequest,
  answer: ChallengeAnswer,
): Promise<boolean> {
  const { tenantId } = attempt
  const holder = factorOwner(user)
  switch (answer.method) {
    case 'totp':
      return consumeTotpCode(tools, tenantId, holder, answer.code)
    case 'recovery':
      return consumeRecoveryCode(tools.db, auditContextOf(attempt, user, origin), holder, answer.code)
    case 'passkey': {
      const proven = await verifyPasskey(tools, tenantId, attemptCeremony(attempt), answer)
      return proven?.holder.kind === 'user' && proven.holder.id === user.userId
    }
    default:
      return (await consumeCode(tools.db, attempt, token, answer.method, answer.code)) !== undefined
  }
}

/**
 * Stores a user's first factor.
 * @returns recovery codes, which are shown only once
 * @throws {Invalid} the code or passkey is wrong @throws {Throttled} @throws {Refused} the user has a factor by now
 */
export async function enrollFactor(
  tools: UserFactorTools,
  asked: FactorRequest,
  input: NewFactor,
): Promise<string[]> {
  const { attempt: begun, token, user, origin } = asked
  const limits = await factorLimits(tools, asked, input.method)
  const store = await limitedGuess(tools.db, limits, () => verifyNew(tools, asked, input))
  if (!store) throw new Error('a new factor was neither proven nor refused')
  return tools.db.transaction({ tenantId: begun.tenantId }, async (tx) => {
    await lockUser(tx, user.userId)
    const attempt = await lockAttempt(tx, token)
    await requireFirstFactor(tx, attempt, user.userId, input.method)
    const auditContext = auditContextOf(attempt, user, origin)
    await store(tx, auditContext)
    await advanceAttempt(tx, attempt, { factor: { method: input.method, at: attempt.readAt.toISOString() } })
    return issueRecoveryCodes(tx, auditContext, factorOwner(user))
  })
}

type Store = (tx: TenantTx, auditContext: AuditContext) => Promise<void>

async function verifyNew(tools: UserFactorTools, asked: FactorRequest, input: NewFactor): Promise<Store> {
  const { attempt, token, user } = asked
  if (input.method === 'totp' || input.method === 'passkey') {
    const enrolled = input.method === 'passkey' ? { ...input, name: 'Passkey' } : input
    const proven = await verifyNewFactor(tools, attempt.tenantId, attemptCeremony(attempt), enrolled)
    return (tx, auditContext) => storeFactor(tx, tools, auditContext, factorOwner(user), proven)
  }
  const { method } = input
  const address = await consumeCode(tools.db, attempt, token, method, input.code)
  if (address === undefined) throw new Invalid('code', 'is wrong or has expired')
  return (tx, auditContext) => storeAddress(tx, auditContext, factorOwner(user), method, address)
}

/** Refuses a second enrollment of a first factor, such as by two sign-ins at once. @throws {Refused} */
async function requireFirstFactor(
  tx: TenantTx,
  attempt: Attempt,
  userId: string,
  method: MfaMethod,
): Promise<void> {
  const policy = await findProviderPolicy(tx, tx.tenantId, attempt.idpId)
  const user = await findSignInUser(tx, tx.tenantId, userId)
  const step = policy && nextStep({ ...attempt.evidence, userId }, policy, user)
  if (step?.next !== 'enroll-factor' || !step.methods.includes(method))
    throw new Refused('This account already has a second factor. Sign in again and use it.')
}
