import type { AuditContext } from '#audit/record.ts'
import { Throttled, Unauthenticated } from '#errors.ts'
import type { FactorTools } from '#factors/factors.ts'
import type { Activity, ActivityEntry } from '#logs/activity.ts'
import type { SessionOrigin } from './sessions.ts'

/** What is needed to check a factor and to record the attempt. */
export type SignInTools = FactorTools & { readonly activity: Activity }

/** The account an activity entry is about. */
export interface Account {
  readonly tenantId: string
  readonly id: string
  readonly email: string
}

/** Records in the activity log what an administrator, or somebody in their name, did. */
export function recordSignInActivity(
  { activity }: Pick<SignInTools, 'activity'>,
  { tenantId, id, email }: Account,
  { requestId, sourceAddress }: Partial<SessionOrigin>,
  told: Pick<ActivityEntry, 'kind' | 'result' | 'reason' | 'once'>,
): void {
  const actor = { type: 'administrator', id, name: email } as const
  activity.record({ tenantId, actor, requestId, sourceAddress, ...told })
}

/** Records a refused proof. Errors that aren't the administrator's, such as an outage, aren't recorded. */
export function recordRefusal(
  tools: Pick<SignInTools, 'activity'>,
  account: Account,
  origin: Partial<SessionOrigin>,
  error: unknown,
  { kind, what }: { readonly kind: 'sign-in' | 'proof'; readonly what: string },
): void {
  const result = 'failure'
  if (error instanceof Throttled)
    recordSignInActivity(tools, account, origin, {
      kind,
      result,
      reason: `too many tries: ${what}`,
      once: true,
    })
  else if (error instanceof Unauthenticated)
    recordSignInActivity(tools, account, origin, { kind, result, reason: `wrong ${what}` })
}

/** Returns the audit context of an administrator who acts on their own account, signed in or not. */
export function auditContextOf(
  { tenantId, id, email: name }: Account,
  { requestId, sourceAddress }: SessionOrigin,
): AuditContext {
  const from = sourceAddress === undefined ? {} : { sourceAddress }
  return { tenantId, actor: { type: 'administrator', id, name, requestId, ...from } }
}
