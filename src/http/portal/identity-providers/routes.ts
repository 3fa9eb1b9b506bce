import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { followSettings } from '#directory/follow-settings.ts'
import { DEFAULT_MAPPING, readMapping } from '#directory/profiles/mapping.ts'
import { directorySize, purgeDirectory } from '#directory/purge.ts'
import { Invalid, NotFound } from '#errors.ts'
import { changeIdentityProvider } from '#identity-providers/change.ts'
import { createIdentityProvider } from '#identity-providers/create.ts'
import { listClientKeys } from '#identity-providers/credentials/client-keys.ts'
import { listCredentials } from '#identity-providers/credentials/credentials.ts'
import { tellProvided } from '#identity-providers/credentials/issued.ts'
import { getIdentityProvider, listIdentityProviders } from '#identity-providers/identity-providers.ts'
import { deleteIdentityProvider } from '#identity-providers/remove.ts'
import { readSchemas } from '#identity-providers/schemas/declared-schemas.ts'
import type { Database } from '#platform/database/database.ts'
import { userSchema } from '#protocol/scim/schema/resource-schema.ts'
import { IdParams } from '../contract/common.ts'
import { etagOf, ifMatch } from '../if-match.ts'
import type { PortalOptions } from '../options.ts'
import {
  ChangeIdentityProvider,
  ConfirmDeletion,
  Deletion,
  IdentityProvider,
  IdentityProviders,
  Mapping,
  NewIdentityProvider,
  ProvidedIdentityProvider,
} from './contract.ts'
import { inWordsOfBody } from './refusals.ts'
import { scimEndpoint, viewOf, viewOfMapping } from './view.ts'

const tags = ['identity providers']

/** The identity providers of a tenant. */
export const identityProviderRoutes: FastifyPluginAsyncTypebox<PortalOptions> = async (door, options) => {
  const { db, seal, publicUrl } = options

  door.get(
    '/identity-providers',
    {
      config: { role: 'auditor' },
      schema: { tags, summary: 'List the identity providers', response: { 200: IdentityProviders } },
    },
    async ({ principal }) => {
      const providers = await listIdentityProviders(db, principal.tenantId)
      return { items: providers.map((provider) => viewOf({ provider }, publicUrl())), next: null }
    },
  )

  door.post(
    '/identity-providers',
    {
      config: { role: 'admin' },
      schema: {
        tags,
        summary: 'Make an identity provider, and credentials where auto-provisioning is on',
        body: NewIdentityProvider,
        response: { 201: ProvidedIdentityProvider },
      },
    },
    async ({ body, principal }, reply) => {
      const details = body.details && { ...body.details, certificates: pemOf(body.details.certificates) }
      const mapping = body.mapping && readMapping(body.mapping, userSchema)
      const input = { ...body, details, mapping }
      const provided = await inWordsOfBody(() =>
        createIdentityProvider(db, principal.auditContext, input, seal),
      )
      const { id } = provided.provider
      reply.code(201).header('location', `${door.prefix}/identity-providers/${id}`)
      return tellProvided(provided, scimEndpoint(publicUrl(), id))
    },
  )

  door.get(
    '/identity-providers/default-mapping',
    {
      config: { role: 'auditor' },
      schema: {
        tags,
        summary: 'The mapping of those that have none of their own',
        response: { 200: Mapping },
      },
    },
    async () => viewOfMapping(DEFAULT_MAPPING),
  )

  door.get(
    '/identity-providers/:id',
    {
      config: { role: 'auditor' },
      schema: {
        tags,
        summary: 'One identity provider',
        params: IdParams,
        response: { 200: IdentityProvider },
      },
    },
    async ({ params, principal }, reply) => {
      const provider = await getIdentityProvider(db, principal.tenantId, params.id)
      reply.header('etag', etagOf(provider))
      return viewOf({ provider }, publicUrl())
    },
  )

  door.patch(
    '/identity-providers/:id',
    {
      config: { role: 'admin' },
      schema: {
        tags,
        summary: 'Change what is given; with If-Match, only the version that is meant',
        params: IdParams,
        body: ChangeIdentityProvider,
        response: { 200: IdentityProvider },
      },
    },
    async (request, reply) => {
      const { body, params, principal } = request
      const mapping =
        body.mapping && readMapping(body.mapping, await userSchemaOf(db, principal.tenantId, params.id))
      const { certificates, ...plain } = body.details ?? {}
      const pem = certificates === null ? null : pemOf(certificates)
      const change = { ...body, mapping, details: body.details && { ...plain, certificates: pem } }
      const provided = await inWordsOfBody(() =>
        changeIdentityProvider(db, principal.auditContext, params.id, change, {
          seal,
          version: ifMatch(request),
          also: followSettings(principal.auditContext),
        }),
      )
      reply.header('etag', etagOf(provided.provider))
      return viewOf(provided, publicUrl())
    },
  )

  door.get(
    '/identity-providers/:id/deletion',
    {
      config: { role: 'auditor' },
      schema: {
        tags,
        summary: 'What would go with it, and who could no longer sign in',
        params: IdParams,
        response: { 200: Deletion },
      },
    },
    async ({ params, principal }) => lossOf(db, principal.tenantId, params.id),
  )

  door.delete(
    '/identity-providers/:id',
    {
      config: { role: 'admin', stepUp: true },
      schema: {
        tags,
        summary: 'Delete it with its credentials, users and groups',
        params: IdParams,
        body: ConfirmDeletion,
        response: { 200: Deletion },
      },
    },
    async ({ params, body, principal, log }) => {
      const loss = await lossOf(db, principal.tenantId, params.id)
      if (body.name !== loss.name) throw new Invalid('name', 'is not the name of this identity provider')
      await deleteIdentityProvider(db, principal.auditContext, params.id)
      // Nobody can reach its people any more; taking them away may last longer than an answer should. What is left when
      // this process ends meanwhile, housekeeping takes.
      purgeDirectory(db, principal.tenantId, params.id).catch((error) =>
        log.warn({ err: error }, 'people of a deleted identity provider remain for now'),
      )
      return loss
    },
  )
}

/** Certificates come as a list, and each may hold several. */
function pemOf(certificates: readonly string[] | undefined): string | undefined {
  return certificates?.join('\n')
}

async function userSchemaOf(db: Database, tenantId: string, idpId: string) {
  const schemas = await readSchemas(db, tenantId, idpId)
  if (!schemas) throw new NotFound(`There is no identity provider ${idpId}`)
  return schemas.users
}

async function lossOf(db: Database, tenantId: string, idpId: string): Promise<Deletion> {
  const { name } = await getIdentityProvider(db, tenantId, idpId)
  const now = new Date()
  const lives = (one: { retiredAt: Date | null; expiresAt: Date | null }) =>
    one.retiredAt === null && (one.expiresAt === null || one.expiresAt > now)
  const [size, credentials, keys] = await Promise.all([
    directorySize(db, tenantId, idpId),
    listCredentials(db, tenantId, idpId),
    listClientKeys(db, tenantId, idpId),
  ])
  return { name, ...size, credentials: [...credentials, ...keys].filter(lives).length }
}
