// A tenant's identity providers: what they are, and whether they may provision and sign people in. This folder owns
// them, their credentials and the authentication of their requests; the people they bring are src/directory's. The
// portal, the command line and, by `authenticate`, the SCIM and OAuth doors call it.
import { randomUUIDv7 } from 'node:crypto'
import { audited, type Witness } from '#audit/record.ts'
import { Conflict, Invalid, NotFound, Refused } from '#errors.ts'
import type { Database, TenantTx } from '#platform/database.ts'
import { violatedIndex } from '#platform/database-errors.ts'
import type { Seal } from '#platform/seal.ts'
import { raw, type Sql, sql } from '#platform/sql.ts'
import { fingerprintOf } from './certificates.ts'
import { type IssuedCredentials, issueCredentials } from './credentials.ts'
import { type Details, type GivenDetails, missingDetails, readDetails } from './details.ts'
import type { Mapping } from './mapping.ts'

export type ProviderType = 'local' | 'saml' | 'oidc'
export type Mode = 'lenient' | 'strict'
export type Mfa = 'mandatory' | 'none' | 'external'
export type Enroll = 'admin' | 'self'
export type Activation = 'automatic' | 'manual'

export interface IdentityProvider {
  readonly id: string
  readonly tenantId: string
  readonly name: string
  readonly type: ProviderType
  readonly enabled: boolean
  readonly autoProvisioning: boolean
  readonly mode: Mode
  readonly mfa: Mfa
  readonly enroll: Enroll
  readonly activation: Activation
  readonly uniqueGroupNames: boolean
  readonly details: Details
  readonly hasClientSecret: boolean
  /** null: the defaults of its type. */
  readonly mapping: Mapping | null
  readonly createdAt: Date
  readonly changedAt: Date
  /** When a SCIM request last succeeded. */
  readonly lastSyncAt: Date | null
}

export interface NewIdentityProvider {
  readonly name: string
  readonly type: ProviderType
  readonly details?: GivenDetails | undefined
  readonly autoProvisioning?: boolean | undefined
  readonly mode?: Mode | undefined
  readonly mfa?: Mfa | undefined
  readonly enroll?: Enroll | undefined
  readonly activation?: Activation | undefined
  readonly uniqueGroupNames?: boolean | undefined
  readonly mapping?: Mapping | undefined
}

/** An identity provider, and the credentials that the change made, if it made some. */
export interface Provided {
  readonly provider: IdentityProvider
  readonly credentials?: IssuedCredentials
}

const NAME_CHARACTERS = 100
const LOCAL_NAME = 'Local'

/**
 * Makes an identity provider; with auto-provisioning on, its first SCIM credentials too.
 * @param seal needed when `details` hold a client secret
 * @throws {Invalid} names the field @throws {Conflict} the tenant has one of this name
 */
export async function createIdentityProvider(
  db: Database,
  witness: Witness,
  input: NewIdentityProvider,
  seal?: Seal,
): Promise<Provided> {
  if (input.type === 'local') throw new Invalid('type', 'must be saml or oidc; the local one is always there')
  const fresh = newProvider(input, randomUUIDv7())
  if (fresh.autoProvisioning)
    demandDetails(input.type, fresh.details, input.details?.clientSecret !== undefined)
  const sealed = sealSecret(seal, witness.tenantId, fresh.id, input.details?.clientSecret)
  return db.transaction({ tenantId: witness.tenantId }, async (tx) => {
    await insert(tx, witness, fresh, sealed)
    const credentials = fresh.autoProvisioning ? await issueCredentials(tx, witness, fresh) : undefined
    const provider = await read(tx, fresh.id)
    return { provider, ...(credentials && { credentials }) }
  })
}

