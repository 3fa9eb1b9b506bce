// Removes a declared SCIM extension with its data, one user or group at a time. Each gets its own audit event,
// because its attributes and version change, and maybe its profile.
import type { AuditContext } from '#audit/record.ts'
import { NotFound } from '#errors.ts'
import type { Mapping } from '#identity-providers/mapping.ts'
import { removeCustomSchema } from '#identity-providers/schemas/custom-schemas.ts'
import { DECLARED, type DeclaredSchemas, schemasOf } from '#identity-providers/schemas/declared-schemas.ts'
import type { Database } from '#platform/database/database.ts'
import { raw, sql } from '#platform/database/sql.ts'
import { isSameUrn } from '#protocol/scim/schema/resource-schema.ts'
import type { Resource } from '#protocol/scim/values/resource.ts'
import { changeGroup } from './groups/change-group.ts'
import { compileMapping } from './profiles/mapping.ts'
import type { Provisioner } from './provisioner.ts'
import { changeUser } from './users/users.ts'

const BATCH = 500

/**
 * Removes an extension of an identity provider. If it was interrupted, calling it again finishes the work.
 * @returns how many users and groups lost data
 * @throws {NotFound} if neither the schema nor any data of it exists
 */
export async function removeExtension(
  db: Database,
  auditContext: AuditContext,
  idpId: string,
  urn: string,
): Promise<number> {
  const removed = await removeCustomSchema(db, auditContext, idpId, urn).catch((error: unknown) => {
    if (error instanceof NotFound) return error
    throw error
  })
  // From here on, new requests can't write data of this extension.
  const name = removed instanceof NotFound ? urn : removed.urn
  const at = await provisionerOf(db, auditContext, idpId)
  const users = await clear(at, 'directory_user', name, (id, decide) => changeUser(at, id, undefined, decide))
  const groups = await clear(at, 'directory_group', name, (id, decide) =>
    changeGroup(at, id, { precondition: undefined, decide, members: undefined }),
  )
  if (removed instanceof NotFound && users + groups === 0) throw removed
  return users + groups
}

/** Counts the users and groups that have data of an extension. */
export async function extensionSize(
  db: Database,
  { tenantId }: AuditContext,
  idpId: string,
  urn: string,
): Promise<number> {
  const having = (table: string) => sql`(select count(*) from ${raw(table)} u where u.idp_id = ${idpId}
    and u.tenant_id = ${tenantId} and ${hasData(urn)})`
  const [size] = await db.run<{ size: number }>(
    { tenantId },
    sql`select (${having('directory_user')} + ${having('directory_group')})::int as size`,
  )
  return size?.size ?? 0
}

/** Finds the URN only as the name of a member: inside a JSON text, its quotes would be escaped. */
function hasData(urn: string) {
  return sql`position(${`${JSON.stringify(urn)}:`}::text in u.resource) > 0`
}

async function provisionerOf(db: Database, auditContext: AuditContext, idpId: string): Promise<Provisioner> {
  const { tenantId } = auditContext
  const [idp] = await db.run<{
    mapping: Mapping | null
    uniqueGroupNames: boolean
    uniqueExternalIds: boolean
    uniqueUserExternalIds: boolean
    declared: DeclaredSchemas
  }>(
    { tenantId },
    sql`select i.mapping, i.unique_group_names as "uniqueGroupNames",
        i.unique_external_ids as "uniqueExternalIds", i.unique_user_external_ids as "uniqueUserExternalIds", ${DECLARED} from identity_provider i
      where i.id = ${idpId} and i.tenant_id = ${tenantId}`,
  )
  if (!idp) throw new NotFound(`There is no identity provider ${idpId}`)
  const mapping = compileMapping(idp.mapping, schemasOf(idp.declared).users)
  const { uniqueGroupNames, uniqueExternalIds, uniqueUserExternalIds } = idp
  const unique = { uniqueGroupNames, uniqueExternalIds, uniqueUserExternalIds }
  return { db, scope: { tenantId }, tenantId, idpId, auditContext, mapping, ...unique, base: '' }
}

type Decide = (current: Resource) => Resource

type Clear = (id: string, decide: Decide) => Promise<unknown>
type Table = 'directory_user' | 'directory_group'

/** Repeats until nothing is found, because requests that began before the removal may still write data. */
async function clear(at: Provisioner, table: Table, urn: string, change: Clear): Promise<number> {
  let cleared = 0
  for (let found = -1; found !== 0; cleared += found) found = await pass(at, table, urn, change)
  return cleared
}

async function pass(
  { db, tenantId, idpId }: Provisioner,
  table: Table,
  urn: string,
  change: Clear,
): Promise<number> {
  const after = (id: string | undefined) =>
    db.run<{ id: string }>(
      { tenantId },
      sql`select u.id from ${raw(table)} u where u.idp_id = ${idpId} and u.tenant_id = ${tenantId} and ${hasData(urn)}
        and (${id ?? null}::uuid is null or u.id > ${id ?? null}) order by u.id limit ${BATCH}`,
    )
  let found = 0
  for (let rows = await after(undefined); rows.length > 0; rows = await after(rows.at(-1)?.id)) {
    for (const { id } of rows) await change(id, (current) => without(current, urn)).catch(unlessGone)
    found += rows.length
  }
  return found
}

function without(resource: Resource, urn: string): Resource {
  const { [urn]: _, schemas, ...rest } = resource
  const kept = Array.isArray(schemas) ? schemas.filter((each) => !isSameUrn(String(each), urn)) : []
  return { schemas: kept, ...rest }
}

function unlessGone(error: unknown): void {
  if (!(error instanceof NotFound)) throw error
}
