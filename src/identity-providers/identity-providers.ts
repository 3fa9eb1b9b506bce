// A tenant's identity providers: what they are, and whether they may provision and sign people in. This folder owns
// them, their credentials and the authentication of their requests; the people they bring are src/directory's. The
// portal, the command line and, by `authenticate`, the SCIM and OAuth doors call it. Here they are read; create.ts,
// change.ts and remove.ts write them.
import { NotFound } from '#errors.ts'
import type { Database, TenantTx } from '#platform/database/database.ts'
import { raw, type Sql, sql } from '#platform/database/sql.ts'
import type { IssuedCredentials } from './credentials/credentials.ts'
import type { Details } from './details/details.ts'
import type { Settings } from './settings.ts'

export type ProviderType = 'local' | 'saml' | 'oidc'

export interface IdentityProvider extends Settings {
  readonly id: string
  readonly tenantId: string
  readonly type: ProviderType
  readonly details: Details
  readonly hasClientSecret: boolean
  /** Another one after each change of it or of its credentials. */
  readonly version: string
  readonly createdAt: Date
  readonly changedAt: Date
  /** When a SCIM request last succeeded. */
  readonly lastSyncAt: Date | null
}

/** An identity provider, and the credentials that the change made, if it made some. */
export interface Provided {
  readonly provider: IdentityProvider
  readonly credentials?: IssuedCredentials
}

/** In the order of their creation. */
export function listIdentityProviders(db: Database, tenantId: string): Promise<IdentityProvider[]> {
  return db.run<IdentityProvider>({ tenantId }, select(tenantId, sql`true`))
}

/** @throws {NotFound} */
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

/** @throws {NotFound} */
export async function getIdentityProvider(
  db: Database,
  tenantId: string,
  id: string,
): Promise<IdentityProvider> {
  const [provider] = await db.run<IdentityProvider>({ tenantId }, select(tenantId, sql`i.id = ${id}`))
  if (!provider) throw unknown(id)
  return provider
}

/** @throws {NotFound} */
export async function readProvider(tx: TenantTx, id: string): Promise<IdentityProvider> {
  const [provider] = await tx.query<IdentityProvider>(select(tx.tenantId, sql`i.id = ${id}`))
  if (!provider) throw unknown(id)
  return provider
}

/** Reads one and holds its row until the transaction ends. @throws {NotFound} */
export async function lockProvider(tx: TenantTx, id: string): Promise<IdentityProvider> {
  const held = sql`select id from identity_provider where id = ${id} and tenant_id = ${tx.tenantId} for update`
  await tx.query(held)
  return readProvider(tx, id)
}

/** Reads one that nobody changes until the transaction ends; sign-ins don't wait for each other. @throws {NotFound} */
export async function holdProvider(tx: TenantTx, id: string): Promise<IdentityProvider> {
  const held = sql`${select(tx.tenantId, sql`i.id = ${id}`)} for key share of i`
  const [provider] = await tx.query<IdentityProvider>(held)
  if (!provider) throw unknown(id)
  return provider
}

/** How the audit log names it. */
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
