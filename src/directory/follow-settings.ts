import type { AuditContext } from '#audit/record.ts'
import type { IdentityProvider } from '#identity-providers/identity-providers.ts'
import type { TenantTx } from '#platform/database/database.ts'
import { requireUniqueExternalIds } from './external-ids.ts'
import { setUniqueGroupNames } from './groups/unique-group-names.ts'
import { recomputeAfter } from './profiles/recompute-profiles.ts'

/**
 * Returns a hook that applies changed settings of an identity provider to its users and groups, in the transaction
 * that changes them. Pass it as `also` when changing settings. The hook throws a Conflict if group names or
 * externalIds must become unique and aren't.
 */
export function followSettings(auditContext: AuditContext) {
  return async (tx: TenantTx, before: IdentityProvider, after: IdentityProvider): Promise<void> => {
    if (before.uniqueGroupNames !== after.uniqueGroupNames)
      await setUniqueGroupNames(tx, after.id, after.uniqueGroupNames)
    await requireUniqueExternalIds(tx, before, after)
    await recomputeAfter(tx, auditContext, before, after)
  }
}
