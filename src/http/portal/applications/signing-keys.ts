import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { listSigningKeys, revokeSigningKey, rotateSigningKey, type SigningKey } from '#access/signing-keys.ts'
import { findTenantById } from '#tenancy/tenants.ts'
import { IdParams } from '../contract/common.ts'
import type { PortalOptions } from '../options.ts'
import { SigningKeys } from './signing-key-contract.ts'

const tags = ['applications']

/** The keys that sign what the gateway tells applications. */
export const signingKeyRoutes: FastifyPluginAsyncTypebox<PortalOptions> = async (
  door,
  { db, seal, publicUrl },
) => {
  door.get(
    '/signing-keys',
    {
      config: { role: 'auditor' },
      schema: {
        tags,
        summary: 'Keys that sign Remote-Token, the newest first',
        response: { 200: SigningKeys },
      },
    },
    async ({ principal: { tenantId } }) => viewOf(tenantId, await listSigningKeys(db, tenantId)),
  )

  door.post(
    '/signing-keys',
    {
      config: { role: 'admin', stepUp: true },
      schema: {
        tags,
        summary: 'Publish another key, which signs five minutes later (rotate)',
        response: { 201: SigningKeys },
      },
    },
    async ({ principal: { tenantId, auditContext } }, reply) => {
      reply.code(201)
      return viewOf(tenantId, await rotateSigningKey(db, seal, auditContext))
    },
  )

  door.post(
    '/signing-keys/:id/revoke',
    {
      config: { role: 'admin', stepUp: true },
      schema: {
        tags,
        summary: 'Take a key out at once; another one signs from then on',
        params: IdParams,
        response: { 200: SigningKeys },
      },
    },
    async ({ params, principal: { tenantId, auditContext } }) =>
      viewOf(tenantId, await revokeSigningKey(db, seal, auditContext, params.id)),
  )

  async function viewOf(tenantId: string, keys: readonly SigningKey[]): Promise<SigningKeys> {
    const { slug } = await findTenantById(db, tenantId)
    const issuer = `${publicUrl()}/gateway/${slug}`
    return { issuer, keysUrl: `${issuer}/jwks.json`, items: keys.map(viewOfKey) }
  }
}

function viewOfKey({ id, state, createdAt, signsFrom, signsUntil, publishedUntil }: SigningKey) {
  return {
    id,
    state,
    createdAt: createdAt.toISOString(),
    signsFrom: signsFrom.toISOString(),
    signsUntil: signsUntil?.toISOString() ?? null,
    publishedUntil: publishedUntil?.toISOString() ?? null,
  }
}
