// The schemas for parsing messages of one identity provider: the standard ones and the declared extensions. They are
// read in the same statement as the identity provider, so they are as current as its epoch.
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

/** In the order of declaration; null if there are none. */
export type DeclaredSchemas =
  | readonly { readonly resourceType: ResourceType; readonly schema: Schema }[]
  | null

/** The column `declared`, for a statement in which the identity provider has the alias `i`. */
export const DECLARED =
  raw(`(select json_agg(json_build_object('resourceType', s.resource_type, 'schema', s.definition)
      order by s.id) from custom_schema s where s.idp_id = i.id and s.tenant_id = i.tenant_id) as declared`)

const STANDARD = {
  lenient: { users: userSchema, groups: groupSchema },
  strict: { users: strictUserSchema, groups: groupSchema },
} as const

/** Builds the schemas with their lookup tables. This is expensive, so callers keep the result. */
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

/** Reads the schemas of an identity provider. @returns undefined if it doesn't exist */
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
