import { type AuditContext, audited } from '#audit/record.ts'
import { Stale } from '#errors.ts'
import type { Seal } from '#platform/crypto/seal.ts'
import type { Database, TenantTx } from '#platform/database/database.ts'
import { sql } from '#platform/database/sql.ts'
import { auditedForm, difference } from './audited-form.ts'
import { nameTaken } from './create.ts'
import { issueCredentials } from './credentials/credentials.ts'
import { sealClientSecret } from './details/client-secret.ts'
import { changeDetails, type Details, type DetailsChange, demandDetails } from './details/details.ts'
import { countLinks, EndsLinks, identifiesAnew } from './identification.ts'
import {
  type IdentityProvider,
  lockProvider,
  named,
  type Provided,
  readProvider,
} from './identity-providers.ts'
import { changeSettings, type GivenSettings, type Mode, type Settings } from './settings.ts'

export interface ProviderChange extends GivenSettings {
  readonly details?: DetailsChange | undefined
  /** Confirms a change of the issuer, the identifier or the matching rule, which may remove links of users. */
  readonly dropLinks?: boolean | undefined
}

export interface ChangeOptions {
  /** Required when a client secret is given. */
  readonly seal?: Seal
  /** The version that the change is based on. A newer one in the database makes the change fail with `Stale`. */
  readonly version?: string | undefined
  /** Work that a higher layer has to do in the same transaction. */
  readonly also?: (tx: TenantTx, before: IdentityProvider, after: IdentityProvider) => Promise<void>
}

/**
 * Changes the given fields and keeps the others. Writes nothing when nothing changes. The change applies from the
 * next request, on every process. Credentials are created the first time that auto-provisioning is switched on.
 * @throws {NotFound} {Stale} {Refused} {Conflict} {Invalid} {MissingDetails} {EndsLinks}
 */
export function changeIdentityProvider(
  db: Database,
  auditContext: AuditContext,
  idpId: string,
  change: ProviderChange,
  { seal, version, also }: ChangeOptions = {},
): Promise<Provided> {
  return db.transaction({ tenantId: auditContext.tenantId }, async (tx) => {
    const before = await lockProvider(tx, idpId)
    if (version !== undefined && version !== before.version) throw stale(before)
    const next = nextOf(before, change)
    const { clientSecret } = change.details ?? {}
    // An identity provider that was saved with incomplete details can still be disabled or renamed.
    if (next.settings.autoProvisioning && (!before.autoProvisioning || change.details))
      demandDetails(before.type, next.details, hasSecretAfter(before, clientSecret))
    const linksEnded = await endedLinks(tx, before, next)
    if (linksEnded > 0 && !change.dropLinks) throw new EndsLinks(before.name, linksEnded)
    await update(tx, auditContext, before, { ...next, linksEnded }, clientSecret, seal)
    const switchedOn = next.settings.autoProvisioning && !before.autoProvisioning
    const credentials =
      switchedOn && !(await hasCredentials(tx, idpId))
        ? await issueCredentials(tx, auditContext, { id: idpId, name: next.settings.name })
        : undefined
    const provider = await readProvider(tx, idpId)
    await also?.(tx, before, provider)
    return { provider, ...(credentials && { credentials }) }
  })
}

/** Enables or disables sign-in and provisioning. @throws {NotFound} */
export async function setEnabled(
  db: Database,
  auditContext: AuditContext,
  idpId: string,
  enabled: boolean,
): Promise<IdentityProvider> {
  return (await changeIdentityProvider(db, auditContext, idpId, { enabled })).provider
}

/**
 * Switches auto-provisioning on or off. Users are kept while it is off, and are updated again once it is back on.
 * @throws {NotFound} {Refused} {MissingDetails}
 */
export function setAutoProvisioning(
  db: Database,
  auditContext: AuditContext,
  idpId: string,
  autoProvisioning: boolean,
): Promise<Provided> {
  return changeIdentityProvider(db, auditContext, idpId, { autoProvisioning })
}

/** Sets how strictly SCIM messages are parsed. @throws {NotFound} */
export async function setMode(
  db: Database,
  auditContext: AuditContext,
  idpId: string,
  mode: Mode,
): Promise<IdentityProvider> {
  return (await changeIdentityProvider(db, auditContext, idpId, { mode })).provider
}

