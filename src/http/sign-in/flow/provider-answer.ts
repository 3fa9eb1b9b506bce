import type { FastifyReply, FastifyRequest } from 'fastify'
import { Conflict, Invalid, Unauthenticated } from '#errors.ts'
import { getIdentityProvider, type IdentityProvider } from '#identity-providers/identity-providers.ts'
import { findChoice } from '#sign-in/choices.ts'
import { assertedName } from '#sign-in/identity/lookup-name.ts'
import { acceptProviderAnswer, type ProviderAnswer } from '#sign-in/provider-answer.ts'
import { recordActivity, recordRefusedSignIn, requestOrigin } from '../activity.ts'
import { readCookie, writeCookie } from '../cookies.ts'
import { Denied } from '../errors.ts'
import type { SignInOptions } from '../services.ts'

/** Returns an enabled identity provider of this type. @throws {Denied} */
export async function requireProvider(
  { db }: Pick<SignInOptions, 'db'>,
  idpId: string,
  type: IdentityProvider['type'],
): Promise<IdentityProvider> {
  const choice = await findChoice(db, idpId)
  if (choice?.type !== type) throw new Denied('idp-disabled')
  return getIdentityProvider(db, choice.tenantId, choice.id)
}

/** Returns the token of this browser's sign-in attempt. @throws {Unauthenticated} */
export function requireAttemptToken(request: FastifyRequest): string {
  const token = readCookie(request, 'attempt')
  if (token === undefined)
    throw new Unauthenticated('This sign-in was not started in this browser. Start again.')
  return token
}

/**
 * Continues a sign-in after the identity provider's answer was verified.
 * @param token of the attempt, from this browser's cookie
 * @throws {Denied} the user wasn't identified, or the sign-in is too old
 */
export async function continueSignIn(
  { db, activity }: SignInOptions,
  provider: IdentityProvider,
  token: string,
  arrival: ProviderAnswer,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const arrived = await acceptProviderAnswer(db, provider, token, arrival, requestOrigin(request)).catch(
    (error: unknown) => {
      // The identity provider sent values from which no user can be created.
      if (error instanceof Invalid || error instanceof Conflict) {
        const userName = assertedName(provider, arrival.assertion)
        recordActivity(
          { activity },
          { tenantId: provider.tenantId, userName },
          request,
          'failure',
          error.message,
        )
      }
      throw error
    },
  )
  if (!('denied' in arrived)) {
    writeCookie(request, reply, 'attempt', arrived.token)
    return reply.redirect('/sign-in/next', 303)
  }
  recordRefusedSignIn({ activity }, provider.tenantId, arrived, request)
  throw new Denied(arrived.denied)
}
