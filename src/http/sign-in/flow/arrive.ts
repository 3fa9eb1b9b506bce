import type { FastifyReply, FastifyRequest } from 'fastify'
import { Conflict, Invalid, Unauthenticated } from '#errors.ts'
import { getIdentityProvider, type IdentityProvider } from '#identity-providers/identity-providers.ts'
import { type Arrival, arrive } from '#sign-in/arrive.ts'
import { findChoice } from '#sign-in/choices.ts'
import { calledIn } from '#sign-in/identity/named-user.ts'
import { readCookie, writeCookie } from '../cookies.ts'
import type { SignInOptions } from '../door.ts'
import { Denied } from '../errors.ts'
import { originOf, tell, tellRefusedArrival } from '../tell.ts'

/** An identity provider that is switched on and of this kind. @throws {Denied} */
export async function providerAt(
  { db }: Pick<SignInOptions, 'db'>,
  idpId: string,
  type: IdentityProvider['type'],
): Promise<IdentityProvider> {
  const choice = await findChoice(db, idpId)
  if (choice?.type !== type) throw new Denied('idp-disabled')
  return getIdentityProvider(db, choice.tenantId, choice.id)
}

/** The token of the sign-in that this browser began. @throws {Unauthenticated} */
export function attemptOf(request: FastifyRequest): string {
  const token = readCookie(request, 'attempt')
  if (token === undefined)
    throw new Unauthenticated('This sign-in was not begun in this browser; begin again')
  return token
}

/**
 * Somebody was vouched for: the sign-in goes on, or says why it does not.
 * @param token of the attempt, from the cookie of the browser that brings the answer
 */
export async function welcome(
  { db, activity }: SignInOptions,
  provider: IdentityProvider,
  token: string,
  arrival: Arrival,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const arrived = await arrive(db, provider, token, arrival, originOf(request)).catch((error: unknown) => {
    // Nobody could be created from what the identity provider sent.
    if (error instanceof Invalid || error instanceof Conflict) {
      const userName = calledIn(provider, arrival.assertion)
      tell({ activity }, { tenantId: provider.tenantId, userName }, request, 'failure', error.message)
    }
    throw error
  })
  if (!('denied' in arrived)) {
    writeCookie(request, reply, 'attempt', arrived.token)
    return reply.redirect('/sign-in/next', 303)
  }
  tellRefusedArrival({ activity }, provider.tenantId, arrived, request)
  throw new Denied(arrived.denied)
}