/** Returns how many links the change removes. A database trigger removes them, whichever code makes the change. */
async function endedLinks(
  tx: TenantTx,
  before: IdentityProvider,
  { settings, details }: Next,
): Promise<number> {
  return identifiesAnew(before, { ...settings, details }) ? countLinks(tx, tx.tenantId, before.id) : 0
}

interface Next {
  readonly settings: Settings
  readonly details: Details
}

function nextOf(before: IdentityProvider, { details, dropLinks: _, ...given }: ProviderChange): Next {
  return {
    settings: changeSettings(before.type, settingsOf(before), given),
    details: changeDetails(before.type, before.details, details ?? {}),
  }
}

function settingsOf(provider: IdentityProvider): Settings {
  const { id: _, tenantId: __, type: ___, details: ____, hasClientSecret, version, ...rest } = provider
  const { createdAt, changedAt, lastSyncAt, ...settings } = rest
  return settings
}

type Secret = string | null | undefined

function hasSecretAfter(before: IdentityProvider, secret: Secret): boolean {
  return secret === undefined ? before.hasClientSecret : secret !== null
}

async function update(
  tx: TenantTx,
  auditContext: AuditContext,
  before: IdentityProvider,
  { settings: s, details, linksEnded }: Next & { readonly linksEnded: number },
  secret: Secret,
  seal: Seal | undefined,
): Promise<void> {
  const shown = (settings: Settings, shownDetails: Details, clientSecret: string) => {
    const form = auditedForm(before.type, settings, shownDetails)
    return { ...form, details: { ...(form.details as object), clientSecret } }
  }
  const change = difference(
    shown(settingsOf(before), before.details, before.hasClientSecret ? 'set' : 'not set'),
    shown(s, details, secretAfter(before, secret)),
  )
  if (!change) return
  const told = linksEnded > 0 ? { ...change, after: { ...change.after, linksEnded } } : change
  const sealed = sealClientSecret(seal, before, secret)
  const statement = sql`update identity_provider set name = ${s.name}, enabled = ${s.enabled},
      auto_provisioning = ${s.autoProvisioning}, mode = ${s.mode}, mfa = ${s.mfa}, mfa_methods = ${s.mfaMethods},
      mfa_demand = ${JSON.stringify(s.mfaDemand)}, remember_device_days = ${s.rememberDeviceDays},
      enroll = ${s.enroll}, ask_personal_desktop = ${s.askPersonalDesktop}, activation = ${s.activation},
      unique_group_names = ${s.uniqueGroupNames}, unique_external_ids = ${s.uniqueExternalIds}, details = ${JSON.stringify(details)},
      mapping = ${s.mapping && JSON.stringify(s.mapping)}, matching = ${s.matching && JSON.stringify(s.matching)},
      stable_identifier = ${s.stableIdentifier},
      client_secret = case when ${secret === undefined} then client_secret else ${sealed}::bytea end
    where id = ${before.id} and tenant_id = ${tx.tenantId} returning id`
  try {
    await tx.query(audited(auditContext, statement, { action: 'update', ...named(before), change: told }))
  } catch (error) {
    throw nameTaken(error, s.name)
  }
}

/** Describes the secret for the audit log, which never contains the secret itself. */
function secretAfter({ hasClientSecret }: IdentityProvider, secret: Secret): string {
  if (secret === undefined) return hasClientSecret ? 'set' : 'not set'
  if (secret === null) return 'not set'
  return hasClientSecret ? 'replaced' : 'set'
}

async function hasCredentials(tx: TenantTx, idpId: string): Promise<boolean> {
  const live = sql`select from scim_credential where idp_id = ${idpId} and tenant_id = ${tx.tenantId}
    and retired_at is null and (expires_at is null or expires_at > now()) limit 1`
  return (await tx.query(live)).length > 0
}

function stale({ name }: IdentityProvider): Stale {
  return new Stale(
    `${name} was changed by someone else since you opened it, so nothing was saved; load it again and repeat your change`,
  )
}
