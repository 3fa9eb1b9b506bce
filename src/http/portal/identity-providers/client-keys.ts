import type { FastifyRequest } from 'fastify'
import { type Static, Type } from 'typebox'
import { Invalid } from '#errors.ts'
import {
  addClientKeys,
  listClientKeys,
  retireClientKey,
  type ClientKey as StoredClientKey,
} from '#identity-providers/credentials/client-keys.ts'
import { kindOf, readJwks } from '#identity-providers/credentials/jwk.ts'
import { getIdentityProvider } from '#identity-providers/identity-providers.ts'
import { type ById, Id, IdParams } from '../contract/common.ts'
import { withIsoTimes } from '../iso-times.ts'
import type { PortalOptions } from '../options.ts'
import { route, routes } from '../route.ts'
import { AddClientKeys, ClientKey, ClientKeys } from './credential-contract.ts'

const tags = ['identity providers']
const KeyParams = Type.Object({ id: Id, keyId: Id })

/** Public keys with which a client signs its token requests instead of sending a secret. @see RFC 7523 */
export const clientKeyRoutes = routes([
  route(
    'GET /identity-providers/:id/client-keys',
    {
      tags,
      role: 'auditor',
      summary: 'List the client keys, retired ones too, oldest first',
      params: IdParams,
      response: { 200: ClientKeys },
    },
    list,
  ),
  route(
    'POST /identity-providers/:id/client-keys',
    {
      tags,
      role: 'admin',
      stepUp: true,
      summary: 'Register client keys in addition to the active ones',
      params: IdParams,
      body: AddClientKeys,
      response: { 201: ClientKeys },
    },
    add,
  ),
  route(
    'POST /identity-providers/:id/client-keys/:keyId/retire',
    {
      tags,
      role: 'admin',
      stepUp: true,
      summary: 'Retire a client key at once. It can’t be added again',
      params: KeyParams,
      response: { 200: ClientKey },
    },
    retire,
  ),
])

async function list({ params, principal: { tenantId } }: FastifyRequest<ById>, { db }: PortalOptions) {
  await getIdentityProvider(db, tenantId, params.id)
  return { items: (await listClientKeys(db, tenantId, params.id)).map(viewOf) }
}

async function add(
  { params, body, principal }: FastifyRequest<ById & { Body: AddClientKeys }>,
  { db }: PortalOptions,
) {
  const keys = readKeys(body.jwks)
  const expiresAt = body.expiresAt ? new Date(body.expiresAt) : null
  const active = await addClientKeys(db, principal.auditContext, params.id, keys, { expiresAt })
  return { items: active.map(viewOf) }
}

async function retire(
  { params, principal }: FastifyRequest<{ Params: Static<typeof KeyParams> }>,
  { db }: PortalOptions,
) {
  return viewOf(await retireClientKey(db, principal.auditContext, params.id, params.keyId))
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

function viewOf({ jwk, ...key }: StoredClientKey): ClientKey {
  return { ...withIsoTimes(key), kind: kindOf(jwk) }
}
