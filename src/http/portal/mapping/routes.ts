// The attribute mapping of an identity provider: how its SCIM users become profiles. `#directory/profiles` applies it; this
// folder serves the mapping editor: view, preview with real users, save. Start with the table below.
import type { FastifyReply, FastifyRequest } from 'fastify'
import {
  checkMapping,
  DEFAULT_MAPPING,
  PROFILE_ATTRIBUTES,
  REQUIRED_ATTRIBUTES,
  readMapping,
} from '#directory/profiles/mapping.ts'
import { pathsOf } from '#directory/profiles/mapping-paths.ts'
import { MAPPING_PRESETS, PRESET_NAMES } from '#directory/profiles/mapping-presets.ts'
import { previewMapping } from '#directory/profiles/preview-mapping.ts'
import { recomputeAfter } from '#directory/profiles/recompute-profiles.ts'
import { changeIdentityProvider } from '#identity-providers/change.ts'
import { getIdentityProvider } from '#identity-providers/identity-providers.ts'
import { type ById, IdParams } from '../contract/common.ts'
import { userSchemaOf } from '../identity-providers/user-schema.ts'
import { viewOfMapping } from '../identity-providers/view.ts'
import { etagOf, ifMatch } from '../if-match.ts'
import type { PortalOptions } from '../options.ts'
import { route, routes } from '../route.ts'
import { AttributeMapping, MappingPreview, PreviewMapping, SavedMapping, SaveMapping } from './contract.ts'

const tags = ['identity providers']

export const mappingRoutes = routes([
  route(
    'GET /identity-providers/:id/mapping',
    {
      tags,
      role: 'auditor',
      summary: 'Get the attribute mapping, presets, and the SCIM paths it can read',
      params: IdParams,
      response: { 200: AttributeMapping },
    },
    read,
  ),
  route(
    'POST /identity-providers/:id/mapping/preview',
    {
      tags,
      role: 'auditor',
      summary: 'Preview the profiles that a mapping gives up to five users. Nothing is saved',
      params: IdParams,
      body: PreviewMapping,
      response: { 200: MappingPreview },
    },
    preview,
  ),
  route(
    'PUT /identity-providers/:id/mapping',
    {
      tags,
      role: 'admin',
      summary: 'Save the mapping. Profiles are recomputed in the background',
      params: IdParams,
      body: SaveMapping,
      response: { 200: SavedMapping },
    },
    save,
  ),
])

async function read(
  { params, principal: { tenantId } }: FastifyRequest<ById>,
  { db }: PortalOptions,
  reply: FastifyReply,
) {
  const provider = await getIdentityProvider(db, tenantId, params.id)
  const schema = await userSchemaOf(db, tenantId, params.id)
  reply.header('etag', etagOf(provider))
  return {
    name: provider.name,
    mapping: viewOfMapping(provider.mapping ?? DEFAULT_MAPPING),
    isDefault: provider.mapping === null,
    presets: PRESET_NAMES.map((name) => ({ name, mapping: viewOfMapping(MAPPING_PRESETS[name]) })),
    attributes: PROFILE_ATTRIBUTES.map((name) => ({ name, required: REQUIRED_ATTRIBUTES.includes(name) })),
    paths: pathsOf(schema),
    version: provider.version,
  }
}

async function preview(
  { params: { id }, body, principal: { tenantId } }: FastifyRequest<ById & { Body: PreviewMapping }>,
  { db }: PortalOptions,
) {
  const { mapping, ...users } = body
  const schema = await userSchemaOf(db, tenantId, id)
  const checked = mapping ? checkMapping(mapping, schema) : { mapping: null, problems: [] }
  return {
    users: await previewMapping(db, { tenantId, id }, checked.mapping, schema, users),
    problems: checked.problems.map(({ field, rule }) => ({ field, message: rule })),
  }
}

async function save(
  request: FastifyRequest<ById & { Body: SaveMapping }>,
  { db }: PortalOptions,
  reply: FastifyReply,
) {
  const { params, body, principal } = request
  const schema = await userSchemaOf(db, principal.tenantId, params.id)
  const mapping = body.mapping && readMapping(body.mapping, schema)
  let jobId: string | undefined
  const { provider } = await changeIdentityProvider(
    db,
    principal.auditContext,
    params.id,
    { mapping },
    {
      version: ifMatch(request),
      also: async (tx, before, after) => {
        jobId = await recomputeAfter(tx, principal.auditContext, before, after)
      },
    },
  )
  reply.header('etag', etagOf(provider))
  return { version: provider.version, jobId: jobId ?? null }
}
