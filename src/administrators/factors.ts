// Rules for adding and removing an administrator's second factors. Storing and checking factors is done in
// src/factors.
import type { AuditContext } from '#audit/record.ts'
import { NotFound, Refused } from '#errors.ts'
import type { FactorOwner, FactorOwnerId } from '#factors/factor-owner.ts'
import * as kept from '#factors/factors.ts'
import { type Factors, type FactorTools, hasFactor, type VerifiedFactor } from '#factors/factors.ts'
import { issueRecoveryCodes } from '#factors/recovery-codes.ts'
import type { Queryable, TenantTx } from '#platform/database/database.ts'
import { sql } from '#platform/database/sql.ts'
import { readPlainName } from '#tenancy/rules.ts'

export interface Owner {
  readonly id: string
  readonly email: string
}

/** The answer that completes an enrollment, as the page sends it. */
export type Enrolled =
  | { readonly enrolmentId: string; readonly code: string }
  | { readonly enrolmentId: string; readonly credential: object; readonly name?: string }

export function administratorId(id: string): FactorOwnerId {
  return { kind: 'administrator', id }
}

export function holderOf({ id, email }: Owner): FactorOwner {
  return { kind: 'administrator', id, name: email }
}

/**
 * Checks the answer to an enrollment.
 * @throws {Invalid} if it is wrong
 * @throws {Refused} if the enrollment has ended
 */
export function proveNewFactor(
  tools: FactorTools,
  tenantId: string,
  boundTo: string,
  enrolled: Enrolled,
): Promise<VerifiedFactor> {
  const named =
    'code' in enrolled ? enrolled : { ...enrolled, name: readPlainName(enrolled.name ?? 'Passkey') }
  return kept.verifyNewFactor(tools, tenantId, boundTo, named)
}

/** Stores a new factor. @returns recovery codes, if this is the first factor */
export async function addFactor(
  tx: TenantTx,
  tools: FactorTools,
  auditContext: AuditContext,
  owner: Owner,
  proven: VerifiedFactor,
): Promise<string[] | undefined> {
  await lockAdministrator(tx, owner.id)
  const isFirst = !hasFactor(await readFactors(tx, tx.tenantId, owner.id))
  await kept.storeFactor(tx, tools, auditContext, holderOf(owner), proven)
  return isFirst ? issueRecoveryCodes(tx, auditContext, holderOf(owner)) : undefined
}

/** Removes the authenticator app. @throws {NotFound} @throws {Refused} if what is left isn't enough to sign in */
export async function removeTotp(tx: TenantTx, auditContext: AuditContext, owner: Owner): Promise<void> {
  await lockAdministrator(tx, owner.id)
  await kept.deleteTotp(tx, auditContext, holderOf(owner))
  await demandEnough(tx, owner.id)
}

/** Removes a passkey. @throws {NotFound} @throws {Refused} if what is left isn't enough to sign in */
export async function removePasskey(
  tx: TenantTx,
  auditContext: AuditContext,
  owner: Owner,
  id: string,
): Promise<void> {
  await lockAdministrator(tx, owner.id)
  await kept.deletePasskey(tx, auditContext, holderOf(owner), id)
  await demandEnough(tx, owner.id)
}

/**
 * Locks the account until the transaction ends, so that changes of password and factors are checked against each
 * other.
 * @throws {NotFound}
 */
export async function lockAdministrator(
  tx: TenantTx,
  id: string,
): Promise<{ readonly securityVersion: string }> {
  const [found] = await tx.query<{ securityVersion: string }>(
    sql`select security_version as "securityVersion" from administrator
      where id = ${id} and tenant_id = ${tx.tenantId} for update`,
  )
  if (!found) throw new NotFound('There is no such administrator')
  return found
}

/**
 * Checks what is left after a factor was removed: a short password needs a second factor. Without any factor, the
 * recovery codes are deleted.
 * @throws {Refused}
 */
async function demandEnough(tx: TenantTx, id: string): Promise<void> {
  if (hasFactor(await readFactors(tx, tx.tenantId, id))) return
  const [{ isLong, hasPassword } = { isLong: false, hasPassword: false }] = await tx.query<{
    isLong: boolean
    hasPassword: boolean
  }>(
    sql`select password_is_long as "isLong", password_hash is not null as "hasPassword" from administrator
      where id = ${id} and tenant_id = ${tx.tenantId}`,
  )
  if (!hasPassword)
    throw new Refused(
      'You have no password, so you could not sign in without this factor. Add another first.',
    )
  if (!isLong)
    throw new Refused(
      'Your password has fewer than 15 characters, so it needs a second factor. Choose a longer password first, or add another factor.',
    )
  await kept.deleteRecoveryCodes(tx, administratorId(id))
}

export function readFactors(q: Queryable, tenantId: string, id: string): Promise<Factors> {
  return kept.readFactors(q, tenantId, administratorId(id))
}
