import { NotFound } from '#errors.ts'
import { readSchemas } from '#identity-providers/schemas/declared-schemas.ts'
import type { Database } from '#platform/database/database.ts'
import type { ResourceSchema } from '#protocol/scim/schema/schema.ts'

/** Returns the SCIM schema of the users of one identity provider, custom attributes included. @throws {NotFound} */
export async function userSchemaOf(db: Database, tenantId: string, idpId: string): Promise<ResourceSchema> {
  const schemas = await readSchemas(db, tenantId, idpId)
  if (!schemas) throw new NotFound(`There is no identity provider ${idpId}`)
  return schemas.users
}
