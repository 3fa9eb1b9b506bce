// Reads the audit log of one tenant. How a log is searched stands in #logs/search.ts; here is where its events lie.
import { type LogEvent, type LogSearch, type LogSource, searchLog } from '#logs/search.ts'
import type { Database } from '#platform/database/database.ts'
import { timeOfId } from '#platform/database/ordered-id.ts'
import { raw, type Sql, sql } from '#platform/database/sql.ts'

export type AuditEvent = LogEvent
export type AuditSearch = LogSearch

const TABLE = raw('audit_event')

/** The log of one tenant. */
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

/** More events than one object has in one millisecond: the cursor stands between those. */
const TIES = 100

const COLUMNS = raw(
  'e.tenant_id, e.at, e.id, e.actor_name, e.action, e.object_type, e.object_id, e.object_name, e.result',
)

/**
 * The events of one object, along the index of changes that succeeded and the one of failures. Of the former the tenant
 * is named around it: in it, the index of all events of the tenant would look as good as the object's own.
 */
function historyOf(tenantId: string, objectId: string, below: Sql, limit: number): Sql {
  return sql`((select ${COLUMNS} from audit_event e
      where e.object_id = ${objectId} and e.result = 'success' and ${below} order by e.at desc limit ${limit})
    union all
    (select ${COLUMNS} from audit_event e
      where e.tenant_id = ${tenantId} and e.result = 'failure' and e.object_id = ${objectId} and ${below}
      order by e.at desc limit ${limit}))`
}

/** A page of events, whatever time it takes. @throws {Invalid} `after` is no cursor of an event */
export async function searchEvents(
  db: Database,
  tenantId: string,
  search: AuditSearch,
): Promise<AuditEvent[]> {
  return (await searchLog(db, auditLog(tenantId), search, Number.POSITIVE_INFINITY)).events
}
