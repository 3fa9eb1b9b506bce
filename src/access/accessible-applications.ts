import type { Database } from '#platform/database/database.ts'
import { sql } from '#platform/database/sql.ts'
import { GRANTED, GROUPS_OF_USER } from './gateway-session.ts'

export interface AccessibleApplication {
  readonly name: string
  readonly origin: string
}

/** Lists the applications that a user can open, by name. The age of the sign-in doesn't matter. */
export function listAccessibleApplications(
  db: Database,
  tenantId: string,
  userId: string,
): Promise<AccessibleApplication[]> {
  return db.run<AccessibleApplication>(
    { tenantId },
    sql`select p.name, p.origin
      from directory_user u
      cross join lateral ${GROUPS_OF_USER} as e(ids)
      join application p on p.tenant_id = u.tenant_id
      where u.id = ${userId} and u.tenant_id = ${tenantId} and p.enabled and ${GRANTED}
      order by lower(p.name) limit 500`,
  )
}
