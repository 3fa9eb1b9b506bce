import { audited } from '#audit/record.ts'
import type { Database } from '#platform/database/database.ts'
import { prepared, sql } from '#platform/database/sql.ts'

const NOBODY = '00000000-0000-0000-0000-000000000000'

/**
 * Checks that the directory can be read and written: runs the statements of a request, with the audit event, on a
 * user that doesn't exist.
 * @throws if one of them fails
 */
export async function checkDirectory(db: Database): Promise<void> {
  const scope = { tenantId: NOBODY }
  await db.read(
    scope,
    prepared(
      'directory.check',
      sql`select id from directory_user where tenant_id = ${NOBODY} and id = ${NOBODY}`,
    ),
  )
  const change = sql`update directory_user set version = version
    where tenant_id = ${NOBODY} and id = ${NOBODY} returning id`
  const auditContext = { tenantId: NOBODY, actor: { type: 'system', name: 'Doorlist' } } as const
  await db.run(
    scope,
    audited(auditContext, change, { action: 'update', objectType: 'User', objectId: NOBODY, objectName: '' }),
  )
}
