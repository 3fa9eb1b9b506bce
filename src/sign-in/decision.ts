// The one decision of a sign-in, together with what it is made from. It is made anew at every screen, and once more in the
// transaction that ends the sign-in.
import type { MfaMethod } from '#identity-providers/settings.ts'
import type { Queryable } from '#platform/database/database.ts'
import type { Attempt } from './attempts.ts'
import { rememberedFactor } from './factors/devices.ts'
import { nextStep, type Step } from './next-step.ts'
import { findPolicy, findStanding, type Person, type Policy } from './sessions/standing.ts'

export interface Decision {
  readonly step: Step
  readonly person: Person | undefined
  readonly policy: Policy | undefined
  /** The method that was proven when this browser was remembered, where that spares the user a challenge. */
  readonly remembered?: MfaMethod
}

/** @param device the cookie of a browser that was remembered */
export async function decideStep(
  q: Queryable,
  { tenantId, idpId, userId, proven }: Attempt,
  device: string | undefined,
): Promise<Decision> {
  const policy = await findPolicy(q, tenantId, idpId)
  const person = userId ? await findStanding(q, tenantId, userId) : undefined
  if (!policy) return { step: { next: 'deny', reason: 'idp-disabled' }, person, policy }
  const evidence = { ...proven, userId: person?.userId }
  const step = nextStep(evidence, policy, person)
  if (step.next !== 'challenge' || !person) return { step, person, policy }
  const remembered = await rememberedFactor(q, { tenantId, userId: person.userId }, device, policy)
  if (remembered === undefined) return { step, person, policy }
  return {
    step: nextStep({ ...evidence, rememberedDevice: true }, policy, person),
    person,
    policy,
    remembered,
  }
}