/** Makes the tenant's own, local identity provider where it is not there yet. */
export async function ensureLocalIdentityProvider(db: Database, witness: Witness): Promise<void> {
  const { tenantId } = witness
  const present = () =>
    db.run({ tenantId }, sql`select from identity_provider where type = 'local' and tenant_id = ${tenantId}`)
  if ((await present()).length > 0) return
  const fresh = newProvider({ name: LOCAL_NAME, type: 'local' }, randomUUIDv7())
  try {
    await db.transaction({ tenantId }, (tx) => insert(tx, witness, fresh, null))
  } catch (error) {
    // Another process made it in this moment; its name is the tenant's only one of this kind.
    if (!(error instanceof Conflict) || (await present()).length === 0) throw error
  }
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

/** Switches sign-in and provisioning on or off; from the next request on, on every process. @throws {NotFound} */
export function setEnabled(
  db: Database,
  witness: Witness,
  idpId: string,
  enabled: boolean,
): Promise<IdentityProvider> {
  return change(db, witness, idpId, (tx, now) => setField(tx, witness, now, 'enabled', enabled))
}

/**
 * Switches provisioning on or off. People stay when it goes off, and are taken up again when it comes back. The first
 * time it is switched on, credentials are made.
 * @throws {NotFound} {Refused} {Invalid} `autoProvisioning` while sign-in details are missing
 */
export async function setAutoProvisioning(
  db: Database,
  witness: Witness,
  idpId: string,
  on: boolean,
): Promise<Provided> {
  let credentials: IssuedCredentials | undefined
  const provider = await change(db, witness, idpId, async (tx, now) => {
    credentials = undefined
    if (on) demandDetails(now.type, now.details, now.hasClientSecret)
    await setField(tx, witness, now, 'autoProvisioning', on)
    if (on && !(await hasCredentials(tx, idpId))) credentials = await issueCredentials(tx, witness, now)
  })
  return { provider, ...(credentials && { credentials }) }
}

/** How its messages are read; from the next request on, on every process. @throws {NotFound} */
export function setMode(
  db: Database,
  witness: Witness,
  idpId: string,
  mode: Mode,
): Promise<IdentityProvider> {
  return change(db, witness, idpId, (tx, now) => setField(tx, witness, now, 'mode', mode))
}

/**
 * Removes an identity provider with its credentials: its next request is answered by 401. Its users and groups are out
 * of reach from then on; src/directory/purge.ts takes them away.
 * @throws {NotFound} {Refused} for the local one
 */
export async function deleteIdentityProvider(db: Database, witness: Witness, idpId: string): Promise<void> {
  await db.transaction({ tenantId: witness.tenantId }, async (tx) => {
    const now = await lock(tx, idpId)
    if (now.type === 'local') throw new Refused('The local identity provider cannot be deleted')
    await tx.query(
      sql`delete from last_seen where tenant_id = ${tx.tenantId} and (subject_id = ${idpId} or subject_id in
        (select id from scim_credential where idp_id = ${idpId} and tenant_id = ${tx.tenantId}
          union all select id from client_key where idp_id = ${idpId} and tenant_id = ${tx.tenantId}))`,
    )
    const removal = sql`delete from identity_provider where id = ${idpId} and tenant_id = ${tx.tenantId} returning id`
    const before = {
      name: now.name,
      type: now.type,
      enabled: now.enabled,
      autoProvisioning: now.autoProvisioning,
    }
    await tx.query(audited(witness, removal, { action: 'delete', ...named(now), change: { before } }))
  })
}

const COLUMNS = raw(`i.id, i.tenant_id as "tenantId", i.name, i.type, i.enabled,
    i.auto_provisioning as "autoProvisioning", i.mode, i.mfa, i.enroll, i.activation,
    i.unique_group_names as "uniqueGroupNames", i.details, i.client_secret is not null as "hasClientSecret", i.mapping,
    i.created_at as "createdAt", i.changed_at as "changedAt"`)

function select(tenantId: string, condition: Sql): Sql {
  return sql`select ${COLUMNS}, s.at as "lastSyncAt" from identity_provider i
    left join last_seen s on s.subject_id = i.id and s.tenant_id = i.tenant_id
    where i.tenant_id = ${tenantId} and ${condition} order by i.id`
}

async function read(tx: TenantTx, idpId: string): Promise<IdentityProvider> {
  const [provider] = await tx.query<IdentityProvider>(select(tx.tenantId, sql`i.id = ${idpId}`))
  if (!provider) throw new NotFound(`There is no identity provider ${idpId}`)
  return provider
}

async function lock(tx: TenantTx, idpId: string): Promise<IdentityProvider> {
  const held = sql`select id from identity_provider where id = ${idpId} and tenant_id = ${tx.tenantId} for update`
  await tx.query(held)
  return read(tx, idpId)
}

function change(
  db: Database,
  witness: Witness,
  idpId: string,
  work: (tx: TenantTx, now: IdentityProvider) => Promise<void>,
): Promise<IdentityProvider> {
  return db.transaction({ tenantId: witness.tenantId }, async (tx) => {
    await work(tx, await lock(tx, idpId))
    return read(tx, idpId)
  })
}

const FIELD_COLUMNS = {
  enabled: raw('enabled'),
  autoProvisioning: raw('auto_provisioning'),
  mode: raw('mode'),
}

/** Set to what it is, nothing is written. */
async function setField<Field extends keyof typeof FIELD_COLUMNS>(
  tx: TenantTx,
  witness: Witness,
  now: IdentityProvider,
  field: Field,
  value: IdentityProvider[Field],
): Promise<void> {
  if (now[field] === value) return
  const update = sql`update identity_provider set ${FIELD_COLUMNS[field]} = ${value}
    where id = ${now.id} and tenant_id = ${tx.tenantId} returning id`
  const difference = { before: { [field]: now[field] }, after: { [field]: value } }
  await tx.query(audited(witness, update, { action: 'update', ...named(now), change: difference }))
}

function named({ id, name }: { readonly id: string; readonly name: string }) {
  return { objectType: 'IdentityProvider', objectId: id, objectName: name } as const
}

function newProvider(input: NewIdentityProvider, id: string) {
  return {
    id,
    name: readName(input.name),
    type: input.type,
    autoProvisioning: input.autoProvisioning ?? false,
    mode: input.mode ?? 'lenient',
    mfa: input.mfa ?? 'mandatory',
    enroll: input.enroll ?? 'admin',
    activation: input.activation ?? 'automatic',
    uniqueGroupNames: input.uniqueGroupNames ?? true,
    details: readDetails(input.type, input.details ?? {}),
    mapping: input.mapping ?? null,
  }
}

async function insert(
  tx: TenantTx,
  witness: Witness,
  fresh: ReturnType<typeof newProvider>,
  clientSecret: Buffer | null,
): Promise<void> {
  const { id, mapping } = fresh
  const statement = sql`insert into identity_provider (id, tenant_id, name, type, auto_provisioning, mode, mfa, enroll,
      activation, unique_group_names, details, client_secret, mapping)
    values (${id}, ${tx.tenantId}, ${fresh.name}, ${fresh.type}, ${fresh.autoProvisioning}, ${fresh.mode}, ${fresh.mfa},
      ${fresh.enroll}, ${fresh.activation}, ${fresh.uniqueGroupNames}, ${JSON.stringify(fresh.details)},
      ${clientSecret}, ${mapping && JSON.stringify(mapping)}) returning id`
  try {
    await tx.query(
      audited(witness, statement, {
        action: 'create',
        ...named(fresh),
        change: { after: auditedForm(fresh) },
      }),
    )
  } catch (error) {
    if (violatedIndex(error) !== 'identity_provider_name') throw error
    throw new Conflict('name', `There is an identity provider ${fresh.name} already`)
  }
}

/** Certificates by their fingerprints: what an administrator compares, and short. */
function auditedForm({ id: _, mapping, details, ...shown }: ReturnType<typeof newProvider>): object {
  const { certificates, ...plain } = details
  const fingerprints = certificates && { certificates: certificates.map(fingerprintOf) }
  return { ...shown, details: { ...plain, ...fingerprints }, ...(mapping && { mapping }) }
}

async function hasCredentials(tx: TenantTx, idpId: string): Promise<boolean> {
  const live = sql`select from scim_credential where idp_id = ${idpId} and tenant_id = ${tx.tenantId}
    and retired_at is null and (expires_at is null or expires_at > now()) limit 1`
  return (await tx.query(live)).length > 0
}

function readName(text: string): string {
  const name = text.trim().normalize('NFC')
  if (name === '') throw new Invalid('name', 'must not be empty')
  if (name.length > NAME_CHARACTERS)
    throw new Invalid('name', `must have at most ${NAME_CHARACTERS} characters`)
  if (/\p{C}/u.test(name)) throw new Invalid('name', 'must hold no control characters')
  return name
}

function demandDetails(type: ProviderType, details: Details, hasClientSecret: boolean): void {
  if (type === 'local') throw new Refused('The local identity provider has no auto-provisioning')
  const missing = missingDetails(type, details, hasClientSecret)
  if (missing.length === 0) return
  throw new Invalid(
    'autoProvisioning',
    `cannot be switched on while sign-in details are missing: ${missing.join(', ')}`,
  )
}

function sealSecret(
  seal: Seal | undefined,
  tenantId: string,
  id: string,
  secret: string | undefined,
): Buffer | null {
  if (secret === undefined) return null
  if (!seal) throw new Error('a client secret was given without the means to seal it')
  return seal.seal(secret, { tenantId, column: 'identity_provider.client_secret', row: id })
}
