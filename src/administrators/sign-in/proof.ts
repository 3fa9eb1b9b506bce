// Asks an administrator who is signed in to prove their identity again before a dangerous action: with a second
// factor if the account has one, otherwise with the password. The session then gets a new token.
import type { AuditContext } from '#audit/record.ts'
import { Invalid, Unauthenticated } from '#errors.ts'
import type { FactorTools } from '#factors/factors.ts'
import { verifyPassword } from '#factors/passwords.ts'
import { sql } from '#platform/database/sql.ts'
import { limitedGuess } from '#throttle/guesses.ts'
import { signedInLimit } from '#throttle/limits.ts'
import { demandFactor, type FactorAnswer, nameOf, readAvailableFactors } from './available-factors.ts'
import { type Method, methodsOf, nextStep } from './next-step.ts'
import { renewProof } from './proofs.ts'
import { recordRefusal, recordSignInActivity, type SignInTools } from './record-activity.ts'
import type { SignedIn } from './sessions.ts'

export type Proof = { readonly password: string } | FactorAnswer

/** Returns what passkey ceremonies of this session are bound to: they end with the session. */
export function ownCeremonies({ sessionId }: Pick<SignedIn, 'sessionId'>): string {
  return `administrator-session:${sessionId}`
}

/** Returns the factors that are accepted as proof. */
export async function proofsOf(tools: FactorTools, own: SignedIn): Promise<(Method | 'password')[]> {
  const factors = await readAvailableFactors(tools, own.tenantId, own.administratorId)
  const step = nextStep({ password: true, factor: false, passkey: false }, factors)
  return step.next === 'factor' ? methodsOf(factors) : ['password']
}

/**
 * Checks a proof of identity.
 * @returns the new token of the session
 * @throws {Unauthenticated} {Throttled}
 * @throws {Invalid} `password` if a password isn't enough
 */
export async function proveAgain(
  tools: SignInTools,
  auditContext: AuditContext,
  own: SignedIn,
  proof: Proof,
): Promise<string> {
  const { tenantId, administratorId: id, email, securityVersion } = own
  const { actor } = auditContext
  const account = { tenantId, id, email }
  const what = 'password' in proof ? 'password' : nameOf(proof)
  try {
    await demandProof(tools, auditContext, own, proof)
  } catch (error) {
    recordRefusal(tools, account, actor, error, { kind: 'proof', what })
    throw error
  }
  const isPassword = 'password' in proof
  const shown = { password: isPassword, factor: !isPassword, passkey: false, securityVersion }
  const token = await tools.db.transaction({ tenantId }, (tx) => renewProof(tx, own, shown))
  recordSignInActivity(tools, account, actor, { kind: 'proof', reason: what })
  return token
}

async function demandProof(
  tools: FactorTools,
  auditContext: AuditContext,
  own: SignedIn,
  proof: Proof,
): Promise<void> {
  if (!('password' in proof)) {
    const owner = { id: own.administratorId, email: own.email }
    const limits = [signedInLimit('factor', own.administratorId)]
    return demandFactor(tools, auditContext, owner, { boundTo: ownCeremonies(own), limits }, proof)
  }
  if (!(await proofsOf(tools, own)).includes('password'))
    throw new Invalid('password', 'is not enough here: this account has a second factor')
  await demandPassword(tools, own, proof.password)
}

/** Checks the password of the administrator who is signed in. @throws {Unauthenticated} {Throttled} */
export async function demandPassword({ db }: FactorTools, own: SignedIn, password: string): Promise<void> {
  const right = await limitedGuess(db, [signedInLimit('password', own.administratorId)], async () => {
    const [kept] = await db.run<{ hash: string | null }>(
      { tenantId: own.tenantId },
      sql`select password_hash as hash from administrator
        where id = ${own.administratorId} and tenant_id = ${own.tenantId}`,
    )
    return (await verifyPassword(password, kept?.hash ?? undefined)) || undefined
  })
  if (!right) throw new Unauthenticated('That password is wrong')
}
