// The keys that sign Remote-Token, one set for each tenant. A key is published for a while before it signs, and for a while
// after: applications keep the list of keys for some minutes, and tokens that it signed are still on their way. A revoked
// key is gone at once. Every process reads the set at each request, so all of them change over together.
import { randomUUIDv7 } from 'node:crypto'
import { type AuditContext, audited, type Fact } from '#audit/record.ts'
import { NotFound, Refused } from '#errors.ts'
import type { Seal } from '#platform/crypto/seal.ts'
import type { Database, Scope, TenantTx } from '#platform/database/database.ts'
import { raw, type Sql, sql } from '#platform/database/sql.ts'
import { newKeyPair } from './key-pair.ts'

/** Life of a Remote-Token. */
export const TOKEN_SECONDS = 60
/** What applications are told about keeping the list of keys. */
export const KEYS_CACHE_SECONDS = 60
/** From being published to signing: some proxies keep a list of keys for five minutes, whatever they are told. */
const NOTICE_SECONDS = 300
/** By how much the clock of an application may be behind. */
const LEEWAY_SECONDS = 300

export interface SigningKey {
  /** `kid` of the tokens. */
  readonly id: string
  readonly state: 'next' | 'signing' | 'retiring'
  readonly createdAt: Date
  readonly signsFrom: Date
  /** Null until another key follows. */
  readonly signsUntil: Date | null
  /** When it leaves the list of keys; null until another key follows. */
  readonly publishedUntil: Date | null
  /** Its public half. @see RFC 7517 §4 */
  readonly jwk: object
}

/** From the last signature of a key to the end of its last token. */
export const RETIRING_PERIOD = raw(`interval '${TOKEN_SECONDS + LEEWAY_SECONDS} seconds'`)
const PUBLISHED = sql`(k.signs_until is null or k.signs_until > now() - ${RETIRING_PERIOD})`
const MOST_LISTED = 20
/** Not `now()`: whoever waited for the lock would take a key that was made meanwhile for one of the future. */
const NOW = raw('statement_timestamp()')

/** The id of the key that signs for the tenant of the SQL that is given; null when none was made yet. */
export function signingKeyOf(tenantId: Sql): Sql {
  return sql`(select k.id from gateway_key k where k.tenant_id = ${tenantId} and k.signs_from <= now()
    and (k.signs_until is null or k.signs_until > now()) order by k.signs_from desc, k.id desc limit 1)`
}

/** Returns the keys that are published, the newest first. */
export function listSigningKeys(db: Database, tenantId: string): Promise<SigningKey[]> {
  return db.run<SigningKey>({ tenantId }, selectKeys(tenantId))
}

/** Makes the first key of a tenant, unless there is one that signs. @returns its id */
export function ensureSigningKey(db: Database, seal: Seal, tenantId: string): Promise<string> {
  const auditContext: AuditContext = { tenantId, actor: { type: 'system', name: 'gateway' } }
  return db.transaction(exclusiveScope(tenantId), async (tx) => {
    const { id } = signingKey(await readKeys(tx)) ?? (await insertKey(tx, seal, auditContext, 0))
    return id
  })
}

/**
 * Publishes another key, which takes over five minutes later.
 * @returns all keys @throws {Refused} another one is about to take over
 */
export function rotateSigningKey(
  db: Database,
  seal: Seal,
  auditContext: AuditContext,
): Promise<SigningKey[]> {
  return db.transaction(exclusiveScope(auditContext.tenantId), async (tx) => {
    const keys = await readKeys(tx)
    if (nextKey(keys))
      throw new Refused('A new key is published already and starts signing within five minutes')
    const current = signingKey(keys)
    const { id } = await insertKey(tx, seal, auditContext, current ? NOTICE_SECONDS : 0)
    if (current)
      await setDate(
        tx,
        auditContext,
        current.id,
        'signs_until',
        sql`(select signs_from from gateway_key where id = ${id})`,
      )
    return readKeys(tx)
  })
}

/**
 * Takes a key out at once: nothing signs with it and it is no longer published. When it was the one that signs, the next
 * one does from now on, or a new one.
 * @returns the keys that are left @throws {NotFound}
 */
