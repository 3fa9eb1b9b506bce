// API keys: list, create, revoke. `#administrators/api-keys` owns them; this folder translates between it and the API.
// Start with the table below.
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { createApiKey, listApiKeys, revokeApiKey } from '#administrators/api-keys/api-keys.ts'
import { type ById, IdParams } from '../contract/common.ts'
import { withIsoTimes } from '../iso-times.ts'
import type { PortalOptions } from '../options.ts'
import { route, routes } from '../route.ts'
import { ApiKeys, IssuedApiKey, NewApiKey } from './contract.ts'

const tags = ['API keys']
const DEFAULT_LIFETIME_DAYS = 90

export const apiKeyRoutes = routes([
  route(
    'GET /api-keys',
    { tags, role: 'auditor', summary: 'List the API keys', response: { 200: ApiKeys } },
    list,
  ),
  route(
    'POST /api-keys',
    {
      tags,
      role: 'owner',
      stepUp: true,
      summary: 'Create an API key',
      body: NewApiKey,
      response: { 201: IssuedApiKey },
    },
    create,
  ),
  route(
    'DELETE /api-keys/:id',
    {
      tags,
      role: 'owner',
      stepUp: true,
      summary: 'Revoke an API key. Its next request is refused',
      params: IdParams,
      response: { 204: Type.Null() },
    },
    revoke,
  ),
])

async function list({ principal }: FastifyRequest, { db }: PortalOptions) {
  return { items: (await listApiKeys(db, principal.tenantId)).map(withIsoTimes) }
}

async function create({ principal, body }: FastifyRequest<{ Body: NewApiKey }>, { db }: PortalOptions) {
  const { expiresInDays: days = DEFAULT_LIFETIME_DAYS } = body
  const expiresInDays = days === 'never' ? null : days
  const { apiKey, key } = await createApiKey(db, principal.auditContext, { ...body, expiresInDays })
  return { apiKey: withIsoTimes(apiKey), key }
}

async function revoke({ principal, params }: FastifyRequest<ById>, { db }: PortalOptions) {
  await revokeApiKey(db, principal.auditContext, params.id)
}
