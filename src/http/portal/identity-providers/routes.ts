// Identity providers in the portal. `#identity-providers` decides; this folder translates between it and the API.
// Start with the table below: creating, viewing, changing and deleting one. `credentials.ts` and `client-keys.ts` have what an
// identity provider authenticates with, `service-certificates.ts` our certificates, `metadata.ts` reads what an identity
// provider publishes about itself, and `view.ts` shows one as the contract has it.
import type { FastifyReply, FastifyRequest } from 'fastify'
import { followSettings } from '#directory/follow-settings.ts'
import { DEFAULT_MAPPING, readMapping } from '#directory/profiles/mapping.ts'
import { purgeDirectory } from '#directory/purge.ts'
import { Invalid } from '#errors.ts'
import { changeIdentityProvider } from '#identity-providers/change.ts'
import { createIdentityProvider } from '#identity-providers/create.ts'
import { issuedResponse } from '#identity-providers/credentials/issued.ts'
import { getIdentityProvider, listIdentityProviders } from '#identity-providers/identity-providers.ts'
import { deleteIdentityProvider } from '#identity-providers/remove.ts'
import { userSchema } from '#protocol/scim/schema/resource-schema.ts'
import { type ById, IdParams } from '../contract/common.ts'
import { etagOf, ifMatch } from '../if-match.ts'
import type { PortalOptions } from '../options.ts'
import { route, routes } from '../route.ts'
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
import { deletionOf } from './deletion.ts'
import { withBodyFields } from './form-errors.ts'
import { userSchemaOf } from './user-schema.ts'
import { scimEndpoint, viewOf, viewOfMapping } from './view.ts'

const tags = ['identity providers']

export const identityProviderRoutes = routes([
  route(
    'GET /identity-providers',
    { tags, role: 'auditor', summary: 'List the identity providers', response: { 200: IdentityProviders } },
    list,
  ),
  route(
    'POST /identity-providers',
    {
      tags,
      role: 'admin',
      summary: 'Create an identity provider, with SCIM credentials if auto-provisioning is on',
      body: NewIdentityProvider,
      response: { 201: ProvidedIdentityProvider },
    },
    create,
  ),
  route(
    'GET /identity-providers/default-mapping',
    {
      tags,
      role: 'auditor',
      summary: 'Get the default attribute mapping',
      response: { 200: Mapping },
    },
    readDefaultMapping,
  ),
  route(
    'GET /identity-providers/:id',
    {
      tags,
      role: 'auditor',
      summary: 'Get an identity provider',
      params: IdParams,
      response: { 200: IdentityProvider },
    },
    read,
  ),
  route(
    'PATCH /identity-providers/:id',
    {
      tags,
      role: 'admin',
      summary: 'Change the given members. With If-Match, only if the version is still the same',
      params: IdParams,
      body: ChangeIdentityProvider,
      response: { 200: IdentityProvider },
    },
    change,
  ),
  route(
    'GET /identity-providers/:id/deletion',
    {
      tags,
      role: 'auditor',
      summary: 'Count what would be deleted with the identity provider, and who could no longer sign in',
      params: IdParams,
      response: { 200: Deletion },
    },
    readDeletion,
  ),
  route(
    'DELETE /identity-providers/:id',
    {
      tags,
      role: 'admin',
      stepUp: true,
      summary: 'Delete an identity provider with its credentials, users and groups',
      params: IdParams,
      body: ConfirmDeletion,
      response: { 200: Deletion },
    },
    remove,
  ),
])

async function list({ principal }: FastifyRequest, { db, publicUrl }: PortalOptions) {
  const providers = await listIdentityProviders(db, principal.tenantId)
  return { items: providers.map((provider) => viewOf({ provider }, publicUrl())), next: null }
}

async function create(
  { body, principal, routeOptions }: FastifyRequest<{ Body: NewIdentityProvider }>,
  { db, seal, publicUrl }: PortalOptions,
  reply: FastifyReply,
) {
  const details = body.details && { ...body.details, certificates: joinPem(body.details.certificates) }
  const mapping = body.mapping && readMapping(body.mapping, userSchema)
  const input = { ...body, details, mapping }
  const provided = await withBodyFields(() => createIdentityProvider(db, principal.auditContext, input, seal))
  const { id } = provided.provider
  reply.header('location', `${routeOptions.url}/${id}`)
  return issuedResponse(provided, scimEndpoint(publicUrl(), id))
}

async function readDefaultMapping() {
  return viewOfMapping(DEFAULT_MAPPING)
}

async function read(
  { params, principal }: FastifyRequest<ById>,
  { db, publicUrl }: PortalOptions,
  reply: FastifyReply,
) {
  const provider = await getIdentityProvider(db, principal.tenantId, params.id)
  reply.header('etag', etagOf(provider))
  return viewOf({ provider }, publicUrl())
}

async function change(
  request: FastifyRequest<ById & { Body: ChangeIdentityProvider }>,
  { db, seal, publicUrl }: PortalOptions,
  reply: FastifyReply,
) {
  const { body, params, principal } = request
  const mapping =
    body.mapping && readMapping(body.mapping, await userSchemaOf(db, principal.tenantId, params.id))
  const { certificates, ...details } = body.details ?? {}
  const pem = certificates === null ? null : joinPem(certificates)
  const input = { ...body, mapping, details: body.details && { ...details, certificates: pem } }
  const provided = await withBodyFields(() =>
    changeIdentityProvider(db, principal.auditContext, params.id, input, {
      seal,
      version: ifMatch(request),
      also: followSettings(principal.auditContext),
    }),
  )
  reply.header('etag', etagOf(provided.provider))
  return viewOf(provided, publicUrl())
}

async function readDeletion({ params, principal }: FastifyRequest<ById>, { db }: PortalOptions) {
  return deletionOf(db, principal.tenantId, params.id)
}

async function remove(
  { params, body, principal, log }: FastifyRequest<ById & { Body: ConfirmDeletion }>,
  { db }: PortalOptions,
) {
  const deletion = await deletionOf(db, principal.tenantId, params.id)
  if (body.name !== deletion.name) throw new Invalid('name', 'is not the name of this identity provider')
  await deleteIdentityProvider(db, principal.auditContext, params.id)
  // Its users can't be reached any more, and deleting them may take longer than a response should. Housekeeping deletes
  // what is left if this process stops in the meantime.
  purgeDirectory(db, principal.tenantId, params.id).catch((error) =>
    log.warn({ err: error }, 'users of a deleted identity provider could not be deleted yet'),
  )
  return deletion
}

/** Joins a list of PEM texts, each of which may contain several certificates. */
function joinPem(certificates: readonly string[] | undefined): string | undefined {
  return certificates?.join('\n')
}
