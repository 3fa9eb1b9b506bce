// The audit log: who changed what, when, and with which result. This folder owns it: this file writes events, search.ts reads
// them, seal.ts seals them and verify.ts checks the seals. Every folder that changes something calls this file. An event is
// written by the statement, or in the transaction, of its change, so there is never one without the other. The log is also the
// outbox: whatever reacts to changes reads it by position. Start with this file.
import type { Queryable } from '#platform/database/database.ts'
import { orderedId } from '#platform/database/ordered-id.ts'
import { isSql, raw, type Sql, sql } from '#platform/database/sql.ts'
import { textArray } from '#platform/database/text-array.ts'
import type { AuditAction, AuditObjectType } from './vocabulary.ts'

/** The account that acts. Its name is stored in the event, so that it stays readable when the account is gone. */
export interface Actor {
  readonly type: 'idp' | 'administrator' | 'operator' | 'system' | 'user'
  /** Id of the credential or administrator; undefined for the operator and for the service itself. */
  readonly id?: string
  readonly name: string
  readonly idpId?: string
  readonly requestId?: string
  readonly sourceAddress?: string
}

/** The difference, never a secret. `reason` says why something failed. */
export interface Change {
  readonly before?: object
  readonly after?: object
  readonly reason?: string
}

/** One change of one object. A value that only the changed row knows is an SQL fragment. */
export interface Fact {
  readonly action: AuditAction
  readonly objectType: AuditObjectType
  readonly objectId: string | undefined
  readonly objectName: string | Sql
  readonly result?: 'success' | 'failure'
  readonly change?: Change | Sql
  /** The request of this change, if several requests of one actor are recorded together. */
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

/** Returns the insert of one event. `from` makes it depend on rows of the statement that it is part of. */
export function eventInsert({ tenantId, actor }: AuditContext, fact: Fact, from: Sql = raw('')): Sql {
  return sql`insert into audit_event (${COLUMNS})
      select ${orderedId()}::uuid, ${tenantId}::uuid, ${actor.type}::text, ${actor.id ?? null}::uuid,
        ${actor.name}::text, ${actor.idpId ?? null}::uuid, ${fact.action}::text, ${fact.objectType}::text,
        ${fact.objectId ?? null}::uuid, ${fact.objectName}::text, ${fact.result ?? 'success'}::text,
        ${changeValue(fact.change)}::text, ${actor.requestId ?? null}::text, ${actor.sourceAddress ?? null}::text
      ${from}`
}

/**
 * Returns a change and its event as one statement: the event is written if and only if the change affected a row.
 * @param change an insert, update or delete of one object, with a `returning` clause; `fact` can refer to it as `changed`
 * @param beside another change that uses what `changed` returned
 * @returns a statement that returns what the change returned
 */
export function audited(auditContext: AuditContext, change: Sql, fact: Fact, beside?: Sql): Sql {
  return sql`with changed as (${change}),
    recorded as (${eventInsert(auditContext, fact, raw('from changed'))})${alsoDone(beside)}
    select changed.* from changed`
}

function alsoDone(beside: Sql | undefined): Sql {
  return beside ? sql`, beside as (${beside})` : raw('')
}

/** Writes one event, in the transaction of the change if there is one. */
export async function record(tx: Queryable, auditContext: AuditContext, fact: Fact): Promise<void> {
  await tx.query(eventInsert(auditContext, fact))
}

/**
 * Returns the insert of many events as one statement. Each fact is a row of `fact`, whose `place` counts from 1. An SQL
 * fragment is the same in all facts.
 * @param from joins `fact` with rows of the statement that it is part of
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
 * Returns a change of many objects and their events as one statement. Only facts whose object was affected are recorded.
 * @param change an insert, update or delete that returns `id`; the facts can refer to it as `changed`
 * @returns a statement that returns what the change returned
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

/** Writes many events. */
export async function recordEach(
  tx: Queryable,
  auditContext: AuditContext,
  facts: readonly Fact[],
): Promise<void> {
  if (facts.length > 0) await tx.query(eventsInsert(auditContext, facts, raw('')))
}
