// Reads the log of SCIM requests: those of one identity provider, newest first and page by page, or a single one.
import { Invalid, NotFound } from '#errors.ts'
import type { Database } from '#platform/database/database.ts'
import { join, raw, type Sql, sql } from '#platform/database/sql.ts'
import { readInstant } from '#platform/database/storable.ts'
import type { Operation } from './capture/operation.ts'
import type { Note } from './notes.ts'

export interface LoggedRequest {
  readonly id: string
  readonly idpId: string
  readonly at: Date
  readonly milliseconds: number
  readonly method: string
  readonly path: string
  readonly query: string
  readonly operation: Operation
  readonly objectType: 'User' | 'Group' | null
  readonly objectId: string | null
  readonly objectName: string | null
  readonly status: number
  readonly failed: boolean
  readonly scimType: string | null
  readonly detail: string | null
  /** A code of the refusal catalog; null in rows logged before codes existed. */
  readonly refusalCode: string | null
  readonly refusalParams: Readonly<Record<string, unknown>> | null
  readonly notes: readonly Note[] | null
  readonly userAgent: string
  /** Value of `after` for the page that follows this row. */
  readonly cursor: string
}

export interface WholeRequest extends LoggedRequest {
  readonly credentialId: string | null
  readonly sourceAddress: string | null
  readonly requestBody: string | null
  readonly requestBytes: number
  readonly answerBody: string | null
  readonly answerBytes: number
}

export interface RequestSearch {
  readonly result?: 'success' | 'failure' | undefined
  readonly operation?: readonly Operation[] | undefined
  readonly objectType?: 'User' | 'Group' | undefined
  readonly objectId?: string | undefined
  /** A status such as `404`, or a class such as `4xx`. */
  readonly status?: string | undefined
  /** Searches the object's name, the path, the query and the error detail, ignoring letter case. */
  readonly text?: string | undefined
  readonly from?: Date | undefined
  readonly to?: Date | undefined
  readonly limit: number
  readonly after?: string | undefined
}

const COLUMNS =
  raw(`r.id, r.idp_id as "idpId", r.at, r.milliseconds::float8 as milliseconds, r.method, r.path, r.query, r.operation,
    r.object_type as "objectType", r.object_id as "objectId", r.object_name as "objectName", r.status, r.failed,
    r.scim_type as "scimType", r.detail, r.refusal_code as "refusalCode", r.refusal_params as "refusalParams", r.notes, r.user_agent as "userAgent",
    to_char(r.at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') || '_' || r.id as cursor`)

/** Returns one page of requests. @throws {Invalid} names the field */
export function searchRequests(
  db: Database,
  tenantId: string,
  idpId: string,
  search: RequestSearch,
): Promise<LoggedRequest[]> {
  const conditions = [sql`r.tenant_id = ${tenantId}`, sql`r.idp_id = ${idpId}`, ...conditionsOf(search)]
  return db.run<LoggedRequest>(
    { tenantId },
    sql`select ${COLUMNS} from scim_request r where ${join(conditions, ' and ')}
      order by r.at desc, r.id desc limit ${search.limit}`,
  )
}

/** Returns the latest failures of all existing identity providers. */
export function recentFailures(db: Database, tenantId: string, limit: number): Promise<LoggedRequest[]> {
  return db.run<LoggedRequest>(
    { tenantId },
    // Limits rows before joining identity providers. The other order would read all rows of each.
    sql`with newest as materialized (select r.* from scim_request r where r.tenant_id = ${tenantId} and r.failed
        order by r.at desc, r.id desc limit ${limit})
      select ${COLUMNS} from newest r
      where exists (select from identity_provider i where i.id = r.idp_id and i.tenant_id = r.tenant_id)
      order by r.at desc, r.id desc`,
  )
}

/** Returns one request. @throws {NotFound} it doesn't exist or is no longer stored */
export async function findRequest(db: Database, tenantId: string, id: string): Promise<WholeRequest> {
  const [found] = await db.run<WholeRequest>(
    { tenantId },
    sql`select ${COLUMNS}, r.credential_id as "credentialId", r.source_address as "sourceAddress",
        r.request_body as "requestBody", r.request_bytes as "requestBytes", r.answer_body as "answerBody",
        r.answer_bytes as "answerBytes"
      from scim_request r where r.id = ${id} and r.tenant_id = ${tenantId}
        and exists (select from identity_provider i where i.id = r.idp_id and i.tenant_id = r.tenant_id)`,
  )
  if (!found) throw new NotFound(`There is no request ${id} in the log; it may be older than the log is kept`)
  return found
}

function conditionsOf(search: RequestSearch): Sql[] {
  const { result, operation, objectType, objectId, status, text, from, to, after } = search
  return [
    // Written as text, not as a parameter, so that PostgreSQL can use the partial index of failures.
    result && raw(result === 'failure' ? 'r.failed' : 'not r.failed'),
    operation && sql`r.operation = any(${operation}::text[])`,
    objectType && sql`r.object_type = ${objectType}`,
    objectId && sql`r.object_id = ${objectId}`,
    status && withStatus(status),
    text && holding(text),
    from && sql`r.at >= ${from}`,
    to && sql`r.at < ${to}`,
    after !== undefined && below(after),
  ].filter((condition) => typeof condition === 'object')
}

function withStatus(status: string): Sql {
  if (/^[1-5]\d\d$/.test(status)) return sql`r.status = ${Number(status)}`
  if (!/^[1-5]xx$/i.test(status)) throw new Invalid('status', 'must be a status such as 409, or 4xx')
  const hundred = Number(status[0]) * 100
  return sql`r.status >= ${hundred} and r.status < ${hundred + 100}`
}

function holding(text: string): Sql {
  const pattern = `%${text.replace(/[\\%_]/g, '\\$&')}%`
  return sql`(r.object_name ilike ${pattern} or r.path ilike ${pattern} or r.query ilike ${pattern}
    or r.detail ilike ${pattern})`
}

const CURSOR = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)_([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/

function below(cursor: string): Sql {
  const [, at, id] = CURSOR.exec(cursor) ?? []
  if (!at || !id || !readInstant(at)) throw new Invalid('after', 'must be the cursor of a request')
  return sql`(r.at, r.id) < (${at}::timestamptz, ${id}::uuid)`
}
