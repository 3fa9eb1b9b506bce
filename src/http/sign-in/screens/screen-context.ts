// Where a form of a sign-in arrives: its attempt is found, the next step is decided again, and the form is accepted only if it
// belongs to that step. Otherwise the browser returns to /sign-in/next.
import type { FastifyReply, FastifyRequest } from 'fastify'
import { inTenant } from '#platform/database/database.ts'
import { type Attempt, findAttempt } from '#sign-in/attempts.ts'
import { decideStep } from '#sign-in/decision.ts'
import type { Step } from '#sign-in/next-step.ts'
import type { ProviderPolicy, SignInUser } from '#sign-in/sessions/sign-in-user.ts'
import { readCookie } from '../cookies.ts'
import { requireOwnForm } from '../form.ts'
import type { SignInServices } from '../services.ts'

type StepName = Step['next']

/** What a screen is rendered from. */
export interface ScreenContext<Name extends StepName = StepName> extends SignInServices {
  readonly attempt: Attempt
  readonly user: SignInUser
  readonly policy: ProviderPolicy
  readonly step: Extract<Step, { next: Name }>
  /** The token of the attempt. */
  readonly token: string
  readonly request: FastifyRequest
  readonly reply: FastifyReply
}

/** A screen context of any step. */
export type AnyScreenContext = Omit<ScreenContext, 'step'>

/**
 * @returns undefined when another step comes next @throws {Refused} the form comes from another site @throws {Unauthenticated}
 *   the attempt expired
 */
export async function screenContext<Name extends StepName>(
  services: SignInServices,
  request: FastifyRequest,
  reply: FastifyReply,
  ...names: readonly Name[]
): Promise<ScreenContext<Name> | undefined> {
  requireOwnForm(request)
  const token = readCookie(request, 'attempt') ?? ''
  const attempt = await findAttempt(services.db, token)
  request.tenantId = attempt.tenantId
  const { step, user, policy } = await decideStep(
    inTenant(services.db, attempt.tenantId),
    attempt,
    readCookie(request, 'device'),
  )
  if (!user || !policy || !isOneOf(step, names)) return undefined
  return { ...services, attempt, user, policy, step, token, request, reply }
}

function isOneOf<Name extends StepName>(
  step: Step,
  names: readonly Name[],
): step is Extract<Step, { next: Name }> {
  return (names as readonly StepName[]).includes(step.next)
}
