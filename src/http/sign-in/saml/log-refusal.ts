import type { FastifyRequest } from 'fastify'
import { Unauthenticated } from '#errors.ts'
import type { IdentityProvider } from '#identity-providers/identity-providers.ts'
import { toUnauthenticated } from '#sign-in/saml/sign-in.ts'

/** Logs why a SAML message was refused, without quoting it. @returns the error for the browser, which has no reason */
export function logRefusal(
  request: FastifyRequest,
  { id: idpId }: IdentityProvider,
  error: unknown,
): unknown {
  const answer = toUnauthenticated(error)
  if (answer instanceof Unauthenticated) {
    const reason = answer.cause instanceof Error ? answer.cause.message : answer.message
    const line = { idpId, reason, reqId: request.id }
    request.log.warn(line, 'a message of a SAML identity provider was refused')
  }
  return answer
}
