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

/** An identity provider that is switched on and of this kind. @throws {Denied} */
export async function requireProvider(
  { db }: Pick<SignInOptions, 'db'>,
  idpId: string,
  type: IdentityProvider['type'],
): Promise<IdentityProvider> {
  const choice = await findChoice(db, idpId)
  if (choice?.type !== type) throw new Denied('idp-disabled')
  return getIdentityProvider(db, choice.tenantId, choice.id)
}

/** The token of the sign-in that this browser began. @throws {Unauthenticated} */
export function requireAttemptToken(request: FastifyRequest): string {
  const token = readCookie(request, 'attempt')
  if (token === undefined)
    throw new Unauthenticated('This sign-in was not begun in this browser; begin again')
  return token
}

/**
 * Somebody was vouched for: the sign-in goes on, or says why it does not.
 * @param token of the attempt, from the cookie of the browser that brings the answer
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
      // Nobody could be created from what the identity provider sent.
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
