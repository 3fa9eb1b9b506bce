import type { AuditContext } from '#audit/record.ts'
import type { IdentityProvider } from '#identity-providers/identity-providers.ts'
import type { TenantTx } from '#platform/database/database.ts'
import { requireUniqueExternalIds } from './external-ids.ts'
import { setUniqueGroupNames } from './groups/unique-group-names.ts'
import { recomputeAfter } from './profiles/recompute-profiles.ts'

/**
 * Does what changed settings of an identity provider mean for its users and groups, in the transaction that changes them.
 * Whoever changes settings passes it as `also`. It throws a Conflict where group names or externalIds are to be unique and
 * are not.
 */
export function followSettings(auditContext: AuditContext) {
  return async (tx: TenantTx, before: IdentityProvider, after: IdentityProvider): Promise<void> => {
    if (before.uniqueGroupNames !== after.uniqueGroupNames)
      await setUniqueGroupNames(tx, after.id, after.uniqueGroupNames)
    await requireUniqueExternalIds(tx, before, after)
    await recomputeAfter(tx, auditContext, before, after)
  }
}
