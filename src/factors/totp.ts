// Time-based one-time codes (TOTP). The secret is stored sealed. Each code is accepted once, even by simultaneous requests.
import { Secret, TOTP } from 'otpauth'
import { type AuditContext, audited } from '#audit/record.ts'
import { Conflict, Invalid } from '#errors.ts'
import type { Clock } from '#platform/clock.ts'
import type { Place, Seal } from '#platform/crypto/seal.ts'
import type { Database, TenantTx } from '#platform/database/database.ts'
import { violatedIndex } from '#platform/database/errors.ts'
import { sql } from '#platform/database/sql.ts'
import { beginCeremony, endCeremony, readCeremony } from './ceremonies.ts'
import { type FactorOwner, type FactorOwnerId, ownedBy, ownerValues } from './factor-owner.ts'

export interface TotpTools {
  readonly db: Database
  readonly seal: Seal
  readonly clock: Clock
}

/** What the user enters in an authenticator app. */
export interface TotpEnrollment {
  readonly enrolmentId: string
  /** Base32. */
  readonly secret: string
  /** `otpauth://totp/…`, for a QR code. */
  readonly uri: string
}

/** A secret whose first code was right; it isn't stored yet. */
export interface VerifiedTotp {
  readonly kind: 'totp'
  readonly enrolmentId: string
  readonly secret: string
  readonly step: number
}

const SECRET_BYTES = 20 // RFC 4226 §4 recommends 160 bits
const PERIOD_SECONDS = 30
/** The previous and next code are accepted, too: clocks differ, and typing takes time. */
const WINDOW = 1

export async function beginTotp(
  { db, seal }: TotpTools,
  tenantId: string,
  boundTo: string,
  label: string,
): Promise<TotpEnrollment> {
  const secret = new Secret({ size: SECRET_BYTES })
  const enrolmentId = await beginCeremony(db, { tenantId, kind: 'totp', boundTo }, (id) =>
    seal.seal(secret.base32, { tenantId, column: 'factor_ceremony.content', row: id }),
  )
  return { enrolmentId, ...totpSecret(secret.base32, label) }
}

/** Shows an enrollment again, after a mistyped code. @throws {Refused} it expired */
export async function showTotp(
  { db, seal }: TotpTools,
  tenantId: string,
  boundTo: string,
  enrolmentId: string,
  label: string,
): Promise<TotpEnrollment> {
  const content = await readCeremony(db, { tenantId, kind: 'totp', boundTo }, enrolmentId)
  const secret = seal.open(content, { tenantId, column: 'factor_ceremony.content', row: enrolmentId })
  return { enrolmentId, ...totpSecret(secret, label) }
}

function totpSecret(secret: string, label: string): Pick<TotpEnrollment, 'secret' | 'uri'> {
  return { secret, uri: totpOf(secret, label).toString() }
}

/** Checks the first code of an enrollment. @throws {Invalid} `code` @throws {Refused} the enrollment expired */
export async function verifyNewTotp(
  { db, seal, clock }: TotpTools,
  tenantId: string,
  boundTo: string,
  { enrolmentId, code }: { readonly enrolmentId: string; readonly code: string },
): Promise<VerifiedTotp> {
  const content = await readCeremony(db, { tenantId, kind: 'totp', boundTo }, enrolmentId)
  const secret = seal.open(content, { tenantId, column: 'factor_ceremony.content', row: enrolmentId })
  const step = stepOf(secret, code, clock())
  if (step === undefined)
    throw new Invalid('code', 'is not the one that the app shows now. Check the time of your device')
  return { kind: 'totp', enrolmentId, secret, step }
}

export async function storeTotp(
  tx: TenantTx,
  seal: Seal,
  auditContext: AuditContext,
  holder: FactorOwner,
  { enrolmentId, secret, step }: VerifiedTotp,
): Promise<void> {
  await endCeremony(tx, enrolmentId)
  const sealed = seal.seal(secret, placeOf(tx.tenantId, holder))
  const insert = sql`insert into factor_totp (administrator_id, user_id, tenant_id, secret, last_step)
    values (${ownerValues(holder)}, ${tx.tenantId}, ${sealed}, ${step}) returning last_step`
  const change = { after: { kind: 'authenticator app' } }
  const fact = {
    action: 'create',
    objectType: 'Factor',
    objectId: holder.id,
    objectName: holder.name,
    change,
  } as const
  try {
    await tx.query(audited(auditContext, insert, fact))
  } catch (error) {
    if (!violatedIndex(error)?.startsWith('factor_totp_')) throw error
    throw new Conflict('code', 'There is already an authenticator app. Remove it first.')
  }
}

/** Uses up a code. @returns whether it was right and unused */
export async function consumeTotpCode(
  { db, seal, clock }: TotpTools,
  tenantId: string,
  holder: FactorOwnerId,
  code: string,
): Promise<boolean> {
  const [kept] = await db.run<{ secret: Buffer }>(
    { tenantId },
    sql`select secret from factor_totp where ${ownedBy(holder)} and tenant_id = ${tenantId}`,
  )
  if (!kept) return false
  const step = stepOf(seal.open(kept.secret, placeOf(tenantId, holder)), code, clock())
  if (step === undefined) return false
  const used = await db.run(
    { tenantId },
    sql`update factor_totp set last_step = ${step}, last_used_at = now()
      where ${ownedBy(holder)} and tenant_id = ${tenantId} and last_step < ${step} returning last_step`,
  )
  return used.length > 0
}

/** Returns the time step of a code; undefined: it is wrong. @see RFC 6238 §5.2 */
function stepOf(secret: string, code: string, now: Date): number | undefined {
  const token = code.replace(/\s/g, '')
  if (!/^\d{6}$/.test(token)) return undefined
  const delta = totpOf(secret, '').validate({ token, timestamp: now.getTime(), window: WINDOW })
  return delta === null ? undefined : Math.floor(now.getTime() / 1_000 / PERIOD_SECONDS) + delta
}

function totpOf(secret: string, label: string): TOTP {
  return new TOTP({ issuer: 'Doorlist', label, secret: Secret.fromBase32(secret), period: PERIOD_SECONDS })
}

function placeOf(tenantId: string, { id }: FactorOwnerId): Place {
  return { tenantId, column: 'factor_totp.secret', row: id }
}
