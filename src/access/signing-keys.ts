// The keys that sign Remote-Token; each tenant has its own. A key is published before it signs, as applications cache the list
// of keys, and stays published afterwards, as its tokens are still in use. A revoked key is removed at once. Every process
// reads the keys at each request, so all change at the same moment.
import { randomUUIDv7 } from 'node:crypto'
import { type AuditContext, audited, type Fact } from '#audit/record.ts'
import { NotFound, Refused } from '#errors.ts'
import type { Seal } from '#platform/crypto/seal.ts'
import type { Database, Scope, TenantTx } from '#platform/database/database.ts'
import { raw, type Sql, sql } from '#platform/database/sql.ts'
import { newKeyPair } from './key-pair.ts'

/** How long a Remote-Token is valid. */
export const TOKEN_SECONDS = 60
/** How long applications may cache the list of keys. */
export const KEYS_CACHE_SECONDS = 60
/** From publication to signing. Some proxies cache keys for five minutes in any case. */
const NOTICE_SECONDS = 300
/** How far an application's clock may be behind. */
const LEEWAY_SECONDS = 300

export interface SigningKey {
  /** The `kid` of its tokens. */
  readonly id: string
  readonly state: 'next' | 'signing' | 'retiring'
  readonly createdAt: Date
  readonly signsFrom: Date
  /** Null while it is the current key. */
  readonly signsUntil: Date | null
  /** When it is no longer published; null while it is the current key. */
  readonly publishedUntil: Date | null
  /** The public key. @see RFC 7517 §4 */
  readonly jwk: object
}

/** From a key's last signature until its last token has expired. */
export const RETIRING_PERIOD = raw(`interval '${TOKEN_SECONDS + LEEWAY_SECONDS} seconds'`)
const PUBLISHED = sql`(k.signs_until is null or k.signs_until > now() - ${RETIRING_PERIOD})`
const MOST_LISTED = 20
/** Not `now()`: a transaction that waited for the lock would take a key made meanwhile for a future one. */
const NOW = raw('statement_timestamp()')

/** Returns an SQL expression: the id of the tenant's current signing key; null: none was created yet. */
export function signingKeyOf(tenantId: Sql): Sql {
  return sql`(select k.id from gateway_key k where k.tenant_id = ${tenantId} and k.signs_from <= now()
    and (k.signs_until is null or k.signs_until > now()) order by k.signs_from desc, k.id desc limit 1)`
}

/** Returns the published keys, the newest first. */
export function listSigningKeys(db: Database, tenantId: string): Promise<SigningKey[]> {
  return db.run<SigningKey>({ tenantId }, selectKeys(tenantId))
}

/** Creates a tenant's first key unless it has one. @returns its id */
export function ensureSigningKey(db: Database, seal: Seal, tenantId: string): Promise<string> {
  const auditContext: AuditContext = { tenantId, actor: { type: 'system', name: 'gateway' } }
  return db.transaction(exclusiveScope(tenantId), async (tx) => {
    const { id } = signingKey(await readKeys(tx)) ?? (await insertKey(tx, seal, auditContext, 0))
    return id
  })
}

/**
 * Publishes a new key, which starts signing five minutes later.
 * @returns all keys @throws {Refused} a new key is already waiting
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
 * Revokes a key: it signs nothing more and is no longer published. If it was the current one, the next key starts signing at
 * once, or a new one is created.
 * @returns the remaining keys @throws {NotFound}
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

/** Allows one change at a time per tenant. */
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

/** The change for the audit event, with the date as stored. */
function dateChange(column: DateColumn): Sql {
  return sql`json_build_object('after', json_build_object(${DATE_NAMES[column]}::text, changed.${raw(column)}))::text`
}

function keyEvent(action: Fact['action'], id: string, change: NonNullable<Fact['change']>): Fact {
  return { action, objectType: 'SigningKey', objectId: id, objectName: id, change }
}
