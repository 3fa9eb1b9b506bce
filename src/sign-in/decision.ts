// Loads what `nextStep` decides on. The decision is made again at every screen, and in the transaction that ends the sign-in.
import type { MfaMethod } from '#identity-providers/settings.ts'
import type { Queryable } from '#platform/database/database.ts'
import type { Attempt } from './attempts.ts'
import { rememberedFactor } from './factors/devices.ts'
import { nextStep, type Step } from './next-step.ts'
import {
  findProviderPolicy,
  findSignInUser,
  type ProviderPolicy,
  type SignInUser,
} from './sessions/sign-in-user.ts'

export interface SignInDecision {
  readonly step: Step
  readonly user: SignInUser | undefined
  readonly policy: ProviderPolicy | undefined
  /** The method with which this browser was remembered, if that spares the user a challenge. */
  readonly remembered?: MfaMethod
}

/** Returns the next step of an attempt. @param device the cookie of a remembered browser */
export async function decideStep(
  q: Queryable,
  { tenantId, idpId, userId, evidence: proven }: Attempt,
  device: string | undefined,
): Promise<SignInDecision> {
  const policy = await findProviderPolicy(q, tenantId, idpId)
  const user = userId ? await findSignInUser(q, tenantId, userId) : undefined
  if (!policy) return { step: { next: 'deny', reason: 'idp-disabled' }, user, policy }
  const evidence = { ...proven, userId: user?.userId }
  const step = nextStep(evidence, policy, user)
  if (step.next !== 'challenge' || !user) return { step, user, policy }
  const remembered = await rememberedFactor(q, { tenantId, userId: user.userId }, device, policy)
  if (remembered === undefined) return { step, user, policy }
  return {
    step: nextStep({ ...evidence, rememberedDevice: true }, policy, user),
    user,
    policy,
    remembered,
  }
}
