import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
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
import { NotFound } from '#errors.ts'
import { changeIdentityProvider } from '#identity-providers/change.ts'
import { getIdentityProvider } from '#identity-providers/identity-providers.ts'
import { readSchemas } from '#identity-providers/schemas/declared-schemas.ts'
import type { Database } from '#platform/database/database.ts'
import { IdParams } from '../contract/common.ts'
import { viewOfMapping } from '../identity-providers/view.ts'
import { etagOf, ifMatch } from '../if-match.ts'
import type { PortalOptions } from '../options.ts'
import { AttributeMapping, MappingPreview, PreviewMapping, SavedMapping, SaveMapping } from './contract.ts'

const tags = ['identity providers']

/** The attribute mapping of an identity provider: seen with all that an editor needs, tried on real users, saved. */
export const mappingRoutes: FastifyPluginAsyncTypebox<PortalOptions> = async (door, { db }) => {
  door.get(
    '/identity-providers/:id/mapping',
    {
      config: { role: 'auditor' },
      schema: {
        tags,
        summary: 'The attribute mapping, presets, and the SCIM paths that it can take values from',
        params: IdParams,
        response: { 200: AttributeMapping },
      },
    },
    async ({ params, principal: { tenantId } }, reply) => {
      const provider = await getIdentityProvider(db, tenantId, params.id)
      const schema = await userSchemaOf(db, tenantId, params.id)
      reply.header('etag', etagOf(provider))
      return {
        name: provider.name,
        mapping: viewOfMapping(provider.mapping ?? DEFAULT_MAPPING),
        isDefault: provider.mapping === null,
        presets: PRESET_NAMES.map((name) => ({ name, mapping: viewOfMapping(MAPPING_PRESETS[name]) })),
        attributes: PROFILE_ATTRIBUTES.map((name) => ({
          name,
          required: REQUIRED_ATTRIBUTES.includes(name),
        })),
        paths: pathsOf(schema),
        version: provider.version,
      }
    },
  )

  door.post(
    '/identity-providers/:id/mapping/preview',
    {
      config: { role: 'auditor' },
      schema: {
        tags,
        summary: 'What a mapping would make of up to five users; nothing is saved',
        params: IdParams,
        body: PreviewMapping,
        response: { 200: MappingPreview },
      },
    },
    async ({ params: { id }, body: { mapping, ...wish }, principal: { tenantId } }) => {
      const schema = await userSchemaOf(db, tenantId, id)
      const checked = mapping ? checkMapping(mapping, schema) : { mapping: null, problems: [] }
      return {
        users: await previewMapping(db, { tenantId, id }, checked.mapping, schema, wish),
        problems: checked.problems.map(({ field, rule }) => ({ field, message: rule })),
      }
    },
  )

  door.put(
    '/identity-providers/:id/mapping',
    {
      config: { role: 'admin' },
      schema: {
        tags,
        summary: 'Save the mapping; profiles are made anew in the background',
        params: IdParams,
        body: SaveMapping,
        response: { 200: SavedMapping },
      },
    },
    async (request, reply) => {
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
    },
  )
}

async function userSchemaOf(db: Database, tenantId: string, idpId: string) {
  const schemas = await readSchemas(db, tenantId, idpId)
  if (!schemas) throw new NotFound(`There is no identity provider ${idpId}`)
  return schemas.users
}
