import type { FastifyRequest } from 'fastify'
import { type Static, Type } from 'typebox'
import {
  listCredentials,
  retireCredential,
  rotateCredentials,
} from '#identity-providers/credentials/credentials.ts'
import { getIdentityProvider } from '#identity-providers/identity-providers.ts'
import { type ById, Id, IdParams } from '../contract/common.ts'
import { withIsoTimes } from '../iso-times.ts'
import type { PortalOptions } from '../options.ts'
import { route, routes } from '../route.ts'
import { Credential, Credentials, IssuedCredential, Rotate } from './credential-contract.ts'
import { scimEndpoint } from './view.ts'

const tags = ['identity providers']
const CredentialParams = Type.Object({ id: Id, credentialId: Id })

/** SCIM credentials of an identity provider. */
export const credentialRoutes = routes([
  route(
    'GET /identity-providers/:id/credentials',
    {
      tags,
      role: 'auditor',
      summary: 'List the SCIM credentials, retired ones too, oldest first',
      params: IdParams,
      response: { 200: Credentials },
    },
    list,
  ),
  route(
    'POST /identity-providers/:id/credentials',
    {
      tags,
      role: 'admin',
      stepUp: true,
      summary:
        'Rotate credentials: create new ones. Existing ones keep working until they are retired or expire',
      params: IdParams,
      body: Rotate,
      response: { 201: IssuedCredential },
    },
    rotate,
  ),
  route(
    'POST /identity-providers/:id/credentials/:credentialId/retire',
    {
      tags,
      role: 'admin',
      stepUp: true,
      summary: 'Retire credentials at once',
      params: CredentialParams,
      response: { 200: Credential },
    },
    retire,
  ),
])

async function list({ params, principal: { tenantId } }: FastifyRequest<ById>, { db }: PortalOptions) {
  await getIdentityProvider(db, tenantId, params.id)
  return { items: (await listCredentials(db, tenantId, params.id)).map(withIsoTimes) }
}

async function rotate(
  { params, body, principal }: FastifyRequest<ById & { Body: Rotate }>,
  { db, publicUrl }: PortalOptions,
) {
  const expiresAt = body.expiresAt ? new Date(body.expiresAt) : undefined
  const issued = await rotateCredentials(db, principal.auditContext, params.id, { expiresAt })
  return {
    ...issued,
    endpoint: scimEndpoint(publicUrl(), params.id),
    expiresAt: issued.expiresAt?.toISOString() ?? null,
  }
}

async function retire(
  { params, principal }: FastifyRequest<{ Params: Static<typeof CredentialParams> }>,
  { db }: PortalOptions,
) {
  return withIsoTimes(await retireCredential(db, principal.auditContext, params.id, params.credentialId))
}
