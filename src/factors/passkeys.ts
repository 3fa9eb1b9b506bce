// Passkeys (WebAuthn). The device verifies the user (fingerprint, face or PIN), so a passkey counts as two factors. The browser
// binds it to the public URL's host. Each challenge is stored and accepted once.
import { randomUUIDv7 } from 'node:crypto'
import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server'
import { type AuditContext, audited } from '#audit/record.ts'
import { Conflict, Invalid, Refused } from '#errors.ts'
import { type Database, SYSTEM, type TenantTx } from '#platform/database/database.ts'
import { violatedIndex } from '#platform/database/errors.ts'
import { sql } from '#platform/database/sql.ts'
import { beginCeremony, type CeremonyKey, consumeCeremony } from './ceremonies.ts'
import { type FactorOwner, type FactorOwnerId, ownedBy, ownerValues } from './factor-owner.ts'
import { type RelyingParty, relyingParty } from './relying-party.ts'

/** Loaded when first needed: a process that only serves SCIM doesn't need its 270 modules. */
const webauthn = () => import('@simplewebauthn/server')

export interface PasskeyTools {
  readonly db: Database
  readonly publicUrl: () => string
}

/** A verified passkey that isn't stored yet. */
export interface VerifiedPasskey {
  readonly kind: 'passkey'
  readonly name: string
  readonly rpId: string
  readonly credentialId: string
  readonly publicKey: Uint8Array
  readonly signCount: number
  readonly transports: readonly string[]
}

interface StoredPasskey {
  readonly id: string
  readonly tenantId: string
  readonly administratorId: string | null
  readonly userId: string | null
  readonly credentialId: string
  readonly publicKey: Buffer
  readonly signCount: string
}

// ES256 and RS256, which authenticators support. Without a list, the library probes for others.
const ALGORITHMS = [-7, -257]
const MOST_PASSKEYS = 20

/** @throws {Refused} passkeys don't work at the public URL */
function requireRelyingParty(publicUrl: string): RelyingParty {
  const party = relyingParty(publicUrl)
  if ('unavailable' in party) throw new Refused(party.unavailable)
  return party
}

/** The user or administrator that a passkey is created for. */
export interface PasskeyUser {
  /** Undefined for an administrator who doesn't exist yet. */
  readonly holder?: FactorOwnerId
  readonly name: string
  readonly displayName: string
}

/**
 * Begins an enrollment. @returns the options for `navigator.credentials.create`, and the id of the stored challenge @throws
 * {Refused} passkeys don't work here, or there are too many
 */
export async function beginPasskey(
  { db, publicUrl }: PasskeyTools,
  tenantId: string,
  boundTo: string,
  { holder, name, displayName }: PasskeyUser,
) {
  const { rpId } = requireRelyingParty(publicUrl())
  const known = holder === undefined ? [] : await listCredentials(db, tenantId, holder, rpId)
  if (known.length >= MOST_PASSKEYS)
    throw new Refused(`There are ${MOST_PASSKEYS} passkeys already; remove one first`)
  const { generateRegistrationOptions } = await webauthn()
  const options = await generateRegistrationOptions({
    rpName: 'Doorlist',
    rpID: rpId,
    userName: name,
    userDisplayName: displayName,
    ...(holder !== undefined && { userID: Buffer.from(holder.id.replaceAll('-', ''), 'hex') }),
    attestationType: 'none',
    excludeCredentials: known,
    authenticatorSelection: {
      // Administrators may sign in with a passkey alone; a user's would be offered there in vain.
      residentKey: holder?.kind === 'user' ? 'discouraged' : 'preferred',
      userVerification: 'required',
    },
    supportedAlgorithmIDs: ALGORITHMS,
  })
  const place = { tenantId, kind: 'passkey', boundTo } as const
  const enrolmentId = await beginCeremony(db, place, () => Buffer.from(options.challenge))
  return { enrolmentId, options }
}

