// Recovery codes, for users who lost their other factors: ten codes of 80 random bits, shown once, each valid once.
import { hash, randomBytes } from 'node:crypto'
import { type AuditContext, audited, record } from '#audit/record.ts'
import type { Database, TenantTx } from '#platform/database/database.ts'
import { sql } from '#platform/database/sql.ts'
import { type FactorOwner, ownedBy, ownerValues } from './factor-owner.ts'

const CODES = 10
const BYTES = 10
/** Crockford's base 32, which has no characters that look alike. */
const LETTERS = '0123456789abcdefghjkmnpqrstvwxyz'

/** Replaces all recovery codes. @returns the codes, which are shown only once */
export async function issueRecoveryCodes(
  tx: TenantTx,
  auditContext: AuditContext,
  holder: FactorOwner,
): Promise<string[]> {
  const codes = Array.from({ length: CODES }, newCode)
  await tx.query(
    sql`delete from factor_recovery_code where ${ownedBy(holder)} and tenant_id = ${tx.tenantId}`,
  )
  await tx.query(
    sql`insert into factor_recovery_code (administrator_id, user_id, digest, tenant_id)
      select ${ownerValues(holder)}, unnest(${codes.map((code) => codeDigest(holder.id, code))}::bytea[]),
        ${tx.tenantId}::uuid`,
  )
  await record(tx, auditContext, {
    action: 'create',
    objectType: 'Factor',
    objectId: holder.id,
    objectName: holder.name,
    change: { after: { kind: 'recovery codes', codes: CODES } },
  })
  return codes
}

/** Uses up a recovery code and records that. @returns whether it was valid */
export async function consumeRecoveryCode(
  db: Database,
  auditContext: AuditContext,
  holder: FactorOwner,
  code: string,
): Promise<boolean> {
  const { tenantId } = auditContext
  const held = sql`${ownedBy(holder)} and tenant_id = ${tenantId}`
  const spend = sql`delete from factor_recovery_code where ${held} and digest = ${codeDigest(holder.id, code)}
    returning digest`
  // All parts of a statement see the rows as they were before it.
  const left = sql`(select count(*) from factor_recovery_code where ${held}) - 1`
  const change = sql`jsonb_build_object('before', jsonb_build_object('kind', 'recovery code'),
    'after', jsonb_build_object('left', ${left}))::text`
  const fact = {
    action: 'delete',
    objectType: 'Factor',
    objectId: holder.id,
    objectName: holder.name,
  } as const
  return (await db.run({ tenantId }, audited(auditContext, spend, { ...fact, change }))).length > 0
}

function newCode(): string {
  const bits = [...randomBytes(BYTES)].map((byte) => byte.toString(2).padStart(8, '0')).join('')
  const letters = bits.match(/.{5}/g)?.map((five) => LETTERS[Number.parseInt(five, 2)]) ?? []
  return letters.join('').replace(/(.{4})(?=.)/g, '$1-')
}

/** Accepts capitals, spaces, missing hyphens, and an O for a zero. */
function codeDigest(holderId: string, typed: string): Buffer {
  const code = typed
    .toLowerCase()
    .replace(/[^0-9a-z]/g, '')
    .replaceAll('o', '0')
    .replace(/[il]/g, '1')
  return hash('sha256', `${holderId} ${code}`, 'buffer')
}
