// Reads the audit log of one tenant. src/logs/search.ts searches any log; this file says where the audit events are.
import { type LogEvent, type LogSearch, type LogSource, searchLog } from '#logs/search.ts'
import type { Database } from '#platform/database/database.ts'
import { timeOfId } from '#platform/database/ordered-id.ts'
import { raw, type Sql, sql } from '#platform/database/sql.ts'

export type AuditEvent = LogEvent
export type AuditSearch = LogSearch

const TABLE = raw('audit_event')

/** Returns the audit log of one tenant as a source for searches. */
export function auditLog(tenantId: string): LogSource {
  return {
    table: TABLE,
    scope: { tenantId },
    rows: sql`e.tenant_id = ${tenantId}`,
    nearId: (id, seconds) => {
      const time = timeOfId(id)
      return sql`e.at between ${time}::timestamptz - make_interval(secs => ${seconds})
        and ${time}::timestamptz + make_interval(secs => ${seconds})`
    },
    objectRows: (objectId, below, limit) => historyOf(tenantId, objectId, below, limit + TIES),
  }
}

/** More events than one object has in one millisecond, because the cursor can be between those. */
const TIES = 100

const COLUMNS = raw(
  'e.tenant_id, e.at, e.id, e.actor_name, e.action, e.object_type, e.object_id, e.object_name, e.result',
)

/**
 * Returns the events of one object, with the index of successful changes and the one of failures. The condition on the tenant is
 * outside of the first part: inside, the planner would consider the index of all events of the tenant as good as the object's own.
 */
function historyOf(tenantId: string, objectId: string, below: Sql, limit: number): Sql {
  return sql`((select ${COLUMNS} from audit_event e
      where e.object_id = ${objectId} and e.result = 'success' and ${below} order by e.at desc limit ${limit})
    union all
    (select ${COLUMNS} from audit_event e
      where e.tenant_id = ${tenantId} and e.result = 'failure' and e.object_id = ${objectId} and ${below}
      order by e.at desc limit ${limit}))`
}

/** Returns a page of events, without a time limit. @throws {Invalid} when `after` isn't a cursor of an event */
export async function searchEvents(
  db: Database,
  tenantId: string,
  search: AuditSearch,
): Promise<AuditEvent[]> {
  return (await searchLog(db, auditLog(tenantId), search, Number.POSITIVE_INFINITY)).events
}