/** Checks a new passkey. @throws {Invalid} `credential` @throws {Refused} the ceremony expired */
export async function verifyNewPasskey(
  { db, publicUrl }: PasskeyTools,
  tenantId: string,
  boundTo: string,
  input: { readonly enrolmentId: string; readonly credential: object; readonly name: string },
): Promise<VerifiedPasskey> {
  const { rpId, origin } = requireRelyingParty(publicUrl())
  const challenge = await consumeCeremony(db, { tenantId, kind: 'passkey', boundTo }, input.enrolmentId)
  const { verifyRegistrationResponse } = await webauthn()
  const verification = await verifyRegistrationResponse({
    response: input.credential as RegistrationResponseJSON,
    expectedChallenge: challenge.toString(),
    expectedOrigin: origin,
    expectedRPID: rpId,
    requireUserVerification: true,
    supportedAlgorithmIDs: ALGORITHMS,
  }).catch(() => undefined)
  if (!verification?.verified) throw new Invalid('credential', 'was not created for this site just now')
  const { id, publicKey, counter, transports } = verification.registrationInfo.credential
  return {
    kind: 'passkey',
    name: input.name,
    rpId,
    credentialId: id,
    publicKey,
    signCount: counter,
    transports: knownTransports(transports),
  }
}

/** @see https://www.w3.org/TR/webauthn-3/#enum-transport */
const TRANSPORTS: readonly string[] = ['ble', 'cable', 'hybrid', 'internal', 'nfc', 'smart-card', 'usb']

/** Returns the known transports. The library doesn't check them; they are only a hint, so unknown ones are dropped. */
function knownTransports(said: unknown): string[] {
  return Array.isArray(said) ? TRANSPORTS.filter((known) => said.includes(known)) : []
}

export async function storePasskey(
  tx: TenantTx,
  auditContext: AuditContext,
  holder: FactorOwner,
  passkey: VerifiedPasskey,
): Promise<void> {
  const { name, rpId, credentialId, publicKey, signCount, transports } = passkey
  const id = randomUUIDv7()
  const insert = sql`insert into factor_passkey
      (id, tenant_id, administrator_id, user_id, credential_id, rp_id, public_key, sign_count, transports, name)
    values (${id}, ${tx.tenantId}, ${ownerValues(holder)}, ${credentialId}, ${rpId}, ${Buffer.from(publicKey)}, ${signCount},
      ${transports}, ${name}) returning id`
  const change = { after: { kind: 'passkey', name } }
  const fact = {
    action: 'create',
    objectType: 'Factor',
    objectId: id,
    objectName: holder.name,
    change,
  } as const
  try {
    await tx.query(audited(auditContext, insert, fact))
  } catch (error) {
    if (violatedIndex(error) !== 'factor_passkey_credential') throw error
    throw new Conflict('credential', 'This passkey is already registered.')
  }
}

/**
 * Begins a challenge. @returns the options for `navigator.credentials.get`, and the id of the stored challenge @param holder
 * undefined: any passkey
 */
export async function beginAssertion(
  { db, publicUrl }: PasskeyTools,
  tenantId: string | undefined,
  boundTo: string,
  holder?: FactorOwnerId,
) {
  const { rpId } = requireRelyingParty(publicUrl())
  const allowed =
    tenantId !== undefined && holder !== undefined
      ? { allowCredentials: await listCredentials(db, tenantId, holder, rpId) }
      : {}
  const { generateAuthenticationOptions } = await webauthn()
  const options = await generateAuthenticationOptions({
    rpID: rpId,
    userVerification: 'required',
    ...allowed,
  })
  const place: CeremonyKey = { tenantId, kind: 'assertion', boundTo }
  const ceremonyId = await beginCeremony(db, place, () => Buffer.from(options.challenge))
  return { ceremonyId, options }
}

export interface PasskeyAssertion {
  readonly ceremonyId: string
  readonly credential: object
}

