// A user's own sessions, which they can list and end.
import { isUuid } from '#directory/uuid.ts'
import type { Database } from '#platform/database/database.ts'
import { sql } from '#platform/database/sql.ts'
import { endSessionsOf, LIVE, type UserSession } from './sessions.ts'

export interface OwnSession {
  readonly id: string
  readonly createdAt: Date
  readonly lastSeenAt: Date
  readonly sourceAddress: string | null
  readonly userAgent: string | null
}

type Owner = Pick<UserSession, 'id' | 'tenantId' | 'userId'>

const SHOWN = 100

/** Lists live sessions, the newest first. */
export function listOwnSessions(db: Database, { tenantId, userId }: Owner): Promise<OwnSession[]> {
  return db.run<OwnSession>(
    { tenantId },
    sql`select s.id, s.created_at as "createdAt", s.last_seen_at as "lastSeenAt", s.source_address as "sourceAddress",
        s.user_agent as "userAgent"
      from user_session s where s.user_id = ${userId} and s.tenant_id = ${tenantId} and ${LIVE}
      order by s.created_at desc limit ${SHOWN}`,
  )
}

/** Ends one of the user's own sessions. Another user's isn't found, and nothing happens. */
export async function endOwnSession(db: Database, { tenantId, userId }: Owner, id: string): Promise<void> {
  if (!isUuid(id)) return
  await db.run(
    { tenantId },
    sql`delete from user_session where id = ${id} and user_id = ${userId} and tenant_id = ${tenantId}`,
  )
}

/** Ends the user's other sessions and attempts. */
export async function endOtherSessions(db: Database, { id, tenantId, userId }: Owner): Promise<void> {
  await db.transaction({ tenantId }, (tx) => endSessionsOf(tx, userId, id))
}
