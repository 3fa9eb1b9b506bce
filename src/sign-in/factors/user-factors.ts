// Second factors of the people of an identity provider: enrolled at the first sign-in, asked for at the others. Only what
// the administrator allows counts, and a first factor is enrolled only while there is none.

import type { AuditContext } from '#audit/record.ts'
import { Invalid, Refused, Unauthenticated } from '#errors.ts'
import { type FactorTools, proveNewFactor, storeFactor } from '#factors/factors.ts'
import type { Holder } from '#factors/holder.ts'
import { type Assertion, provePasskey } from '#factors/passkeys.ts'
import { issueRecoveryCodes, spendRecoveryCode } from '#factors/recovery-codes.ts'
import { spendTotp } from '#factors/totp.ts'
import type { MfaMethod } from '#identity-providers/settings.ts'
import type { TenantTx } from '#platform/database/database.ts'
import { guess } from '#throttle/guesses.ts'
import { guesserOf } from '#throttle/known-browsers.ts'
import { guessLimits, type Limit, networkLimit } from '#throttle/limits.ts'
import { type Attempt, advanceAttempt, lockAttempt } from '../attempts.ts'
import { auditContextOf, type Origin } from '../complete.ts'
import { nextStep } from '../next-step.ts'
import { findPolicy, findStanding, lockUser, type Person } from '../sessions/standing.ts'
import { storeAddress } from './address-factors.ts'
import { type CodeMethod, type CodeTools, spendCode } from './codes.ts'

export type UserFactorTools = FactorTools & CodeTools

/** What a person answers when asked for a factor. */
export type Answer =
  | { readonly method: 'totp' | 'recovery' | CodeMethod; readonly code: string }
  | ({ readonly method: 'passkey' } & Assertion)

/** The second half of an enrolment. */
export type NewFactor =
  | { readonly method: 'totp'; readonly enrolmentId: string; readonly code: string }
  | { readonly method: 'passkey'; readonly enrolmentId: string; readonly credential: object }
  | { readonly method: CodeMethod; readonly code: string }

/** A sign-in that asks its person for a factor. */
export interface Asked {
  readonly attempt: Attempt
  /** Of the attempt. */
  readonly token: string
  readonly person: Person
  readonly origin: Origin
}

export function holderOf({ userId, userName }: Pick<Person, 'userId' | 'userName'>): Holder {
  return { kind: 'user', id: userId, name: userName }
}

/** What ceremonies of a sign-in are bound to. */
export function ceremoniesOf({ id }: Attempt): string {
  return `user-attempt:${id}`
}

/** @throws {Unauthenticated} it is not right @throws {Throttled} too many were not, so that the right one is refused too */
export async function answerChallenge(tools: UserFactorTools, asked: Asked, answer: Answer): Promise<void> {
  const limits = await limitsOf(tools, asked, answer.method)
  const right = await guess(tools.db, limits, async () => (await isRight(tools, asked, answer)) || undefined)
  if (!right) throw new Unauthenticated(WRONG[answer.method])
  await tools.db.transaction({ tenantId: asked.attempt.tenantId }, async (tx) => {
    const attempt = await lockAttempt(tx, asked.token)
    await advanceAttempt(tx, attempt, { factor: { method: answer.method, at: attempt.readAt.toISOString() } })
  })
}

/** A passkey cannot be guessed: strangers who guess at other factors do not keep its owner out. */
async function limitsOf(
  { db }: UserFactorTools,
  { attempt: { tenantId }, person: { userId }, origin }: Asked,
  method: Answer['method'],
): Promise<readonly Limit[]> {
  const from = await guesserOf(db, tenantId, { kind: 'user', id: userId }, origin)
  return method === 'passkey' ? [networkLimit('request', from)] : guessLimits('factor', userId, from)
}

const WRONG: Record<Answer['method'], string> = {
  totp: 'That code is not right, or was used already.',
  email: 'That code is not right, or is too old.',
  phone: 'That code is not right, or is too old.',
  recovery: 'That recovery code is not right, or was used already.',
  passkey: 'That passkey does not belong to this account.',
}

async function isRight(
  tools: UserFactorTools,
  { attempt, token, person, origin }: Asked,
  answer: Answer,
): Promise<boolean> {
  const { tenantId } = attempt
  const holder = holderOf(person)
  switch (answer.method) {
    case 'totp':
      return spendTotp(tools, tenantId, holder, answer.code)
    case 'recovery':
      return spendRecoveryCode(tools.db, auditContextOf(attempt, person, origin), holder, answer.code)
    case 'passkey': {
      const proven = await provePasskey(tools, tenantId, ceremoniesOf(attempt), answer)
      return proven?.holder.kind === 'user' && proven.holder.id === person.userId
    }
    default:
      return (await spendCode(tools.db, attempt, token, answer.method, answer.code)) !== undefined
  }
}

/**
 * @returns recovery codes, shown nowhere else
 * @throws {Invalid} it is not right @throws {Throttled} @throws {Refused} it is no longer the time to enrol
 */
export async function enrolFactor(tools: UserFactorTools, asked: Asked, input: NewFactor): Promise<string[]> {
  const { attempt: begun, token, person, origin } = asked
  const limits = await limitsOf(tools, asked, input.method)
  const store = await guess(tools.db, limits, () => proveNew(tools, asked, input))
  if (!store) throw new Error('a new factor was neither proven nor refused')
  return tools.db.transaction({ tenantId: begun.tenantId }, async (tx) => {
    await lockUser(tx, person.userId)
    const attempt = await lockAttempt(tx, token)
    await demandFirst(tx, attempt, person.userId, input.method)
    const auditContext = auditContextOf(attempt, person, origin)
    await store(tx, auditContext)
    await advanceAttempt(tx, attempt, { factor: { method: input.method, at: attempt.readAt.toISOString() } })
    return issueRecoveryCodes(tx, auditContext, holderOf(person))
  })
}

type Store = (tx: TenantTx, auditContext: AuditContext) => Promise<void>

async function proveNew(tools: UserFactorTools, asked: Asked, input: NewFactor): Promise<Store> {
  const { attempt, token, person } = asked
  if (input.method === 'totp' || input.method === 'passkey') {
    const enrolled = input.method === 'passkey' ? { ...input, name: 'Passkey' } : input
    const proven = await proveNewFactor(tools, attempt.tenantId, ceremoniesOf(attempt), enrolled)
    return (tx, auditContext) => storeFactor(tx, tools, auditContext, holderOf(person), proven)
  }
  const { method } = input
  const address = await spendCode(tools.db, attempt, token, method, input.code)
  if (address === undefined) throw new Invalid('code', 'is not the one that was sent, or is too old')
  return (tx, auditContext) => storeAddress(tx, auditContext, holderOf(person), method, address)
}

/** Of two sign-ins that enrol a first factor at the same time, one does. @throws {Refused} */
async function demandFirst(tx: TenantTx, attempt: Attempt, userId: string, method: MfaMethod): Promise<void> {
  const policy = await findPolicy(tx, tx.tenantId, attempt.idpId)
  const person = await findStanding(tx, tx.tenantId, userId)
  const step = policy && nextStep({ ...attempt.proven, userId }, policy, person)
  if (step?.next !== 'enrol-factor' || !step.methods.includes(method))
    throw new Refused('This account has a second factor already. Sign in again, with that one.')
}