/** The owner of a verified passkey, and which one it is. */
export interface VerifiedOwner {
  readonly tenantId: string
  readonly holder: FactorOwnerId
  readonly passkeyId: string
}

/** Verifies a passkey's answer. @returns undefined when it is wrong @throws {Refused} the ceremony expired */
export async function verifyPasskey(
  { db, publicUrl }: PasskeyTools,
  tenantId: string | undefined,
  boundTo: string,
  { ceremonyId, credential }: PasskeyAssertion,
): Promise<VerifiedOwner | undefined> {
  const { rpId, origin } = requireRelyingParty(publicUrl())
  const challenge = await consumeCeremony(db, { tenantId, kind: 'assertion', boundTo }, ceremonyId)
  const response = credential as AuthenticationResponseJSON
  const { verifyAuthenticationResponse } = await webauthn()
  for (const kept of await findPasskeys(db, tenantId, response.id, rpId)) {
    const verification = await verifyAuthenticationResponse({
      response,
      expectedChallenge: challenge.toString(),
      expectedOrigin: origin,
      expectedRPID: rpId,
      credential: {
        id: kept.credentialId,
        publicKey: Uint8Array.from(kept.publicKey),
        counter: Number(kept.signCount),
      },
      requireUserVerification: true,
    }).catch(() => undefined)
    if (!verification?.verified) continue
    await recordPasskeyUse(db, kept, verification.authenticationInfo.newCounter)
    return { tenantId: kept.tenantId, holder: ownerOf(kept), passkeyId: kept.id }
  }
  return undefined
}

function ownerOf({ administratorId, userId }: StoredPasskey): FactorOwnerId {
  return administratorId === null
    ? { kind: 'user', id: userId ?? '' }
    : { kind: 'administrator', id: administratorId }
}

/** At most 1,023 bytes, in base64url. */
const CREDENTIAL_ID = /^[\w-]{1,1364}$/

/** The most passkeys with the same id in all tenants. Newer ones are deliberate copies. */
const MOST_OF_ONE_ID = 5

/**
 * Returns the passkeys that can have answered, the oldest first. In a tenant there is at most one. Without a tenant, an
 * administrator signs in; the authenticator chose the id, and the signature decides which passkey it is.
 */
async function findPasskeys(
  db: Database,
  tenantId: string | undefined,
  credentialId: unknown,
  rpId: string,
): Promise<StoredPasskey[]> {
  if (typeof credentialId !== 'string' || !CREDENTIAL_ID.test(credentialId)) return []
  const whose = tenantId === undefined ? sql`administrator_id is not null` : sql`tenant_id = ${tenantId}`
  return db.run<StoredPasskey>(
    tenantId === undefined ? SYSTEM : { tenantId },
    sql`select id, tenant_id as "tenantId", administrator_id as "administratorId",
        user_id as "userId", credential_id as "credentialId",
        public_key as "publicKey", sign_count as "signCount"
      from factor_passkey where credential_id = ${credentialId} and rp_id = ${rpId} and ${whose}
      order by id limit ${MOST_OF_ONE_ID}`,
  )
}

async function recordPasskeyUse(
  db: Database,
  { id, tenantId }: StoredPasskey,
  signCount: number,
): Promise<void> {
  await db.run(
    { tenantId },
    sql`update factor_passkey set sign_count = greatest(sign_count, ${signCount}), last_used_at = now()
      where id = ${id} and tenant_id = ${tenantId}`,
  )
}

function listCredentials(
  db: Database,
  tenantId: string,
  holder: FactorOwnerId,
  rpId: string,
): Promise<{ id: string; transports: string[] }[]> {
  return db.run<{ id: string; transports: string[] }>(
    { tenantId },
    sql`select credential_id as id, transports from factor_passkey
      where ${ownedBy(holder)} and tenant_id = ${tenantId} and rp_id = ${rpId} order by id`,
  )
}
