// Email addresses and phone numbers that receive one-time codes, stored as factors with their audit events.
import { type AuditContext, audited } from '#audit/record.ts'
import type { FactorOwner } from '#factors/factor-owner.ts'
import type { TenantTx } from '#platform/database/database.ts'
import { sql } from '#platform/database/sql.ts'
import type { CodeMethod } from './codes.ts'

const KIND: Record<CodeMethod, string> = { email: 'e-mail code', phone: 'phone code' }

/**
 * Stores an address in place of the previous one. @param address stored for `phone` only; codes by mail go to the address in
 * the profile
 */
export async function storeAddress(
  tx: TenantTx,
  auditContext: AuditContext,
  { id, name }: FactorOwner,
  method: CodeMethod,
  address: string,
): Promise<void> {
  const insert = sql`insert into user_address_factor (user_id, method, tenant_id, phone)
    values (${id}, ${method}, ${tx.tenantId}, ${method === 'phone' ? address : null})
    on conflict (user_id, method) do update set phone = excluded.phone, created_at = now(), last_used_at = null
    returning method`
  const fact = { action: 'create', objectType: 'Factor', objectId: id, objectName: name } as const
  await tx.query(audited(auditContext, insert, { ...fact, change: { after: { kind: KIND[method] } } }))
}

/** @returns whether there was one */
export async function deleteAddress(
  tx: TenantTx,
  auditContext: AuditContext,
  { id, name }: FactorOwner,
  method: CodeMethod,
): Promise<boolean> {
  const gone = sql`delete from user_address_factor where user_id = ${id} and method = ${method}
    and tenant_id = ${tx.tenantId} returning method`
  const fact = { action: 'delete', objectType: 'Factor', objectId: id, objectName: name } as const
  const rows = await tx.query(
    audited(auditContext, gone, { ...fact, change: { before: { kind: KIND[method] } } }),
  )
  return rows.length > 0
}
