import { randomUUIDv7 } from 'node:crypto'
import { type AuditContext, audited } from '#audit/record.ts'
import { Conflict, Invalid } from '#errors.ts'
import type { Seal } from '#platform/crypto/seal.ts'
import type { Database, TenantTx } from '#platform/database/database.ts'
import { violatedIndex } from '#platform/database/errors.ts'
import { sql } from '#platform/database/sql.ts'
import { auditedForm } from './audited-form.ts'
import { issueCredentials } from './credentials/credentials.ts'
import { sealClientSecret } from './details/client-secret.ts'
import { type Details, demandDetails, type GivenDetails, readDetails } from './details/details.ts'
import { named, type Provided, readProvider } from './identity-providers.ts'
import type { ProviderType } from './provider-type.ts'
import { type GivenSettings, newSettings, type Settings } from './settings.ts'

export interface NewIdentityProvider extends GivenSettings {
  readonly name: string
  readonly type: ProviderType
  readonly details?: GivenDetails | undefined
}

interface Fresh {
  readonly id: string
  readonly type: ProviderType
  readonly settings: Settings
  readonly details: Details
}

const LOCAL_NAME = 'Local'

/**
 * Creates an identity provider. With auto-provisioning on, its first SCIM credentials are created as well.
 * @param seal required when `details` contain a client secret
 * @throws {Invalid} names the field
 * @throws {Conflict} the tenant already has an identity provider with this name
 */
export async function createIdentityProvider(
  db: Database,
  auditContext: AuditContext,
  input: NewIdentityProvider,
  seal?: Seal,
): Promise<Provided> {
  if (input.type === 'local') throw new Invalid('type', 'must be saml or oidc; the local one is always there')
  const { tenantId } = auditContext
  const fresh = read(input)
  const { id, settings } = fresh
  const clientSecret = input.details?.clientSecret
  if (settings.autoProvisioning) demandDetails(fresh.type, fresh.details, clientSecret !== undefined)
  const sealed = sealClientSecret(seal, { tenantId, id }, clientSecret)
  return db.transaction({ tenantId }, async (tx) => {
    await insert(tx, auditContext, fresh, sealed)
    const credentials = settings.autoProvisioning
      ? await issueCredentials(tx, auditContext, { id, name: settings.name })
      : undefined
    return { provider: await readProvider(tx, id), ...(credentials && { credentials }) }
  })
}

/** Creates the tenant's local identity provider unless it exists. */
export async function ensureLocalIdentityProvider(db: Database, auditContext: AuditContext): Promise<void> {
  const { tenantId } = auditContext
  const present = () =>
    db.run({ tenantId }, sql`select from identity_provider where type = 'local' and tenant_id = ${tenantId}`)
  if ((await present()).length > 0) return
  const fresh = read({ name: LOCAL_NAME, type: 'local' })
  try {
    await db.transaction({ tenantId }, (tx) => insert(tx, auditContext, fresh, null))
  } catch (error) {
    // Another process may have created it a moment ago. A tenant has only one local identity provider.
    if (!(error instanceof Conflict) || (await present()).length === 0) throw error
  }
}

function read({ name, type, details, ...settings }: NewIdentityProvider): Fresh {
  return {
    id: randomUUIDv7(),
    type,
    settings: newSettings(type, name, settings),
    details: readDetails(type, details ?? {}),
  }
}

async function insert(
  tx: TenantTx,
  auditContext: AuditContext,
  { id, type, settings, details }: Fresh,
  clientSecret: Buffer | null,
): Promise<void> {
  const s = settings
  const statement = sql`insert into identity_provider (id, tenant_id, name, type, enabled, auto_provisioning, mode, mfa,
      mfa_methods, mfa_demand, remember_device_days, enroll, ask_personal_desktop, activation, unique_group_names,
      unique_external_ids, details, client_secret, mapping, matching, stable_identifier)
    values (${id}, ${tx.tenantId}, ${s.name}, ${type}, ${s.enabled}, ${s.autoProvisioning}, ${s.mode}, ${s.mfa},
      ${s.mfaMethods}, ${JSON.stringify(s.mfaDemand)}, ${s.rememberDeviceDays}, ${s.enroll}, ${s.askPersonalDesktop},
      ${s.activation}, ${s.uniqueGroupNames}, ${s.uniqueExternalIds}, ${JSON.stringify(details)}, ${clientSecret},
      ${s.mapping && JSON.stringify(s.mapping)}, ${s.matching && JSON.stringify(s.matching)}, ${s.stableIdentifier}) returning id`
  const change = { after: auditedForm(type, settings, details) }
  try {
    await tx.query(
      audited(auditContext, statement, { action: 'create', ...named({ id, name: s.name }), change }),
    )
  } catch (error) {
    throw nameTaken(error, s.name)
  }
}

/** Returns a `Conflict` if the error says that the name is taken, otherwise the error itself. */
export function nameTaken(error: unknown, name: string): unknown {
  if (violatedIndex(error) !== 'identity_provider_name') return error
  return new Conflict('name', `There is an identity provider ${name} already`)
}
