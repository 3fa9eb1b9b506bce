// Reads the audit log: the events of one tenant, newest first, a page at a time.

import { Invalid } from '#errors.ts'
import type { Database } from '#platform/database.ts'
import { join, raw, type Sql, sql } from '#platform/sql.ts'
import type { Actor, Fact, ObjectType } from './record.ts'

export interface AuditEvent {
  readonly id: string
  readonly at: Date
  readonly actorType: Actor['type']
  readonly actorName: string
  readonly action: Fact['action']
  readonly objectType: ObjectType
  readonly objectId: string | null
  readonly objectName: string
  readonly result: 'success' | 'failure'
  readonly change: unknown
  readonly requestId: string | null
  readonly sourceAddress: string | null
  /** For `after`: the page that begins below this event. */
  readonly cursor: string
}

export interface AuditSearch {
  /** From this moment on. */
  readonly from?: Date | undefined
  /** Before this moment. */
  readonly to?: Date | undefined
  /** Name of the actor, whatever the case of its letters. */
  readonly actor?: string | undefined
  readonly action?: Fact['action'] | undefined
  readonly objectType?: ObjectType | undefined
  /** Id of the object, or its name, whatever the case of its letters. */
  readonly object?: string | undefined
  readonly result?: 'success' | 'failure' | undefined
  readonly limit: number
  readonly after?: string | undefined
}

const CURSOR = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z)_([0-9a-f-]{36})$/

const COLUMNS =
  raw(`id, at, actor_type as "actorType", actor_name as "actorName", action, object_type as "objectType",
    object_id as "objectId", object_name as "objectName", result, change::json as change, request_id as "requestId",
    source_address as "sourceAddress", to_char(at, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') || '_' || id as cursor`)

/** @throws {Invalid} `after` is no cursor of an event */
export function searchEvents(db: Database, tenantId: string, search: AuditSearch): Promise<AuditEvent[]> {
  const conditions = [sql`tenant_id = ${tenantId}`, ...conditionsOf(search)]
  return db.run<AuditEvent>(
    { tenantId },
    sql`select ${COLUMNS} from audit_event where ${join(conditions, ' and ')}
      order by at desc, id desc limit ${search.limit}`,
  )
}

function conditionsOf({ from, to, actor, action, objectType, object, result, after }: AuditSearch): Sql[] {
  return [
    from && sql`at >= ${from}`,
    to && sql`at < ${to}`,
    actor && sql`lower(actor_name) = lower(${actor})`,
    action && sql`action = ${action}`,
    objectType && sql`object_type = ${objectType}`,
    object && sql`(object_id::text = lower(${object}) or lower(object_name) = lower(${object}))`,
    result && sql`result = ${result}`,
    after && below(after),
  ].filter((condition) => typeof condition === 'object')
}

function below(cursor: string): Sql {
  const [, at, id] = CURSOR.exec(cursor) ?? []
  if (!at || !id) throw new Invalid('after', 'must be the cursor of an event')
  return sql`(at, id) < (${at}::timestamptz, ${id}::uuid)`
}

/** How far the clocks of the database and of a process may lie apart. */
const APART_MILLISECONDS = 30_000

/**
 * What one request changed, or was refused. Found by the time of the request, along the log's own order: an index of
 * request ids would be written with every event, and read by nobody but this.
 */
export function eventsOfRequest(
  db: Database,
  tenantId: string,
  request: { readonly id: string; readonly at: Date; readonly milliseconds: number },
): Promise<AuditEvent[]> {
  const from = new Date(request.at.getTime() - APART_MILLISECONDS)
  const to = new Date(request.at.getTime() + request.milliseconds + APART_MILLISECONDS)
  return db.run<AuditEvent>(
    { tenantId },
    sql`select ${COLUMNS} from audit_event where tenant_id = ${tenantId} and at >= ${from} and at < ${to}
      and request_id = ${request.id} order by at, id limit ${EVENTS_OF_REQUEST}`,
  )
}

/** A bulk request can make a thousand. */
const EVENTS_OF_REQUEST = 200
