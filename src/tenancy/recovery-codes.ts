// The way in when the other factors are lost: ten codes of 80 random bits, shown once, each good once.
import { hash, randomBytes } from 'node:crypto'
import { record, type Witness } from '#audit/record.ts'
import type { Database, TenantTx } from '#platform/database.ts'
import { sql } from '#platform/sql.ts'

const CODES = 10
const BYTES = 10
/** Crockford's: nothing that is mistaken for something else. */
const LETTERS = '0123456789abcdefghjkmnpqrstvwxyz'

/** New ones in place of those that there were. @returns the codes, which are shown nowhere else */
export async function issueRecoveryCodes(
  tx: TenantTx,
  witness: Witness,
  owner: { readonly id: string; readonly email: string },
): Promise<string[]> {
  const codes = Array.from({ length: CODES }, newCode)
  await tx.query(
    sql`delete from administrator_recovery_code where administrator_id = ${owner.id} and tenant_id = ${tx.tenantId}`,
  )
  await tx.query(
    sql`insert into administrator_recovery_code (administrator_id, digest, tenant_id)
      select ${owner.id}::uuid, unnest(${codes.map((code) => digestOf(owner.id, code))}::bytea[]), ${tx.tenantId}::uuid`,
  )
  await record(tx, witness, {
    action: 'create',
    objectType: 'Factor',
    objectId: owner.id,
    objectName: owner.email,
    change: { after: { kind: 'recovery codes', codes: CODES } },
  })
  return codes
}

/** Uses a code up. @returns whether it was one */
export async function spendRecoveryCode(
  db: Database,
  tenantId: string,
  administratorId: string,
  code: string,
): Promise<boolean> {
  const used = await db.run(
    { tenantId },
    sql`delete from administrator_recovery_code where administrator_id = ${administratorId}
      and digest = ${digestOf(administratorId, code)} and tenant_id = ${tenantId} returning administrator_id`,
  )
  return used.length > 0
}

function newCode(): string {
  const bits = [...randomBytes(BYTES)].map((byte) => byte.toString(2).padStart(8, '0')).join('')
  const letters = bits.match(/.{5}/g)?.map((five) => LETTERS[Number.parseInt(five, 2)]) ?? []
  return letters.join('').replace(/(.{4})(?=.)/g, '$1-')
}

/** However it is typed: capitals, spaces, no hyphens, an O for a zero. */
function digestOf(administratorId: string, typed: string): Buffer {
  const code = typed
    .toLowerCase()
    .replace(/[^0-9a-z]/g, '')
    .replaceAll('o', '0')
    .replace(/[il]/g, '1')
  return hash('sha256', `${administratorId} ${code}`, 'buffer')
}