export function revokeSigningKey(
  db: Database,
  seal: Seal,
  auditContext: AuditContext,
  id: string,
): Promise<SigningKey[]> {
  return db.transaction(exclusiveScope(auditContext.tenantId), async (tx) => {
    const keys = await readKeys(tx)
    const key = keys.find((one) => one.id === id)
    if (!key) throw new NotFound(`There is no signing key ${id}`)
    const removal = sql`delete from gateway_key where id = ${id} and tenant_id = ${tx.tenantId} returning id`
    await tx.query(audited(auditContext, removal, keyEvent('delete', id, { before: { state: key.state } })))
    const next = nextKey(keys)
    const current = signingKey(keys)
    if (key.state === 'signing' && next) await setDate(tx, auditContext, next.id, 'signs_from', NOW)
    else if (key.state === 'signing') await insertKey(tx, seal, auditContext, 0)
    else if (key.state === 'next' && current)
      await setDate(tx, auditContext, current.id, 'signs_until', sql`null::timestamptz`)
    return readKeys(tx)
  })
}

/** One change at a time for each tenant. */
function exclusiveScope(tenantId: string): Scope {
  return { tenantId, lock: { id: tenantId, mode: 'alone' } }
}

function selectKeys(tenantId: string): Sql {
  return sql`select k.id, k.created_at as "createdAt", k.signs_from as "signsFrom", k.signs_until as "signsUntil",
      k.signs_until + ${RETIRING_PERIOD} as "publishedUntil", k.public_jwk as jwk,
      case when k.signs_from > ${NOW} then 'next' when k.signs_until is null or k.signs_until > ${NOW} then 'signing'
        else 'retiring' end as state
    from gateway_key k where k.tenant_id = ${tenantId} and ${PUBLISHED}
    order by k.signs_from desc, k.id desc limit ${MOST_LISTED}`
}

function readKeys(tx: TenantTx): Promise<SigningKey[]> {
  return tx.query<SigningKey>(selectKeys(tx.tenantId))
}

function signingKey(keys: readonly SigningKey[]): SigningKey | undefined {
  return keys.find(({ state }) => state === 'signing')
}

function nextKey(keys: readonly SigningKey[]): SigningKey | undefined {
  return keys.find(({ state }) => state === 'next')
}

async function insertKey(
  tx: TenantTx,
  seal: Seal,
  auditContext: AuditContext,
  inSeconds: number,
): Promise<{ readonly id: string }> {
  const id = randomUUIDv7()
  const { sealed, jwk } = newKeyPair(seal, tx.tenantId, id)
  const statement = sql`insert into gateway_key (id, tenant_id, private_key, public_jwk, signs_from)
    values (${id}, ${tx.tenantId}, ${sealed}, ${JSON.stringify(jwk)}, ${NOW} + make_interval(secs => ${inSeconds}))
    returning id, signs_from`
  await tx.query(audited(auditContext, statement, keyEvent('create', id, dateChange('signs_from'))))
  return { id }
}

type DateColumn = 'signs_from' | 'signs_until'

async function setDate(
  tx: TenantTx,
  auditContext: AuditContext,
  id: string,
  column: DateColumn,
  value: Sql,
): Promise<void> {
  const update = sql`update gateway_key set ${raw(column)} = ${value} where id = ${id} and tenant_id = ${tx.tenantId}
    returning id, ${raw(column)}`
  await tx.query(audited(auditContext, update, keyEvent('update', id, dateChange(column))))
}

const DATE_NAMES: Record<DateColumn, string> = { signs_from: 'signsFrom', signs_until: 'signsUntil' }

/** The change of an event, with the date as the row has it. */
function dateChange(column: DateColumn): Sql {
  return sql`json_build_object('after', json_build_object(${DATE_NAMES[column]}::text, changed.${raw(column)}))::text`
}

function keyEvent(action: Fact['action'], id: string, change: NonNullable<Fact['change']>): Fact {
  return { action, objectType: 'SigningKey', objectId: id, objectName: id, change }
}
