// Lets the portal write to the directory. Users and groups of the tenant's local identity provider are managed in the
// portal: administrators do there what a SCIM client does elsewhere, with the same functions and rules.
import type { AuditContext } from '#audit/record.ts'
import { Conflict, Invalid, NotFound, Refused } from '#errors.ts'
import type { Mapping } from '#identity-providers/mapping.ts'
import type { ProviderType } from '#identity-providers/provider-type.ts'
import {
  DECLARED,
  type DeclaredSchemas,
  type ProviderSchemas,
  schemasOf,
} from '#identity-providers/schemas/declared-schemas.ts'
import type { Database } from '#platform/database/database.ts'
import { type Sql, sql } from '#platform/database/sql.ts'
import { ScimError } from '#protocol/scim/messages/error.ts'
import { brokenRule } from '#protocol/scim/refusals/broken-rule.ts'
import type { Taken } from '#protocol/scim/refusals/resource.ts'
import { compileMapping } from '../profiles/mapping.ts'
import type { Provisioner } from '../provisioner.ts'
import { ValueTaken } from '../taken.ts'
import { isUuid } from '../uuid.ts'

/** The audit context of the administrator, and the URL of the service. */
export interface PortalWorker {
  readonly db: Database
  readonly auditContext: AuditContext
  /** Without a trailing slash. */
  readonly publicUrl: string
}

export interface PortalProvisioner extends Provisioner {
  readonly type: ProviderType
  readonly name: string
  readonly schemas: ProviderSchemas
}

interface ProviderRow {
  readonly id: string
  readonly type: ProviderType
  readonly name: string
  readonly mapping: Mapping | null
  readonly uniqueGroupNames: boolean
  readonly uniqueExternalIds: boolean
  readonly uniqueUserExternalIds: boolean
  readonly declared: DeclaredSchemas
}

/** Returns the tenant's local identity provider. @throws {NotFound} */
export function localProvisioner(worker: PortalWorker): Promise<PortalProvisioner> {
  return provisionerWhere(worker, sql`i.type = 'local'`, 'There is no local identity provider')
}

/**
 * Returns the identity provider that a user or group belongs to.
 * @throws {NotFound} if there is no such user or group
 */
export function provisionerOf(
  worker: PortalWorker,
  type: 'User' | 'Group',
  id: string,
): Promise<PortalProvisioner> {
  const { tenantId } = worker.auditContext
  const missing = `There is no ${type.toLowerCase()} ${id}`
  if (!isUuid(id)) throw new NotFound(missing)
  const owner =
    type === 'User'
      ? sql`i.id = (select u.idp_id from directory_user u where u.id = ${id} and u.tenant_id = ${tenantId})`
      : sql`i.id = (select g.idp_id from directory_group g where g.id = ${id} and g.tenant_id = ${tenantId})`
  return provisionerWhere(worker, owner, missing)
}

/**
 * Like provisionerOf, for a user or group that the portal may change.
 * @throws {NotFound}
 * @throws {Refused} if it isn't local
 */
export async function masterOf(
  worker: PortalWorker,
  type: 'User' | 'Group',
  id: string,
): Promise<PortalProvisioner> {
  const at = await provisionerOf(worker, type, id)
  if (at.type === 'local') return at
  throw new Refused(`This ${type.toLowerCase()} is the word of ${at.name}; change it there`)
}

/** Returns the identity provider `i` that meets the condition. @throws {NotFound} with the message `missing` */
export async function provisionerWhere(
  { db, auditContext, publicUrl }: PortalWorker,
  condition: Sql,
  missing: string,
): Promise<PortalProvisioner> {
  const { tenantId } = auditContext
  const [row] = await db.run<ProviderRow>(
    { tenantId },
    sql`select i.id, i.type, i.name, i.mapping, i.unique_group_names as "uniqueGroupNames",
        i.unique_external_ids as "uniqueExternalIds", i.unique_user_external_ids as "uniqueUserExternalIds", ${DECLARED}
      from identity_provider i where i.tenant_id = ${tenantId} and ${condition} limit 1`,
  )
  if (!row) throw new NotFound(missing)
  const schemas = schemasOf(row.declared)
  return {
    db,
    scope: { tenantId },
    tenantId,
    idpId: row.id,
    auditContext,
    mapping: compileMapping(row.mapping, schemas.users),
    uniqueGroupNames: row.uniqueGroupNames,
    uniqueExternalIds: row.uniqueExternalIds,
    uniqueUserExternalIds: row.uniqueUserExternalIds,
    base: `${publicUrl}/scim/v2/${row.id}`,
    type: row.type,
    name: row.name,
    schemas,
  }
}

/**
 * Runs `work` and reports what breaks a rule of SCIM by the field names of the form.
 * @throws {Conflict}
 * @throws {Invalid}
 */
export async function inFormWords<Result>(
  names: Readonly<Record<string, string>>,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof ValueTaken) {
      const detail = takenInForm(error.taken)
      throw new Conflict(error.attribute, error.reason ? { ...error.reason, detail } : detail)
    }
    if (!(error instanceof ScimError)) throw error
    const broken = brokenRule(error)
    if (!broken) throw error
    throw new Invalid(names[broken.at] ?? broken.at, broken.rule)
  }
}

/** Names the holder without its id, because the form shows only names. */
function takenInForm({ holderName, holderState }: Taken): string {
  const isOutOfUse = holderState === 'deactivated' || holderState === 'disabled'
  return `It is taken by "${holderName}"${isOutOfUse ? `, who is ${holderState}` : ''}`
}
