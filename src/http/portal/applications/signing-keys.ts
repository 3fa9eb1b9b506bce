import type { FastifyRequest } from 'fastify'
import { listSigningKeys, revokeSigningKey, rotateSigningKey, type SigningKey } from '#access/signing-keys.ts'
import { findTenantById } from '#tenancy/tenants.ts'
import { type ById, IdParams } from '../contract/common.ts'
import type { PortalOptions } from '../options.ts'
import { route, routes } from '../route.ts'
import { SigningKeys } from './signing-key-contract.ts'

const tags = ['applications']

/** The keys that sign Remote-Token, the token in which the gateway tells applications who the user is. */
export const signingKeyRoutes = routes([
  route(
    'GET /signing-keys',
    {
      tags,
      role: 'auditor',
      summary: 'List the keys that sign Remote-Token, newest first',
      response: { 200: SigningKeys },
    },
    list,
  ),
  route(
    'POST /signing-keys',
    {
      tags,
      role: 'admin',
      stepUp: true,
      summary: 'Rotate the key: publish a new one, which signs five minutes later',
      response: { 201: SigningKeys },
    },
    rotate,
  ),
  route(
    'POST /signing-keys/:id/revoke',
    {
      tags,
      role: 'admin',
      stepUp: true,
      summary: 'Revoke a key at once. Another key signs from then on',
      params: IdParams,
      response: { 200: SigningKeys },
    },
    revoke,
  ),
])

async function list(request: FastifyRequest, options: PortalOptions) {
  return viewOf(request, options, await listSigningKeys(options.db, request.principal.tenantId))
}

async function rotate(request: FastifyRequest, options: PortalOptions) {
  const { db, seal } = options
  return viewOf(request, options, await rotateSigningKey(db, seal, request.principal.auditContext))
}

async function revoke(request: FastifyRequest<ById>, options: PortalOptions) {
  const { principal, params } = request
  const keys = await revokeSigningKey(options.db, options.seal, principal.auditContext, params.id)
  return viewOf(request, options, keys)
}

async function viewOf(
  { principal }: FastifyRequest,
  { db, publicUrl }: PortalOptions,
  keys: readonly SigningKey[],
): Promise<SigningKeys> {
  const { slug } = await findTenantById(db, principal.tenantId)
  const issuer = `${publicUrl()}/gateway/${slug}`
  return { issuer, keysUrl: `${issuer}/jwks.json`, items: keys.map(keyOf) }
}

function keyOf({ id, state, createdAt, signsFrom, signsUntil, publishedUntil }: SigningKey) {
  return {
    id,
    state,
    createdAt: createdAt.toISOString(),
    signsFrom: signsFrom.toISOString(),
    signsUntil: signsUntil?.toISOString() ?? null,
    publishedUntil: publishedUntil?.toISOString() ?? null,
  }
}
