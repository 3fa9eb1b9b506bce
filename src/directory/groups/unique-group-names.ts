import { Conflict } from '#errors.ts'
import type { TenantTx } from '#platform/database/database.ts'
import { violatedIndex } from '#platform/database/errors.ts'
import { sql } from '#platform/database/sql.ts'

/**
 * Makes the group names of an identity provider unique, or stops doing so, in the transaction that changes the
 * identity provider.
 * @throws {Conflict} `uniqueGroupNames` if two groups have the same name
 */
export async function setUniqueGroupNames(tx: TenantTx, idpId: string, unique: boolean): Promise<void> {
  try {
    await tx.query(
      sql`update directory_group set unique_name_key = case when ${unique} then display_name_key end
        where idp_id = ${idpId} and tenant_id = ${tx.tenantId}`,
    )
  } catch (error) {
    if (violatedIndex(error) !== 'directory_group_unique_name') throw error
    throw new Conflict(
      'uniqueGroupNames',
      'Two groups have the same name; rename or remove one of them first',
    )
  }
}
