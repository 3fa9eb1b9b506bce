// The end of a sign-in. In one transaction: enrollment and activation are recorded, the identifier is linked, and the session
// starts.
import { type Actor, type AuditContext, record } from '#audit/record.ts'
import type { TenantTx } from '#platform/database/database.ts'
import { sql } from '#platform/database/sql.ts'
import { rememberBrowser } from '#throttle/known-browsers.ts'
import { type Attempt, endAttempt } from './attempts.ts'
import type { SignInDecision } from './decision.ts'
import { recordConflict, resolveConflict } from './identity/conflicts.ts'
import { linkIdentifier } from './identity/links.ts'
import type { RefusedIdentity } from './identity/refused-identity.ts'
import { type SessionFactor, startSession } from './sessions/sessions.ts'
import type { SignInUser } from './sessions/sign-in-user.ts'

export interface Origin {
  readonly requestId?: string
  readonly sourceAddress?: string
  readonly userAgent?: string
  /** Tokens of accounts that were signed in in this browser before. */
  readonly browserTokens?: readonly string[]
}

export interface CompletedSignIn {
  readonly sessionToken: string
  /** Marks this browser as known for the user; undefined where nothing of this user's can be guessed. */
  readonly browserToken: string | undefined
}

/**
 * Ends the attempt and starts the session.
 * @returns the session's tokens, or why it was refused: the identifier or the user was linked to another one meanwhile
 */
export async function completeSignIn(
  tx: TenantTx,
  attempt: Attempt,
  decision: SignInDecision,
  origin: Origin,
): Promise<CompletedSignIn | RefusedIdentity> {
  const { user, policy } = decision
  if (!user) throw new Error('a sign-in of nobody was completed')
  const { identifier, subject, sessionIndex, nameId, endsAt, authenticatedAt } = attempt.evidence
  const auditContext = auditContextOf(attempt, user, origin)
  if (identifier) {
    const refused = await linkIdentifier(tx, auditContext, attempt.idpId, user, identifier)
    if (refused) {
      await endAttempt(tx, attempt)
      await recordConflict(tx, attempt.idpId, identifier, user.userName, refused)
      return { ...refused, name: user.userName, identifier }
    }
    await resolveConflict(tx, attempt.idpId, identifier)
  }
  await recordEnrollment(tx, auditContext, user, { activate: true })
  await endAttempt(tx, attempt)
  const sessionToken = await startSession(tx, {
    idpId: attempt.idpId,
    userId: user.userId,
    authenticatedAt,
    factor: factorOf(attempt, decision),
    subject,
    nameIdFormat: nameId?.format,
    sessionIndex,
    endsAt,
    ...origin,
  })
  const canBeGuessed = policy?.type === 'local' || policy?.mfa === 'mandatory'
  const browserToken = canBeGuessed
    ? await rememberBrowser(tx, { kind: 'user', id: user.userId }, origin.browserTokens)
    : undefined
  return { sessionToken, browserToken }
}

/** Returns the factor with which this sign-in meets the policy. */
function factorOf(
  { evidence: { factor, authenticatedAt } }: Attempt,
  { policy, remembered }: SignInDecision,
): SessionFactor | undefined {
  // An external factor is as old as the sign-in at the identity provider.
  if (policy?.mfa === 'external') return { kind: 'external', at: authenticatedAt }
  if (factor) return { kind: factor.method, at: factor.at }
  return remembered && { kind: remembered, at: undefined }
}

/** Records that a user enrolled, and their activation if it is automatic. Repeated calls change nothing. */
export async function recordEnrollment(
  tx: TenantTx,
  auditContext: AuditContext,
  { userId, userName }: Pick<SignInUser, 'userId' | 'userName'>,
  { activate }: { readonly activate: boolean },
): Promise<void> {
  const [changed] = await tx.query<{ enrolled: boolean; activated: boolean }>(
    sql`with before as (
        select enrolled_at, activated_at from user_enrolment where user_id = ${userId} and tenant_id = ${tx.tenantId}),
      written as (
        insert into user_enrolment as e (user_id, tenant_id, enrolled_at, activated_at)
        values (${userId}, ${tx.tenantId}, now(), case when ${activate} then now() end)
        on conflict (user_id) do update set enrolled_at = coalesce(e.enrolled_at, now()),
          activated_at = case when ${activate} then coalesce(e.activated_at, now()) else e.activated_at end)
      select coalesce((select enrolled_at is null from before), true) as enrolled,
        ${activate} and coalesce((select activated_at is null from before), true) as activated`,
  )
  if (!changed?.enrolled && !changed?.activated) return
  const after = { ...(changed.enrolled && { enrolled: true }), ...(changed.activated && { activated: true }) }
  await record(tx, auditContext, {
    action: 'update',
    objectType: 'User',
    objectId: userId,
    objectName: userName,
    change: { after },
  })
}

/** Returns the audit context of a user's own action. */
export function auditContextOf(
  { tenantId, idpId }: Pick<Attempt, 'tenantId' | 'idpId'>,
  { userId, userName }: Pick<SignInUser, 'userId' | 'userName'>,
  { requestId, sourceAddress }: Origin,
): AuditContext {
  const actor: Actor = {
    type: 'user',
    id: userId,
    name: userName,
    idpId,
    ...(requestId !== undefined && { requestId }),
    ...(sourceAddress !== undefined && { sourceAddress }),
  }
  return { tenantId, actor }
}
