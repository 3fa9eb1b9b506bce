// The audit log: who changed what, when and how it ended. This file writes it; search.ts reads it. An event is written
// by the same statement (or in the same transaction) as the change it tells of, so neither is ever there without the
// other. The log is also the outbox: whoever must hear of a change follows it in commit order.
import type { Queryable } from '#platform/database/database.ts'
import { orderedId } from '#platform/database/ordered-id.ts'
import { isSql, raw, type Sql, sql } from '#platform/database/sql.ts'
import { textArray } from '#platform/database/text-array.ts'
import type { AuditAction, AuditObjectType } from './vocabulary.ts'

/** Who acts. The name is kept in the event, so that it still reads well when the actor is gone. */
export interface Actor {
  readonly type: 'idp' | 'administrator' | 'operator' | 'system' | 'user'
  /** The credential or administrator; undefined for the operator at the command line and for the service itself. */
  readonly id?: string
  readonly name: string
  readonly idpId?: string
  readonly requestId?: string
  readonly sourceAddress?: string
}

/** What differs, never a secret. A `reason` tells why a failure failed. */
export interface Change {
  readonly before?: object
  readonly after?: object
  readonly reason?: string
}

/** One change of one object. A fragment of SQL stands where only the changed row itself knows the value. */
export interface Fact {
  readonly action: AuditAction
  readonly objectType: AuditObjectType
  readonly objectId: string | undefined
  readonly objectName: string | Sql
  readonly result?: 'success' | 'failure'
  readonly change?: Change | Sql
  /** Where several requests of one actor are recorded at once: of which one this is. */
  readonly by?: Pick<Actor, 'requestId' | 'sourceAddress'>
}

/** The tenant and the actor that the audit events of one caller name. */
export interface AuditContext {
  readonly tenantId: string
  readonly actor: Actor
}

const COLUMNS = raw(`id, tenant_id, actor_type, actor_id, actor_name, idp_id, action, object_type, object_id,
      object_name, result, change, request_id, source_address`)

function changeValue(change: Fact['change']): Sql | string | null {
  if (change === undefined) return null
  return isSql(change) ? change : JSON.stringify(change)
}

/** The insert of one event; `from` makes it depend on rows of a statement that it is part of. */
export function eventInsert({ tenantId, actor }: AuditContext, fact: Fact, from: Sql = raw('')): Sql {
  return sql`insert into audit_event (${COLUMNS})
      select ${orderedId()}::uuid, ${tenantId}::uuid, ${actor.type}::text, ${actor.id ?? null}::uuid,
        ${actor.name}::text, ${actor.idpId ?? null}::uuid, ${fact.action}::text, ${fact.objectType}::text,
        ${fact.objectId ?? null}::uuid, ${fact.objectName}::text, ${fact.result ?? 'success'}::text,
        ${changeValue(fact.change)}::text, ${actor.requestId ?? null}::text, ${actor.sourceAddress ?? null}::text
      ${from}`
}

/**
 * A change and its event as one statement: the event is written exactly when the change touched a row.
 * @param change an insert, update or delete of one object, with a `returning` clause; it is called `changed` in `fact`
 * @param beside another change that is made of what `changed` returned
 * @returns a statement that answers what the change returned
 */
export function audited(auditContext: AuditContext, change: Sql, fact: Fact, beside?: Sql): Sql {
  return sql`with changed as (${change}),
    recorded as (${eventInsert(auditContext, fact, raw('from changed'))})${alsoDone(beside)}
    select changed.* from changed`
}

function alsoDone(beside: Sql | undefined): Sql {
  return beside ? sql`, beside as (${beside})` : raw('')
}

/** Writes an event of its own, in the transaction of the change where there is one. */
export async function record(tx: Queryable, auditContext: AuditContext, fact: Fact): Promise<void> {
  await tx.query(eventInsert(auditContext, fact))
}

/**
 * The insert of many events by one statement. Each fact is a row of `fact`, whose `place` counts from 1; a fragment of SQL
 * is the same in all facts.
 * @param from joins `fact` with rows of a statement that it is part of
 */
export function eventsInsert({ tenantId, actor }: AuditContext, facts: readonly Fact[], from: Sql): Sql {
  const texts = (values: readonly (string | Sql | null)[]) =>
    values.map((value) => (isSql(value) ? null : value))
  const names = facts.map((fact) => fact.objectName)
  const changes = facts.map((fact) => changeValue(fact.change))
  const actors = facts.map((fact) => fact.by ?? actor)
  const name = names.find(isSql)
  const change = changes.find(isSql)
  return sql`insert into audit_event (${COLUMNS})
      select fact.id, ${tenantId}::uuid, ${actor.type}::text, ${actor.id ?? null}::uuid, ${actor.name}::text,
        ${actor.idpId ?? null}::uuid, fact.action, fact.object_type, fact.object_id, ${name ?? raw('fact.object_name')},
        fact.result, ${change ?? raw('fact.change')}, fact.request_id, fact.source_address
      from unnest(${facts.map(() => orderedId())}::uuid[], ${facts.map((fact) => fact.action)}::text[],
        ${facts.map((fact) => fact.objectType)}::text[], ${facts.map((fact) => fact.objectId ?? null)}::uuid[],
        ${texts(names)}::text[], ${facts.map((fact) => fact.result ?? 'success')}::text[], ${textArray(texts(changes))}::text[],
        ${actors.map(({ requestId }) => requestId ?? null)}::text[],
        ${actors.map(({ sourceAddress }) => sourceAddress ?? null)}::text[]) with ordinality
        as fact(id, action, object_type, object_id, object_name, result, change, request_id, source_address, place)
      ${from}`
}

/**
 * A change of many objects and their events as one statement: of the facts, those are recorded whose object was touched.
 * @param change an insert, update or delete that returns `id`; it is called `changed` in the facts
 * @returns a statement that answers what the change returned
 */
export function auditedEach(
  auditContext: AuditContext,
  change: Sql,
  facts: readonly Fact[],
  beside?: Sql,
): Sql {
  const touched = raw('join changed on changed.id = fact.object_id')
  return sql`with changed as (${change}),
    recorded as (${eventsInsert(auditContext, facts, touched)})${alsoDone(beside)}
    select changed.* from changed`
}

/** Writes many events of their own. */
export async function recordEach(
  tx: Queryable,
  auditContext: AuditContext,
  facts: readonly Fact[],
): Promise<void> {
  if (facts.length > 0) await tx.query(eventsInsert(auditContext, facts, raw('')))
}
