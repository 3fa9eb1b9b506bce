// The schemas by which messages of one identity provider are read: the standard's, and the extensions that its tenant
// declared. They come with the identity provider's own row, so they are as fresh as its epoch.
import type { Database } from '#platform/database/database.ts'
import { raw, sql } from '#platform/database/sql.ts'
import {
  groupSchema,
  strictUserSchema,
  userSchema,
  withExtensions,
} from '#protocol/scim/schema/resource-schema.ts'
import type { ResourceSchema, Schema } from '#protocol/scim/schema/schema.ts'

export interface ProviderSchemas {
  readonly users: ResourceSchema
  readonly groups: ResourceSchema
}

export type ResourceType = ResourceSchema['resourceType']

/** In the order of their declaration; null when there are none. */
export type DeclaredSchemas =
  | readonly { readonly resourceType: ResourceType; readonly schema: Schema }[]
  | null

/** The column `declared`, of a statement in which the identity provider is called `i`. */
export const DECLARED =
  raw(`(select json_agg(json_build_object('resourceType', s.resource_type, 'schema', s.definition)
      order by s.id) from custom_schema s where s.idp_id = i.id and s.tenant_id = i.tenant_id) as declared`)

const STANDARD = {
  lenient: { users: userSchema, groups: groupSchema },
  strict: { users: strictUserSchema, groups: groupSchema },
} as const

/** Makes the look-up tables too, so it is done once and kept. */
export function schemasOf(
  declared: DeclaredSchemas,
  mode: keyof typeof STANDARD = 'lenient',
): ProviderSchemas {
  const standard = STANDARD[mode]
  if (declared === null) return standard
  const of = (type: ResourceType) =>
    declared.filter(({ resourceType }) => resourceType === type).map(({ schema }) => schema)
  return {
    users: withExtensions(standard.users, of('User')),
    groups: withExtensions(standard.groups, of('Group')),
  }
}

/** @returns undefined when there is no such identity provider */
export async function readSchemas(
  db: Database,
  tenantId: string,
  idpId: string,
): Promise<ProviderSchemas | undefined> {
  const [row] = await db.run<{ declared: DeclaredSchemas; mode: keyof typeof STANDARD }>(
    { tenantId },
    sql`select i.mode, ${DECLARED} from identity_provider i where i.id = ${idpId} and i.tenant_id = ${tenantId}`,
  )
  return row && schemasOf(row.declared, row.mode)
}
