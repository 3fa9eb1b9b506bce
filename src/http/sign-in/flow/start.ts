import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { NotFound, Refused } from '#errors.ts'
import {
  getIdentityProvider,
  type IdentityProvider,
  type ProviderType,
} from '#identity-providers/identity-providers.ts'
import { beginAttempt } from '#sign-in/attempts.ts'
import { findChoice } from '#sign-in/choices.ts'
import { type Freshness, readFreshness } from '#sign-in/freshness.ts'
import { writeCookie } from '../cookies.ts'
import type { SignInOptions } from '../door.ts'
import { readLoginHint } from './login-hint.ts'
import { readReturnTo } from './return-to.ts'

/** What a way to an identity provider begins with. */
export interface SignInStart {
  readonly provider: IdentityProvider
  /** Of the attempt that was begun. */
  readonly token: string
  readonly publicUrl: string
  /** What has to be proven anew. */
  readonly fresh: Freshness | undefined
  /** The address that the user typed; undefined: none. */
  readonly hint: string | undefined
  readonly request: FastifyRequest
  readonly reply: FastifyReply
}

/** Sends the browser on its way to an identity provider, or to the form of the local one. */
export type StartSignIn = (departure: SignInStart) => Promise<FastifyReply>

export interface StartOptions extends SignInOptions {
  readonly starts: Partial<Record<ProviderType, StartSignIn>>
}

type StartRequest = FastifyRequest<{
  Params: { idpId: string }
  Querystring: { return_to?: string; fresh?: string; hint?: string }
}>

/** Going to the identity provider that was chosen. */
export const startRoutes: FastifyPluginAsync<StartOptions> = async (door, { db, publicUrl, starts }) => {
  door.get('/sign-in/with/:idpId', async (request: StartRequest, reply) => {
    const choice = await findChoice(db, request.params.idpId)
    request.tenantId = choice?.tenantId
    if (!choice) throw new NotFound('There is no such identity provider, or it is switched off.')
    const provider = await getIdentityProvider(db, choice.tenantId, choice.id)
    const start = starts[provider.type]
    if (!start) throw new Refused(`Nobody can sign in through ${provider.name} yet.`)
    const returnTo = readReturnTo(request.query.return_to)
    const fresh = readFreshness(request.query.fresh)
    const token = await beginAttempt(db, { tenantId: provider.tenantId, idpId: provider.id, returnTo }, fresh)
    writeCookie(request, reply, 'attempt', token)
    const hint = readLoginHint(request.query.hint) || undefined
    return start({ provider, token, fresh, hint, publicUrl: publicUrl(), request, reply })
  })
}
