// Second factors of administrators and users: an authenticator app, passkeys, and recovery codes. This folder stores them and
// runs the ceremonies that enroll and check them. It doesn't decide who may add, use or remove one: src/administrators and
// src/sign-in do, and call it. It also hashes passwords. Start here, then read totp.ts and passkeys.ts.
import { type AuditContext, audited, record } from '#audit/record.ts'
import { NotFound } from '#errors.ts'
import type { Queryable, TenantTx } from '#platform/database/database.ts'
import { raw, sql } from '#platform/database/sql.ts'
import { type FactorOwner, type FactorOwnerId, ownedBy } from './factor-owner.ts'
import { type PasskeyTools, storePasskey, type VerifiedPasskey, verifyNewPasskey } from './passkeys.ts'
import { storeTotp, type TotpTools, type VerifiedTotp, verifyNewTotp } from './totp.ts'

export type FactorTools = TotpTools & PasskeyTools

/** What the page sends to complete an enrollment. */
export type EnrollmentAnswer =
  | { readonly enrolmentId: string; readonly code: string }
  | { readonly enrolmentId: string; readonly credential: object; readonly name: string }

export type VerifiedFactor = VerifiedTotp | VerifiedPasskey

export interface Factors {
  readonly totp: { readonly createdAt: Date; readonly lastUsedAt: Date | null } | null
  readonly passkeys: readonly Passkey[]
  readonly recoveryCodes: number
}

export interface Passkey {
  readonly id: string
  readonly name: string
  /** The host that it works on. */
  readonly rpId: string
  readonly createdAt: Date
  readonly lastUsedAt: Date | null
}

/**
 * Checks a new factor; it isn't stored yet. @throws {Invalid} the code or passkey is wrong @throws {Refused} the enrollment
 * expired
 */
export function verifyNewFactor(
  tools: FactorTools,
  tenantId: string,
  boundTo: string,
  enrolled: EnrollmentAnswer,
): Promise<VerifiedFactor> {
  return 'code' in enrolled
    ? verifyNewTotp(tools, tenantId, boundTo, enrolled)
    : verifyNewPasskey(tools, tenantId, boundTo, enrolled)
}

/** @throws {Conflict} */
export function storeFactor(
  tx: TenantTx,
  { seal }: Pick<FactorTools, 'seal'>,
  auditContext: AuditContext,
  holder: FactorOwner,
  proven: VerifiedFactor,
): Promise<void> {
  return proven.kind === 'totp'
    ? storeTotp(tx, seal, auditContext, holder, proven)
    : storePasskey(tx, auditContext, holder, proven)
}

/** @throws {NotFound} */
export async function deleteTotp(
  tx: TenantTx,
  auditContext: AuditContext,
  holder: FactorOwner,
): Promise<void> {
  const gone = sql`delete from factor_totp where ${ownedBy(holder)} and tenant_id = ${tx.tenantId} returning last_step`
  const change = { before: { kind: 'authenticator app' } }
  const fact = {
    action: 'delete',
    objectType: 'Factor',
    objectId: holder.id,
    objectName: holder.name,
    change,
  } as const
  if ((await tx.query(audited(auditContext, gone, fact))).length === 0)
    throw new NotFound('There is no authenticator app')
}

/** @throws {NotFound} */
export async function deletePasskey(
  tx: TenantTx,
  auditContext: AuditContext,
  holder: FactorOwner,
  id: string,
): Promise<void> {
  const gone = sql`delete from factor_passkey
    where id = ${id} and ${ownedBy(holder)} and tenant_id = ${tx.tenantId} returning name`
  const change = raw(
    `jsonb_build_object('before', jsonb_build_object('kind', 'passkey', 'name', changed.name))::text`,
  )
  const fact = {
    action: 'delete',
    objectType: 'Factor',
    objectId: id,
    objectName: holder.name,
    change,
  } as const
  if ((await tx.query(audited(auditContext, gone, fact))).length === 0)
    throw new NotFound('There is no such passkey')
}

/** Called when the last factor is removed: there is nothing left to recover. */
export async function deleteRecoveryCodes(tx: TenantTx, holder: FactorOwnerId): Promise<void> {
  await tx.query(
    sql`delete from factor_recovery_code where ${ownedBy(holder)} and tenant_id = ${tx.tenantId}`,
  )
}

/** Deletes all factors. @returns how many there were, not counting recovery codes */
export async function clearFactors(
  tx: TenantTx,
  auditContext: AuditContext,
  holder: FactorOwner,
): Promise<number> {
  const { totp, passkeys } = await readFactors(tx, tx.tenantId, holder)
  for (const table of ['factor_totp', 'factor_passkey', 'factor_recovery_code'])
    await tx.query(sql`delete from ${raw(table)} where ${ownedBy(holder)} and tenant_id = ${tx.tenantId}`)
  await record(tx, auditContext, {
    action: 'delete',
    objectType: 'Factor',
    objectId: holder.id,
    objectName: holder.name,
    change: { before: { authenticatorApp: totp !== null, passkeys: passkeys.map(({ name }) => name) } },
  })
  return passkeys.length + (totp ? 1 : 0)
}

/** Reads all factors in one statement. */
export async function readFactors(q: Queryable, tenantId: string, holder: FactorOwnerId): Promise<Factors> {
  const [found] = await q.query<Factors>(
    sql`select
      (select jsonb_build_object('createdAt', t.created_at, 'lastUsedAt', t.last_used_at) from factor_totp t
        where ${ownedBy(holder)} and t.tenant_id = ${tenantId}) as totp,
      (select coalesce(jsonb_agg(jsonb_build_object('id', p.id, 'name', p.name, 'rpId', p.rp_id,
          'createdAt', p.created_at, 'lastUsedAt', p.last_used_at) order by p.id), '[]')
        from factor_passkey p where ${ownedBy(holder)} and p.tenant_id = ${tenantId}) as passkeys,
      (select count(*)::integer from factor_recovery_code c
        where ${ownedBy(holder)} and c.tenant_id = ${tenantId}) as "recoveryCodes"`,
  )
  if (!found) throw new Error('factors were not answered')
  return {
    totp: found.totp && withDates(found.totp),
    passkeys: found.passkeys.map(withDates),
    recoveryCodes: found.recoveryCodes,
  }
}

/** JSON has times as text. */
function withDates<Row extends { createdAt: Date; lastUsedAt: Date | null }>(row: Row): Row {
  return {
    ...row,
    createdAt: new Date(row.createdAt),
    lastUsedAt: row.lastUsedAt && new Date(row.lastUsedAt),
  }
}

export function hasFactor({ totp, passkeys }: Factors): boolean {
  return totp !== null || passkeys.length > 0
}
