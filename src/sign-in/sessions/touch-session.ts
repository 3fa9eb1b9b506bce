import type { Database } from '#platform/database/database.ts'
import { sql } from '#platform/database/sql.ts'

/** Resets a session's idle time without waiting for it. If it fails, the next request does it. */
export function touchSession(
  db: Database,
  { tenantId, sessionId }: { readonly tenantId: string; readonly sessionId: string },
): void {
  const update = sql`update user_session set last_seen_at = now()
    where id = ${sessionId} and tenant_id = ${tenantId} and last_seen_at < now() - interval '1 minute'`
  db.run({ tenantId }, update).catch(() => {})
}
