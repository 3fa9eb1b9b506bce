import type { FastifyReply, FastifyRequest } from 'fastify'
import { NotFound } from '#errors.ts'
import { getIdentityProvider } from '#identity-providers/identity-providers.ts'
import type { ProviderType } from '#identity-providers/provider-type.ts'
import { beginAttempt } from '#sign-in/attempts.ts'
import { findChoice } from '#sign-in/choices.ts'
import { readFreshness } from '#sign-in/freshness.ts'
import { writeCookie } from '../cookies.ts'
import { startOidc } from '../oidc/sign-in.ts'
import { startSaml } from '../saml/sign-in.ts'
import type { SignInServices } from '../services.ts'
import { readLoginHint } from './login-hint.ts'
import { startLocal } from './password-sign-in.ts'
import { readReturnTo } from './return-to.ts'
import type { StartSignIn } from './sign-in-start.ts'

const STARTS: Readonly<Record<ProviderType, StartSignIn>> = {
  local: startLocal,
  oidc: startOidc,
  saml: startSaml,
}

type StartRequest = FastifyRequest<{
  Params: { idpId: string }
  Querystring: { return_to?: string; fresh?: string; hint?: string }
}>

/** Begins a sign-in attempt and sends the browser to the identity provider. @throws {NotFound} it is unknown or disabled */
export async function startSignIn(
  services: SignInServices,
  request: StartRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { db } = services
  const choice = await findChoice(db, request.params.idpId)
  request.tenantId = choice?.tenantId
  if (!choice) throw new NotFound('This identity provider does not exist or is disabled.')
  const provider = await getIdentityProvider(db, choice.tenantId, choice.id)
  const returnTo = readReturnTo(request.query.return_to)
  const fresh = readFreshness(request.query.fresh)
  const token = await beginAttempt(db, { tenantId: provider.tenantId, idpId: provider.id, returnTo }, fresh)
  writeCookie(request, reply, 'attempt', token)
  const hint = readLoginHint(request.query.hint) || undefined
  return STARTS[provider.type](services, { provider, token, fresh, hint, request, reply })
}
