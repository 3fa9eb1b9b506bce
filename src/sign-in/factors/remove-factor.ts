// How an administrator removes one of a user's factors, such as a lost phone. `resetEnrolment` removes all of them.
import { type AuditContext, record } from '#audit/record.ts'
import { NotFound } from '#errors.ts'
import type { FactorOwner } from '#factors/factor-owner.ts'
import { deletePasskey, deleteRecoveryCodes, deleteTotp, hasFactor, readFactors } from '#factors/factors.ts'
import type { Database, TenantTx } from '#platform/database/database.ts'
import { sql } from '#platform/database/sql.ts'
import { lockUserName } from '../sessions/sign-in-user.ts'
import { deleteAddress } from './address-factors.ts'
import { forgetDevices } from './devices.ts'

/** `totp`, `email`, `phone`, or the id of a passkey. */
export type FactorName = string

/**
 * Removes one factor. Remembered browsers are forgotten, as the finder of a lost device could use them. Recovery codes go with
 * the last factor. Sessions stay. @throws {NotFound}
 */
export async function removeUserFactor(
  db: Database,
  auditContext: AuditContext,
  userId: string,
  factor: FactorName,
): Promise<void> {
  await db.transaction({ tenantId: auditContext.tenantId }, async (tx) => {
    const holder: FactorOwner = { kind: 'user', id: userId, name: await lockUserName(tx, userId) }
    if (factor === 'totp') await deleteTotp(tx, auditContext, holder)
    else if (factor === 'email' || factor === 'phone') {
      if (!(await deleteAddress(tx, auditContext, holder, factor)))
        throw new NotFound(`Codes by ${factor} are not set up`)
    } else await deletePasskey(tx, auditContext, holder, factor)
    await forgetDevices(tx, userId)
    if (!(await hasAnyFactor(tx, holder))) await deleteRecoveryCodes(tx, holder)
  })
}

/**
 * Forgets a user's remembered browsers: the next sign-in in each needs a factor again. Repeated calls change nothing. @throws
 * {NotFound}
 */
export async function forgetUserDevices(
  db: Database,
  auditContext: AuditContext,
  userId: string,
): Promise<void> {
  await db.transaction({ tenantId: auditContext.tenantId }, async (tx) => {
    const name = await lockUserName(tx, userId)
    const forgotten = await forgetDevices(tx, userId)
    if (forgotten === 0) return
    const change = { before: { rememberedBrowsers: forgotten }, after: { rememberedBrowsers: 0 } }
    await record(tx, auditContext, {
      action: 'update',
      objectType: 'User',
      objectId: userId,
      objectName: name,
      change,
    })
  })
}

async function hasAnyFactor(tx: TenantTx, holder: FactorOwner): Promise<boolean> {
  if (hasFactor(await readFactors(tx, tx.tenantId, holder))) return true
  const addresses = await tx.query(
    sql`select method from user_address_factor where user_id = ${holder.id} and tenant_id = ${tx.tenantId} limit 1`,
  )
  return addresses.length > 0
}
