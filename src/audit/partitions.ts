import { type Database, SYSTEM } from '#platform/database/database.ts'
import { sql } from '#platform/database/sql.ts'

const MONTHS_AHEAD = 12

/** Creates the audit log's partitions for this month and the next ones; at the start and once a day. */
export async function ensureAuditPartitions(db: Database): Promise<void> {
  await db.run(SYSTEM, sql`select ensure_audit_partitions(${MONTHS_AHEAD})`)
}
