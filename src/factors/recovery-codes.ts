// The way in when the other factors are lost: ten codes of 80 random bits, shown once, each good once.
import { hash, randomBytes } from 'node:crypto'
import { record, type Witness } from '#audit/record.ts'
import type { Database, TenantTx } from '#platform/database.ts'
import { sql } from '#platform/sql.ts'
import { type Holder, type HolderId, heldBy, holderValues } from './holder.ts'

const CODES = 10
const BYTES = 10
/** Crockford's: nothing that is mistaken for something else. */
const LETTERS = '0123456789abcdefghjkmnpqrstvwxyz'

/** New ones in place of those that there were. @returns the codes, which are shown nowhere else */
export async function issueRecoveryCodes(tx: TenantTx, witness: Witness, holder: Holder): Promise<string[]> {
  const codes = Array.from({ length: CODES }, newCode)
  await tx.query(sql`delete from factor_recovery_code where ${heldBy(holder)} and tenant_id = ${tx.tenantId}`)
  await tx.query(
    sql`insert into factor_recovery_code (administrator_id, user_id, digest, tenant_id)
      select ${holderValues(holder)}, unnest(${codes.map((code) => digestOf(holder.id, code))}::bytea[]),
        ${tx.tenantId}::uuid`,
  )
  await record(tx, witness, {
    action: 'create',
    objectType: 'Factor',
    objectId: holder.id,
    objectName: holder.name,
    change: { after: { kind: 'recovery codes', codes: CODES } },
  })
  return codes
}

/** Uses a code up. @returns whether it was one */
export async function spendRecoveryCode(
  db: Database,
  tenantId: string,
  holder: HolderId,
  code: string,
): Promise<boolean> {
  const used = await db.run(
    { tenantId },
    sql`delete from factor_recovery_code where ${heldBy(holder)} and digest = ${digestOf(holder.id, code)}
      and tenant_id = ${tenantId} returning digest`,
  )
  return used.length > 0
}

function newCode(): string {
  const bits = [...randomBytes(BYTES)].map((byte) => byte.toString(2).padStart(8, '0')).join('')
  const letters = bits.match(/.{5}/g)?.map((five) => LETTERS[Number.parseInt(five, 2)]) ?? []
  return letters.join('').replace(/(.{4})(?=.)/g, '$1-')
}

/** However it is typed: capitals, spaces, no hyphens, an O for a zero. */
function digestOf(holderId: string, typed: string): Buffer {
  const code = typed
    .toLowerCase()
    .replace(/[^0-9a-z]/g, '')
    .replaceAll('o', '0')
    .replace(/[il]/g, '1')
  return hash('sha256', `${holderId} ${code}`, 'buffer')
}
