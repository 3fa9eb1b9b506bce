import type { FastifyRequest } from 'fastify'
import { Throttled, Unauthenticated } from '#errors.ts'
import type { IdentityProvider } from '#identity-providers/identity-providers.ts'
import type { ActivityEntry } from '#logs/activity.ts'
import type { RefusedIdentity } from '#sign-in/identity/refused-identity.ts'
import type { RefusedSignIn } from '#sign-in/provider-answer.ts'
import type { SessionHolder } from '#sign-in/sessions/sessions.ts'
import { browserTokensOf } from '../known-browser.ts'
import type { SignInOptions } from './services.ts'

/** Returns where a request comes from, for sessions, the audit log and rate limits. */
export function requestOrigin(request: FastifyRequest) {
  const userAgent = request.headers['user-agent']
  return {
    requestId: request.id,
    sourceAddress: request.ip,
    browserTokens: browserTokensOf(request),
    ...(userAgent !== undefined && { userAgent }),
  }
}

export interface ActivityUser {
  readonly tenantId: string
  /** Undefined when no user has this name. */
  readonly userId?: string | undefined
  readonly userName: string
}

/**
 * Records a sign-in, sign-out or change of a factor in the activity log. @param once repeated entries are counted, not stored
 */
export function recordActivity(
  { activity }: Pick<SignInOptions, 'activity'>,
  { tenantId, userId, userName }: ActivityUser,
  request: FastifyRequest,
  result: 'success' | 'failure',
  reason?: string,
  kind: ActivityEntry['kind'] = 'sign-in',
  once = false,
): void {
  activity.record({
    tenantId,
    actor: { type: 'user', id: userId, name: userName },
    kind,
    application: { name: 'User portal' },
    result,
    reason,
    once,
    requestId: request.id,
    sourceAddress: request.ip,
  })
}

/** Records a sign-in that was refused after the identity provider answered, with details that help to resolve it. */
export function recordRefusedSignIn(
  { activity }: Pick<SignInOptions, 'activity'>,
  tenantId: string,
  { denied, name, ...details }: RefusedIdentity | RefusedSignIn,
  request: FastifyRequest,
): void {
  activity.record({
    tenantId,
    actor: { type: 'user', name },
    kind: 'sign-in',
    application: { name: 'User portal' },
    result: 'failure',
    reason: denied,
    details,
    requestId: request.id,
    sourceAddress: request.ip,
  })
}

/**
 * Records a wrong or rate-limited password or code; other errors aren't failed attempts. @param what `password`, or the
 * factor's method
 */
export function recordFailedProof(
  options: Pick<SignInOptions, 'activity'>,
  told: ActivityUser,
  request: FastifyRequest,
  error: unknown,
  what: string,
): void {
  const cutOff = error instanceof Throttled
  if (!cutOff && !(error instanceof Unauthenticated)) return
  recordActivity(
    options,
    told,
    request,
    'failure',
    cutOff ? `too many tries: ${what}` : `wrong ${what}`,
    'sign-in',
    cutOff,
  )
}

/** Records the sign-outs that an identity provider asked for. */
export function recordSignOuts(
  options: Pick<SignInOptions, 'activity'>,
  { tenantId, name }: IdentityProvider,
  users: readonly SessionHolder[],
  request: FastifyRequest,
): void {
  for (const user of users)
    recordActivity(options, { tenantId, ...user }, request, 'success', `asked for by ${name}`, 'sign-out')
}
