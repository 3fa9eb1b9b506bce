import { type AuditContext, audited } from '#audit/record.ts'
import { Refused } from '#errors.ts'
import type { Database } from '#platform/database/database.ts'
import { sql } from '#platform/database/sql.ts'
import { lockProvider, named } from './identity-providers.ts'

/**
 * Deletes an identity provider and its credentials, so its next request is answered with 401. Its users and groups
 * are hidden at once; src/directory/purge.ts deletes them later.
 * @throws {NotFound}
 * @throws {Refused} for the local identity provider
 */
export async function deleteIdentityProvider(
  db: Database,
  auditContext: AuditContext,
  idpId: string,
): Promise<void> {
  await db.transaction({ tenantId: auditContext.tenantId }, async (tx) => {
    const { type, name, enabled, autoProvisioning, ...now } = await lockProvider(tx, idpId)
    if (type === 'local') throw new Refused('The local identity provider cannot be deleted')
    await tx.query(
      sql`delete from last_seen where tenant_id = ${tx.tenantId} and (subject_id = ${idpId} or subject_id in
        (select id from scim_credential where idp_id = ${idpId} and tenant_id = ${tx.tenantId}
          union all select id from client_key where idp_id = ${idpId} and tenant_id = ${tx.tenantId}))`,
    )
    const removal = sql`delete from identity_provider where id = ${idpId} and tenant_id = ${tx.tenantId} returning id`
    const change = { before: { name, type, enabled, autoProvisioning } }
    await tx.query(
      audited(auditContext, removal, { action: 'delete', ...named({ id: now.id, name }), change }),
    )
  })
}
