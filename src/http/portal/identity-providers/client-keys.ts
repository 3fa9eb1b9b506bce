import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { Invalid } from '#errors.ts'
import {
  addClientKeys,
  type ClientKey as Kept,
  listClientKeys,
  retireClientKey,
} from '#identity-providers/credentials/client-keys.ts'
import { kindOf, readJwks } from '#identity-providers/credentials/jwk.ts'
import { getIdentityProvider } from '#identity-providers/identity-providers.ts'
import { Id, IdParams } from '../contract/common.ts'
import type { PortalOptions } from '../options.ts'
import { AddClientKeys, ClientKey, ClientKeys } from './credential-contract.ts'
import { viewOfDates } from './credentials.ts'

const tags = ['identity providers']

/** Public keys of a client that signs its token requests instead of sending a secret (RFC 7523). */
export const clientKeyRoutes: FastifyPluginAsyncTypebox<PortalOptions> = async (door, { db }) => {
  door.get(
    '/identity-providers/:id/client-keys',
    {
      config: { role: 'auditor' },
      schema: {
        tags,
        summary: 'Its client keys, retired ones too, oldest first',
        params: IdParams,
        response: { 200: ClientKeys },
      },
    },
    async ({ params, principal }) => {
      await getIdentityProvider(db, principal.tenantId, params.id)
      return { items: (await listClientKeys(db, principal.tenantId, params.id)).map(viewOfKey) }
    },
  )

  door.post(
    '/identity-providers/:id/client-keys',
    {
      config: { role: 'admin', stepUp: true },
      schema: {
        tags,
        summary: 'Register keys beside those that live',
        params: IdParams,
        body: AddClientKeys,
        response: { 201: ClientKeys },
      },
    },
    async ({ params, body, principal }, reply) => {
      const keys = readKeys(body.jwks)
      const expiresAt = body.expiresAt ? new Date(body.expiresAt) : null
      const live = await addClientKeys(db, principal.auditContext, params.id, keys, { expiresAt })
      reply.code(201)
      return { items: live.map(viewOfKey) }
    },
  )

  door.post(
    '/identity-providers/:id/client-keys/:keyId/retire',
    {
      config: { role: 'admin', stepUp: true },
      schema: {
        tags,
        summary: 'End a key at once; it cannot be added again',
        params: Type.Object({ id: Id, keyId: Id }),
        response: { 200: ClientKey },
      },
    },
    async ({ params, principal }) =>
      viewOfKey(await retireClientKey(db, principal.auditContext, params.id, params.keyId)),
  )
}

/** @throws {Invalid} `jwks` */
function readKeys(text: string) {
  try {
    return readJwks(text)
  } catch (error) {
    if (error instanceof Invalid) throw new Invalid('jwks', error.message)
    throw error
  }
}

function viewOfKey({ id, kid, jwk, ...dates }: Kept): ClientKey {
  return { id, kid, kind: kindOf(jwk), ...viewOfDates(dates) }
}
