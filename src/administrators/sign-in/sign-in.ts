// Signs administrators in to the portal: a password and then a second factor if the account has one, or only a
// passkey. This folder owns their sign-in attempts, sessions and password resets. It doesn't own users' sign-in
// (src/sign-in) or the factors themselves (src/factors). The portal's API calls it. Start here, then read
// next-step.ts, which decides what is needed next, and proofs.ts, the only file that starts a session.
import { Unauthenticated } from '#errors.ts'
import { type PasskeyAssertion, type VerifiedOwner, verifyPasskey } from '#factors/passkeys.ts'
import type { TenantTx } from '#platform/database/database.ts'
import { sql } from '#platform/database/sql.ts'
import { limitedGuess } from '#throttle/guesses.ts'
import { findAnyGuessOrigin, findGuessOrigin, rememberBrowser } from '#throttle/known-browsers.ts'
import { guessLimits, networkLimit } from '#throttle/limits.ts'
import { administratorId as holderId, readFactors } from '../factors.ts'
import { beginAttempt, findAttempt, finishAttempt } from './attempts.ts'
import { demandFactor, type FactorAnswer, nameOf, readAvailableFactors } from './available-factors.ts'
import { type Method, nextStep } from './next-step.ts'
import { accountsOpenedBy, type Organisation, type PasswordSignIn } from './password.ts'
import { type Shown, startSession } from './proofs.ts'
import {
  type Account,
  auditContextOf,
  recordRefusal,
  recordSignInActivity,
  type SignInTools,
} from './record-activity.ts'
import type { OpenedSession, SessionOrigin } from './sessions.ts'

export type SignInOutcome =
  | ({ readonly next: 'complete' } & OpenedSession)
  | { readonly next: 'factor'; readonly methods: readonly Method[]; readonly attemptToken: string }
  /** Several tenants have an account with this email address and password: the administrator has to choose one. */
  | { readonly next: 'organisation'; readonly organisations: readonly Organisation[] }

/** What a passkey ceremony is bound to while the account isn't known. */
export const ANYONE = 'anyone'

/**
 * Checks the password, and starts a session or asks for a second factor.
 * @throws {Unauthenticated} with the same text whatever is wrong, so that it doesn't reveal whether the account
 * exists
 * @throws {Throttled}
 */
export async function signIn(
  tools: SignInTools,
  input: PasswordSignIn,
  origin: SessionOrigin,
): Promise<SignInOutcome> {
  const { db } = tools
  const [candidate, ...others] = await accountsOpenedBy(tools, input, origin)
  if (others.length > 0) {
    const organisations = [candidate, ...others].map(({ slug, name }) => ({ slug, name }))
    return { next: 'organisation', organisations }
  }
  const { tenantId, id, securityVersion } = candidate
  const proven = { password: true, factor: false, passkey: false }
  const step = nextStep(proven, await readAvailableFactors(tools, tenantId, id))
  if (step.next === 'factor') return { ...step, attemptToken: await beginAttempt(db, tenantId, candidate) }
  const opened = await db.transaction({ tenantId }, (tx) =>
    openSession(tx, id, { ...proven, securityVersion }, origin),
  )
  recordSignInActivity(tools, candidate, origin, { kind: 'sign-in', reason: 'password' })
  return { next: 'complete', ...opened }
}

async function openSession(
  tx: TenantTx,
  id: string,
  shown: Shown,
  origin: SessionOrigin,
): Promise<OpenedSession> {
  const sessionToken = await startSession(tx, id, shown, origin)
  return { sessionToken, browserToken: await rememberBrowser(tx, holderId(id), origin.browserTokens) }
}

/** Completes a sign-in attempt with a second factor. @throws {Unauthenticated} {Throttled} {Refused} */
export async function signInByFactor(
  tools: SignInTools,
  attemptToken: string | undefined,
  answer: FactorAnswer,
  origin: SessionOrigin,
): Promise<OpenedSession> {
  const attempt = await findAttempt(tools.db, attemptToken)
  const { tenantId, administratorId: id, email, boundTo, securityVersion } = attempt
  const account = { tenantId, id, email }
  const what = nameOf(answer)
  try {
    const from = await findGuessOrigin(tools.db, tenantId, holderId(id), origin)
    const limits = guessLimits('factor', id, from)
    await demandFactor(tools, auditContextOf(account, origin), account, { boundTo, limits }, answer)
  } catch (error) {
    recordRefusal(tools, account, origin, error, { kind: 'sign-in', what })
    throw error
  }
  const shown = { password: true, factor: true, passkey: false, securityVersion }
  const opened = await tools.db.transaction({ tenantId }, async (tx) => {
    const started = await openSession(tx, id, shown, origin)
    await finishAttempt(tx, attemptToken ?? '')
    return started
  })
  recordSignInActivity(tools, account, origin, { kind: 'sign-in', reason: `password and ${what}` })
  return opened
}

/**
 * Signs in with only a passkey, which identifies the account and counts as two factors.
 * @throws {Unauthenticated} {Throttled}
 */
export async function signInByPasskey(
  tools: SignInTools,
  assertion: PasskeyAssertion,
  origin: SessionOrigin,
): Promise<OpenedSession> {
  const limit = networkLimit('request', await findAnyGuessOrigin(tools.db, origin))
  const proven = await limitedGuess(tools.db, [limit], () =>
    verifyPasskey(tools, undefined, ANYONE, assertion),
  )
  if (proven?.holder.kind !== 'administrator')
    throw new Unauthenticated('This passkey belongs to no account here')
  const { tenantId } = proven
  const [owner, opened] = await tools.db.transaction({ tenantId }, async (tx) => {
    const found = await findPasskeyOwner(tx, proven)
    if (!found || found.disabled) return [found, undefined]
    const { id, securityVersion } = found
    const shown = { password: false, factor: false, passkey: true, securityVersion }
    return [found, await openSession(tx, id, shown, origin)]
  })
  if (!opened) {
    if (owner)
      recordSignInActivity(tools, owner, origin, {
        kind: 'sign-in',
        result: 'failure',
        reason: 'the account is disabled',
      })
    throw new Unauthenticated('This passkey belongs to no account here')
  }
  if (owner) recordSignInActivity(tools, owner, origin, { kind: 'sign-in', reason: 'passkey' })
  return opened
}

/**
 * Returns the account of a passkey, locked so that the passkey can't be removed meanwhile.
 * @returns undefined also if the passkey has just been removed
 */
async function findPasskeyOwner(
  tx: TenantTx,
  { holder, passkeyId }: VerifiedOwner,
): Promise<(Account & { readonly disabled: boolean; readonly securityVersion: string }) | undefined> {
  const [found] = await tx.query<Account & { disabled: boolean; securityVersion: string }>(
    sql`select id, tenant_id as "tenantId", email, disabled_at is not null as disabled,
        security_version as "securityVersion"
      from administrator where id = ${holder.id} and tenant_id = ${tx.tenantId} for share`,
  )
  const { passkeys } = await readFactors(tx, tx.tenantId, holder.id)
  return passkeys.some(({ id }) => id === passkeyId) ? found : undefined
}
