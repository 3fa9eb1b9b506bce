import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import {
  type Credential as Kept,
  listCredentials,
  retireCredential,
  rotateCredentials,
} from '#identity-providers/credentials/credentials.ts'
import { getIdentityProvider } from '#identity-providers/identity-providers.ts'
import { Id, IdParams } from '../contract/common.ts'
import type { PortalOptions } from '../options.ts'
import { Credential, Credentials, IssuedCredential, Rotate } from './credential-contract.ts'
import { scimEndpoint } from './view.ts'

const tags = ['identity providers']
const CredentialParams = Type.Object({ id: Id, credentialId: Id })

/** SCIM credentials of an identity provider. */
export const credentialRoutes: FastifyPluginAsyncTypebox<PortalOptions> = async (door, { db, publicUrl }) => {
  door.get(
    '/identity-providers/:id/credentials',
    {
      config: { role: 'auditor' },
      schema: {
        tags,
        summary: 'Its SCIM credentials, retired ones too, oldest first',
        params: IdParams,
        response: { 200: Credentials },
      },
    },
    async ({ params, principal }) => {
      await getIdentityProvider(db, principal.tenantId, params.id)
      return { items: (await listCredentials(db, principal.tenantId, params.id)).map(viewOfCredential) }
    },
  )

  door.post(
    '/identity-providers/:id/credentials',
    {
      config: { role: 'admin', stepUp: true },
      schema: {
        tags,
        summary: 'Make a set that works beside the others (rotate)',
        params: IdParams,
        body: Rotate,
        response: { 201: IssuedCredential },
      },
    },
    async ({ params, body, principal }, reply) => {
      const expiresAt = body.expiresAt ? new Date(body.expiresAt) : undefined
      const issued = await rotateCredentials(db, principal.auditContext, params.id, { expiresAt })
      reply.code(201)
      return {
        ...issued,
        endpoint: scimEndpoint(publicUrl(), params.id),
        expiresAt: issued.expiresAt?.toISOString() ?? null,
      }
    },
  )

  door.post(
    '/identity-providers/:id/credentials/:credentialId/retire',
    {
      config: { role: 'admin', stepUp: true },
      schema: {
        tags,
        summary: 'End a set at once',
        params: CredentialParams,
        response: { 200: Credential },
      },
    },
    async ({ params, principal }) =>
      viewOfCredential(await retireCredential(db, principal.auditContext, params.id, params.credentialId)),
  )
}

function viewOfCredential({ id, key, ...dates }: Kept): Credential {
  return { id, key, ...viewOfDates(dates) }
}

/** When something was made, ends by itself, was ended, and was last used. */
export function viewOfDates({ createdAt, expiresAt, retiredAt, lastUsedAt }: Omit<Kept, 'id' | 'key'>) {
  return {
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt?.toISOString() ?? null,
    retiredAt: retiredAt?.toISOString() ?? null,
    lastUsedAt: lastUsedAt?.toISOString() ?? null,
  }
}
