// The audit events of one request. They are found by its time, in the order of the log, because an index of request ids would
// be written with every event and only be used here.
import type { Database, Queryable } from '#platform/database/database.ts'
import { sql } from '#platform/database/sql.ts'
import type { Change } from './record.ts'

export interface RequestEvent {
  readonly id: string
  readonly at: Date
  readonly action: string
  readonly objectType: string
  readonly objectId: string | null
  readonly objectName: string
  readonly result: 'success' | 'failure'
  readonly change: Change | null
}

/**
 * Returns the ids of objects that a request has created or deleted, according to their events, in the scope of an open query.
 * @param names of objects of one type
 */
export function objectsOfRequest(
  tx: Queryable,
  {
    tenantId,
    requestId,
    since,
  }: { readonly tenantId: string; readonly requestId: string; readonly since: Date },
  {
    action,
    objectType,
    names,
  }: Pick<RequestEvent, 'objectType'> & {
    readonly action: 'create' | 'delete'
    readonly names: readonly string[]
  },
): Promise<{ objectId: string; objectName: string }[]> {
  const from = new Date(since.getTime() - APART_MILLISECONDS)
  return tx.query(
    sql`select object_id as "objectId", object_name as "objectName" from audit_event
      where tenant_id = ${tenantId} and at >= ${from} and request_id = ${requestId} and action = ${action}
        and object_type = ${objectType} and result = 'success'
        and (object_name = any(${names}::text[]) or object_id::text = any(${names}::text[]))`,
  )
}

/** Allowed difference between the clocks of the database and of a process. */
const APART_MILLISECONDS = 30_000
/** A bulk request can have a thousand. */
const MOST = 200

/** Returns the events of a request, oldest first. */
export function eventsOfRequest(
  db: Database,
  tenantId: string,
  request: { readonly id: string; readonly at: Date; readonly milliseconds: number },
): Promise<RequestEvent[]> {
  const from = new Date(request.at.getTime() - APART_MILLISECONDS)
  const to = new Date(request.at.getTime() + request.milliseconds + APART_MILLISECONDS)
  return db.run<RequestEvent>(
    { tenantId },
    sql`select id, at, action, object_type as "objectType", object_id as "objectId", object_name as "objectName", result,
        change::json as change
      from audit_event where tenant_id = ${tenantId} and at >= ${from} and at < ${to} and request_id = ${request.id}
      order by at, id limit ${MOST}`,
  )
}
