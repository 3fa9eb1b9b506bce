// Schema extensions that a tenant declares for an identity provider, and the attribute names that identity providers
// send without a declaration. A new extension applies from the next request, on every process, and appears in
// /Schemas and /ResourceTypes. The portal and the command line declare extensions; the SCIM door and src/directory
// read them. Data of a removed extension belongs to src/directory/remove-extension.ts. Start with `declareSchema`
// below.
import { randomUUIDv7 } from 'node:crypto'
import { type AuditContext, audited, type Fact } from '#audit/record.ts'
import { Invalid, NotFound, Refused } from '#errors.ts'
import type { Database, TenantTx } from '#platform/database/database.ts'
import { raw, type Sql, sql } from '#platform/database/sql.ts'
import type { Json } from '#protocol/scim/messages/json.ts'
import {
  readCustomSchema,
  requireCompatible,
  SchemaFault,
  withAttribute,
} from '#protocol/scim/schema/custom-schema.ts'
import { isSameUrn } from '#protocol/scim/schema/resource-schema.ts'
import type { Schema } from '#protocol/scim/schema/schema.ts'
import type { ResourceType } from './declared-schemas.ts'
import { forgetDeclared } from './unknown-attributes.ts'

export interface CustomSchema {
  readonly id: string
  readonly resourceType: ResourceType
  readonly urn: string
  readonly schema: Schema
  readonly createdAt: Date
  readonly changedAt: Date
}

const MAX_SCHEMAS = 20

/**
 * Declares an extension or replaces the definition with the same URN. A replacement can add attributes but not remove
 * any.
 * @param json a Schema resource as defined in RFC 7643 §7
 * @throws {Invalid} names the part of the definition and the rule
 * @throws {NotFound} {Refused}
 */
export function declareSchema(
  db: Database,
  auditContext: AuditContext,
  idpId: string,
  resourceType: ResourceType,
  json: Json,
): Promise<CustomSchema> {
  return change(db, auditContext, idpId, (existing) => ({
    resourceType,
    schema: readCustomSchema(json, urnsBeside(json, existing)),
  }))
}

export interface NewAttribute {
  /** URN of the schema, a colon and the attribute name, as in `listUnknownAttributes`. */
  readonly path: string
  readonly resourceType: ResourceType
  readonly type?: string | undefined
  readonly multiValued?: boolean | undefined
}

/**
 * Declares one attribute in the extension that its name belongs to, and creates the extension if needed.
 * @throws {Invalid} `attribute` is not under the URN of an extension; otherwise as for `declareSchema`
 */
export async function declareAttribute(
  db: Database,
  auditContext: AuditContext,
  idpId: string,
  { path, resourceType, type = 'string', multiValued = false }: NewAttribute,
): Promise<CustomSchema> {
  const { urn, name } = split(path)
  return change(db, auditContext, idpId, (existing) => {
    const home = existing.find((each) => isSameUrn(each.urn, urn))
    const json = withAttribute(home?.schema, urn, { name, type, multiValued })
    return {
      resourceType: home?.resourceType ?? resourceType,
      schema: readCustomSchema(json, urnsBeside(json, existing)),
    }
  })
}

function split(path: string): { urn: string; name: string } {
  const colon = path.lastIndexOf(':')
  const [urn, name] = [path.slice(0, colon), path.slice(colon + 1)]
  if (colon === -1) {
    const home = `urn:example:custom:${path.split('.')[0]}`
    throw new Invalid(
      'attribute',
      `must stand under a URN, since the standard's own schemas cannot be added to: let the identity provider send it under one of yours, such as ${home}, and declare that`,
    )
  }
  if (name.includes('.'))
    throw new Invalid('attribute', 'has sub-attributes: declare it whole, by a file with its schema')
  return { urn, name }
}

/** Lists extensions in the order they were declared. */
export function listCustomSchemas(db: Database, tenantId: string, idpId: string): Promise<CustomSchema[]> {
  return db.run<CustomSchema>({ tenantId }, select(tenantId, idpId))
}

/** Removes an extension. Its attributes are unknown from then on. @returns what was removed @throws {NotFound} */
export function removeCustomSchema(
  db: Database,
  auditContext: AuditContext,
  idpId: string,
  urn: string,
): Promise<CustomSchema> {
  return db.transaction({ tenantId: auditContext.tenantId }, async (tx) => {
    const idp = await lockProvider(tx, idpId)
    const schema = (await tx.query<CustomSchema>(select(tx.tenantId, idpId))).find((each) =>
      isSameUrn(each.urn, urn),
    )
    if (!schema) throw new NotFound(`${idp.name} has no schema ${urn}`)
    const removal = sql`delete from custom_schema where id = ${schema.id} and tenant_id = ${tx.tenantId} returning id`
    const before = shown(idp, schema)
    await tx.query(audited(auditContext, removal, { ...fact(schema), action: 'delete', change: { before } }))
    return schema
  })
}

const COLUMNS =
  raw(`id, resource_type as "resourceType", urn, definition as schema, created_at as "createdAt",
    changed_at as "changedAt"`)

