import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { type ApiKey, createApiKey, listApiKeys, revokeApiKey } from '#administrators/api-keys/api-keys.ts'
import { IdParams } from '../contract/common.ts'
import type { PortalOptions } from '../options.ts'
import { ApiKeys, IssuedApiKey, NewApiKey } from './contract.ts'

const tags = ['API keys']
const CHANGE = { role: 'owner', stepUp: true } as const
const DAYS = 90

/** Keys by which programs use this API. */
export const apiKeyRoutes: FastifyPluginAsyncTypebox<PortalOptions> = async (door, { db }) => {
  door.get(
    '/api-keys',
    {
      config: { role: 'auditor' },
      schema: { tags, summary: 'List the API keys', response: { 200: ApiKeys } },
    },
    async ({ principal }) => ({ items: (await listApiKeys(db, principal.tenantId)).map(toWire) }),
  )

  door.post(
    '/api-keys',
    {
      config: CHANGE,
      schema: { tags, summary: 'Make an API key', body: NewApiKey, response: { 201: IssuedApiKey } },
    },
    async ({ principal, body }, reply) => {
      const { expiresInDays: given = DAYS } = body
      const expiresInDays = given === 'never' ? null : given
      const { apiKey, key } = await createApiKey(db, principal.auditContext, { ...body, expiresInDays })
      return reply.code(201).send({ apiKey: toWire(apiKey), key })
    },
  )

  door.delete(
    '/api-keys/:id',
    {
      config: CHANGE,
      schema: {
        tags,
        summary: 'Revoke an API key; its next request is refused',
        params: IdParams,
        response: { 204: Type.Null() },
      },
    },
    async ({ principal, params }, reply) => {
      await revokeApiKey(db, principal.auditContext, params.id)
      return reply.code(204).send(null)
    },
  )
}

function toWire(key: ApiKey) {
  return {
    ...key,
    createdAt: key.createdAt.toISOString(),
    expiresAt: key.expiresAt?.toISOString() ?? null,
    lastUsedAt: key.lastUsedAt?.toISOString() ?? null,
  }
}
