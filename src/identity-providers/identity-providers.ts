// Identity providers of a tenant: their settings, sign-in details, credentials, email domains and declared schemas.
// This folder also authenticates their SCIM and OAuth requests. Users and groups belong to src/directory, and signing
// in to src/sign-in. The portal, the command line and the doors call it.
// Start with `IdentityProvider` below, then create.ts and change.ts, which write what this file reads.
import { NotFound } from '#errors.ts'
import type { Database, TenantTx } from '#platform/database/database.ts'
import { raw, type Sql, sql } from '#platform/database/sql.ts'
import type { IssuedCredentials } from './credentials/credentials.ts'
import type { Details } from './details/details.ts'
import type { ProviderType } from './provider-type.ts'
import type { Settings } from './settings.ts'

export interface IdentityProvider extends Settings {
  readonly id: string
  readonly tenantId: string
  readonly type: ProviderType
  readonly details: Details
  readonly hasClientSecret: boolean
  /** Changes with every change of the identity provider or its credentials. */
  readonly version: string
  readonly createdAt: Date
  readonly changedAt: Date
  /** When a SCIM request last succeeded. */
  readonly lastSyncAt: Date | null
}

/** An identity provider, with the credentials that the change issued, if any. */
export interface Provided {
  readonly provider: IdentityProvider
  readonly credentials?: IssuedCredentials
}

/** Lists identity providers in the order they were created. */
export function listIdentityProviders(db: Database, tenantId: string): Promise<IdentityProvider[]> {
  return db.run<IdentityProvider>({ tenantId }, select(tenantId, sql`true`))
}

export async function findIdentityProvider(
  db: Database,
  tenantId: string,
  idOrName: string,
): Promise<IdentityProvider> {
  const wanted = sql`(i.id::text = lower(${idOrName}) or lower(i.name) = lower(${idOrName}))`
  const found = await db.run<IdentityProvider>({ tenantId }, select(tenantId, wanted))
  const provider = found.find(({ id }) => id === idOrName.toLowerCase()) ?? found[0]
  if (!provider) throw new NotFound(`There is no identity provider ${idOrName}`)
  return provider
}

export async function getIdentityProvider(
  db: Database,
  tenantId: string,
  id: string,
): Promise<IdentityProvider> {
  const [provider] = await db.run<IdentityProvider>({ tenantId }, select(tenantId, sql`i.id = ${id}`))
  if (!provider) throw unknown(id)
  return provider
}

export async function readProvider(tx: TenantTx, id: string): Promise<IdentityProvider> {
  const [provider] = await tx.query<IdentityProvider>(select(tx.tenantId, sql`i.id = ${id}`))
  if (!provider) throw unknown(id)
  return provider
}

/** Reads an identity provider and locks its row for changes until the transaction ends. @throws {NotFound} */
export async function lockProvider(tx: TenantTx, id: string): Promise<IdentityProvider> {
  const held = sql`select id from identity_provider where id = ${id} and tenant_id = ${tx.tenantId} for update`
  await tx.query(held)
  return readProvider(tx, id)
}

/**
 * Reads an identity provider and blocks `lockProvider` until the transaction ends. Sign-ins don't block each other.
 * @throws {NotFound}
 */
export async function holdProvider(tx: TenantTx, id: string): Promise<IdentityProvider> {
  const held = sql`${select(tx.tenantId, sql`i.id = ${id}`)} for key share of i`
  const [provider] = await tx.query<IdentityProvider>(held)
  if (!provider) throw unknown(id)
  return provider
}

/** Returns the fields that name an identity provider in the audit log. */
export function named({ id, name }: { readonly id: string; readonly name: string }) {
  return { objectType: 'IdentityProvider', objectId: id, objectName: name } as const
}

function unknown(id: string): NotFound {
  return new NotFound(`There is no identity provider ${id}`)
}

const COLUMNS = raw(`i.id, i.tenant_id as "tenantId", i.name, i.type, i.enabled,
    i.auto_provisioning as "autoProvisioning", i.mode, i.mfa, i.mfa_methods as "mfaMethods",
    i.mfa_demand as "mfaDemand", i.remember_device_days as "rememberDeviceDays", i.enroll,
    i.ask_personal_desktop as "askPersonalDesktop", i.activation, i.unique_group_names as "uniqueGroupNames",
    i.unique_external_ids as "uniqueExternalIds",
    i.details, i.client_secret is not null as "hasClientSecret", i.mapping, i.matching, i.stable_identifier as "stableIdentifier", i.epoch as version,
    i.created_at as "createdAt", i.changed_at as "changedAt"`)

function select(tenantId: string, condition: Sql): Sql {
  return sql`select ${COLUMNS}, s.at as "lastSyncAt" from identity_provider i
    left join last_seen s on s.subject_id = i.id and s.tenant_id = i.tenant_id
    where i.tenant_id = ${tenantId} and ${condition} order by i.id`
}
