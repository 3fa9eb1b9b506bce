// Writes collected requests without waiting for the disk. A database crash can lose the last moments of this log, but
// never of the audit log.
import { type Database, SYSTEM } from '#platform/database/database.ts'
import { prepared, sql } from '#platform/database/sql.ts'
import { clean, type Kept, rowOf } from './exchange.ts'
import type { Secrets } from './secrets.ts'

/** Rows per statement: few enough that parsing and masking them doesn't delay other requests. */
const ROWS = 50

/** Writes requests. @param written called with the number of rows after each statement @throws {Unavailable} */
export async function writeRows(
  db: Database,
  exchanges: readonly Kept[],
  secretsFor: (exchange: Kept) => Secrets,
  written: (rows: number) => void,
): Promise<void> {
  for (let from = 0; from < exchanges.length; from += ROWS) {
    const batch = exchanges.slice(from, from + ROWS)
    await insert(db, batch, secretsFor)
    written(batch.length)
  }
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/**
 * Inserts rows. If the messages don't contain the object's name, it is taken from the object's latest audit event.
 */
async function insert(
  db: Database,
  batch: readonly Kept[],
  secretsFor: (exchange: Kept) => Secrets,
): Promise<void> {
  const rows = batch.map((exchange) => rowOf(exchange, secretsFor(exchange)))
  const known = <Name extends keyof Kept>(name: Name) => batch.map((each) => each[name])
  const read = <Name extends keyof (typeof rows)[number]>(name: Name) =>
    rows.map((each) => each[name] ?? null)
  const objectIds = batch.map(({ objectId = '' }) => (UUID.test(objectId) ? objectId : null))
  const userAgents = batch.map(({ userAgent = '' }) => clean(userAgent, 300))
  await db.run(
    SYSTEM,
    prepared(
      'request-log.rows',
      sql`with unhurried as materialized (select set_config('synchronous_commit', 'off', true))
      insert into scim_request (id, tenant_id, idp_id, at, milliseconds, credential_id, method, path, query, operation,
          object_type, object_id, object_name, status, failed, scim_type, detail, request_body, request_bytes, answer_body,
          answer_bytes, user_agent, source_address, refusal_code, refusal_params, notes)
        select g.id, i.tenant_id, i.id, g.at, g.milliseconds, g.credential_id, g.method, g.path, g.query, g.operation,
          g.object_type, g.object_id, coalesce(g.object_name, (select e.object_name from audit_event e
            where e.object_id = g.object_id and e.tenant_id = i.tenant_id and e.idp_id = i.id and e.result = 'success'
            order by e.at desc limit 1)),
          g.status, g.failed, g.scim_type, g.detail, g.request_body, g.request_bytes, g.answer_body, g.answer_bytes,
          g.user_agent, g.source_address, g.refusal_code, g.refusal_params, g.notes
        from unhurried cross join unnest(${known('id')}::uuid[], ${known('idpId')}::uuid[], ${known('at')}::timestamptz[],
            ${known('milliseconds')}::real[], ${batch.map(({ credentialId }) => credentialId ?? null)}::uuid[],
            ${known('method')}::text[], ${read('path')}::text[], ${read('query')}::text[], ${known('operation')}::text[],
            ${batch.map(({ objectType }) => objectType ?? null)}::text[], ${objectIds}::uuid[],
            ${read('objectName')}::text[], ${known('status')}::smallint[], ${known('failed')}::boolean[],
            ${read('scimType')}::text[], ${read('detail')}::text[], ${read('requestBody')}::text[],
            ${known('receivedBytes')}::integer[], ${read('answerBody')}::text[], ${known('answerLetters')}::integer[],
            ${userAgents}::text[], ${known('sourceAddress')}::text[],
            ${batch.map(({ refusal }) => refusal?.code ?? null)}::text[], ${read('refusalParams')}::jsonb[],
            ${read('notes')}::jsonb[])
          as g(id, idp_id, at, milliseconds, credential_id, method, path, query, operation, object_type, object_id,
            object_name, status, failed, scim_type, detail, request_body, request_bytes, answer_body, answer_bytes,
            user_agent, source_address, refusal_code, refusal_params, notes)
        join identity_provider i on i.id = g.idp_id
        on conflict do nothing`,
    ),
  )
}