function select(tenantId: string, idpId: string): Sql {
  return sql`select ${COLUMNS} from custom_schema where idp_id = ${idpId} and tenant_id = ${tenantId} order by id`
}

interface Provider {
  readonly id: string
  readonly name: string
}

/** Locks the identity provider, so that changes of its schemas run one after the other. */
async function lockProvider(tx: TenantTx, idpId: string): Promise<Provider> {
  const [idp] = await tx.query<Provider & { type: string }>(
    sql`select id, name, type from identity_provider where id = ${idpId} and tenant_id = ${tx.tenantId} for update`,
  )
  if (!idp) throw new NotFound(`There is no identity provider ${idpId}`)
  if (idp.type === 'local') throw new Refused('The local identity provider has no SCIM schemas')
  return idp
}

type Wanted = Pick<CustomSchema, 'resourceType' | 'schema'>

async function change(
  db: Database,
  auditContext: AuditContext,
  idpId: string,
  decide: (existing: readonly CustomSchema[]) => Wanted,
): Promise<CustomSchema> {
  return db.transaction({ tenantId: auditContext.tenantId }, async (tx) => {
    const idp = await lockProvider(tx, idpId)
    const existing = await tx.query<CustomSchema>(select(tx.tenantId, idpId))
    const wanted = inWordsOfTheHouse(() => decide(existing))
    const before = existing.find(({ urn }) => isSameUrn(urn, wanted.schema.id))
    if (!before && existing.length >= MAX_SCHEMAS)
      throw new Refused(`${idp.name} has ${MAX_SCHEMAS} schemas, which is the most; remove one first`)
    const written = before
      ? await replace(tx, auditContext, idp, before, wanted)
      : await insert(tx, auditContext, idp, wanted)
    await forgetDeclared(tx, idpId, written.resourceType, written.schema)
    return written
  })
}

function inWordsOfTheHouse<Result>(read: () => Result): Result {
  try {
    return read()
  } catch (error) {
    if (error instanceof SchemaFault) throw new Invalid(error.at, error.rule)
    throw error
  }
}

async function insert(
  tx: TenantTx,
  auditContext: AuditContext,
  idp: Provider,
  wanted: Wanted,
): Promise<CustomSchema> {
  const id = randomUUIDv7()
  const { resourceType, schema } = wanted
  const statement = sql`insert into custom_schema (id, tenant_id, idp_id, resource_type, urn, definition)
    values (${id}, ${tx.tenantId}, ${idp.id}, ${resourceType}, ${schema.id}, ${JSON.stringify(schema)})
    returning ${COLUMNS}`
  const after = shown(idp, wanted)
  return written(
    await tx.query<CustomSchema>(
      audited(auditContext, statement, {
        ...fact({ id, urn: schema.id }),
        action: 'create',
        change: { after },
      }),
    ),
  )
}

/** Replaces a definition. Writes nothing if it stays the same. */
async function replace(
  tx: TenantTx,
  auditContext: AuditContext,
  idp: Provider,
  before: CustomSchema,
  { resourceType, schema: given }: Wanted,
): Promise<CustomSchema> {
  if (before.resourceType !== resourceType)
    throw new Invalid('resourceType', `of ${before.urn} is ${before.resourceType}; remove the schema first`)
  // Stored data uses the URN as it was first spelled.
  const schema = { ...given, id: before.urn }
  inWordsOfTheHouse(() => requireCompatible(before.schema, schema))
  const definition = JSON.stringify(schema)
  if (definition === JSON.stringify(before.schema)) return before
  const statement = sql`update custom_schema set definition = ${definition}, changed_at = now()
    where id = ${before.id} and tenant_id = ${tx.tenantId} returning ${COLUMNS}`
  const difference = { before: shown(idp, before), after: shown(idp, { resourceType, schema }) }
  return written(
    await tx.query<CustomSchema>(
      audited(auditContext, statement, { ...fact(before), action: 'update', change: difference }),
    ),
  )
}

/** Returns the written row without the columns that `audited` adds. */
function written([row]: readonly CustomSchema[]): CustomSchema {
  if (!row) throw new Error('the schema was not written')
  const { id, resourceType, urn, schema, createdAt, changedAt } = row
  return { id, resourceType, urn, schema, createdAt, changedAt }
}

function fact({
  id,
  urn,
}: Pick<CustomSchema, 'id' | 'urn'>): Pick<Fact, 'objectType' | 'objectId' | 'objectName'> {
  return { objectType: 'Schema', objectId: id, objectName: urn }
}

function shown(idp: Provider, { resourceType, schema }: Wanted): object {
  return { identityProvider: idp.name, resourceType, attributes: schema.attributes }
}

/** Returns the URNs of the other schemas. The definition's own URN is left out, whatever its letter case. */
function urnsBeside(json: Json, existing: readonly CustomSchema[]): string[] {
  const own = typeof json === 'object' && json !== null && !Array.isArray(json) ? json.id : undefined
  return existing.map(({ urn }) => urn).filter((urn) => typeof own !== 'string' || !isSameUrn(urn, own))
}
