// API keys, with which programs use the portal's API. A key belongs to the tenant and has its own role: never owner,
// and never more than its creator has now. It is shown once, and stops working when it is revoked or expires, or when
// its creator is removed. This folder owns the keys and the time of their last use; src/http/portal checks what a
// role may do, and calls it. Start with this file.
import { randomUUIDv7 } from 'node:crypto'
import { type AuditContext, audited } from '#audit/record.ts'
import { Conflict, Invalid, NotFound } from '#errors.ts'
import { digestOf, newScopedToken, tenantOfToken } from '#platform/crypto/scoped-tokens.ts'
import { type Database, SYSTEM } from '#platform/database/database.ts'
import { violatedIndex } from '#platform/database/errors.ts'
import { prepared, raw, sql } from '#platform/database/sql.ts'
import { readPlainName } from '#tenancy/rules.ts'
import type { Role } from '../administrators.ts'
import { lockIssuer } from '../handed-out.ts'

export type ApiKeyRole = Exclude<Role, 'owner'>

export interface ApiKey {
  readonly id: string
  readonly name: string
  readonly role: ApiKeyRole
  /** The role that counts now: never more than the creator's. Null while the creator is disabled. */
  readonly effectiveRole: ApiKeyRole | null
  /** The last characters of the key, so that administrators can tell keys apart. */
  readonly ending: string
  readonly createdBy: string
  readonly createdAt: Date
  readonly expiresAt: Date | null
  readonly lastUsedAt: Date | null
}

export interface NewApiKey {
  readonly name: string
  readonly role: ApiKeyRole
  /** Null if it never expires. */
  readonly expiresInDays: number | null
}

/** The API key that a request carries. */
export interface KeyHolder {
  readonly id: string
  readonly tenantId: string
  readonly name: string
  readonly role: ApiKeyRole
}

const ENDING_CHARACTERS = 4
const MOST_KEYS = 200
/** The role of a key `k` with the creator `a`; null while the creator is disabled. */
const EFFECTIVE_ROLE = raw(`case when a.disabled_at is null then
  case when a.role = 'auditor' then 'auditor' else k.role end end`)

/** Creates an API key. @returns the key, which is shown once @throws {Refused} @throws {Invalid} {Conflict} `name` */
export async function createApiKey(
  db: Database,
  auditContext: AuditContext,
  input: NewApiKey,
): Promise<{ apiKey: ApiKey; key: string }> {
  const { tenantId } = auditContext
  const { role, expiresInDays } = input
  const name = readPlainName(input.name)
  const key = newScopedToken('apiKey', tenantId)
  const id = randomUUIDv7()
  const insert = sql`insert into api_key
      (id, tenant_id, name, role, digest, ending, created_by, creator_id, expires_at)
    select ${id}, ${tenantId}, ${name}, ${role}, ${digestOf(key)}, ${key.slice(-ENDING_CHARACTERS)},
      ${auditContext.actor.name}, ${auditContext.actor.id ?? null}::uuid, now() + make_interval(days => ${expiresInDays}::integer)
    where (select count(*) from api_key where tenant_id = ${tenantId}) < ${MOST_KEYS}
    returning id, name, role, role as "effectiveRole", ending, created_by as "createdBy", created_at as "createdAt",
      expires_at as "expiresAt", last_used_at as "lastUsedAt"`
  const change = { after: { name, role, expiresInDays } }
  const fact = { action: 'create', objectType: 'ApiKey', objectId: id, objectName: name, change } as const
  try {
    const [apiKey] = await db.transaction({ tenantId }, async (tx) => {
      await lockIssuer(tx, auditContext)
      return tx.query<ApiKey>(audited(auditContext, insert, fact))
    })
    if (!apiKey)
      throw new Invalid('name', `cannot be used: there are ${MOST_KEYS} keys already; revoke some first`)
    return { apiKey, key }
  } catch (error) {
    if (violatedIndex(error) !== 'api_key_tenant_id_name_key') throw error
    throw new Conflict('name', `There is an API key ${name} already`)
  }
}

/** Returns the API key with this secret; undefined if it is unknown, revoked or expired. */
export async function findApiKey(db: Database, key: string): Promise<KeyHolder | undefined> {
  const tenantId = tenantOfToken('apiKey', key)
  if (tenantId === undefined) return undefined
  const [found] = await db.read<KeyHolder>(
    { tenantId },
    prepared(
      'api-key.find',
      sql`select k.id, k.tenant_id as "tenantId", k.name, ${EFFECTIVE_ROLE} as role
        from api_key k join administrator a on a.id = k.creator_id and a.disabled_at is null
        where k.digest = ${digestOf(key)} and k.tenant_id = ${tenantId}
          and (k.expires_at is null or k.expires_at > now())`,
    ),
  )
  return found
}

/** An upper limit for one read. */
const MOST_LIVE = 100_000

/** Returns the digests (base64) of the keys of all tenants that haven't expired, newest first. */
export async function liveApiKeys(db: Database): Promise<string[]> {
  const found = await db.run<{ digest: Buffer }>(
    SYSTEM, // of all tenants, because a request says its tenant only by its key
    sql`select digest from api_key where expires_at is null or expires_at > now() order by id desc limit ${MOST_LIVE}`,
  )
  return found.map(({ digest }) => digest.toString('base64'))
}

/** Returns all keys by name. Expired keys are included, so that administrators see why a program is refused. */
export function listApiKeys(db: Database, tenantId: string): Promise<ApiKey[]> {
  return db.run<ApiKey>(
    { tenantId },
    sql`select k.id, k.name, k.role, ${EFFECTIVE_ROLE} as "effectiveRole", k.ending, k.created_by as "createdBy",
        k.created_at as "createdAt", k.expires_at as "expiresAt", k.last_used_at as "lastUsedAt"
      from api_key k join administrator a on a.id = k.creator_id
      where k.tenant_id = ${tenantId} order by k.tenant_id, k.name`,
  )
}

/** Revokes a key: the next request with it is refused. @throws {NotFound} */
export async function revokeApiKey(db: Database, auditContext: AuditContext, id: string): Promise<void> {
  const { tenantId } = auditContext
  const gone = sql`delete from api_key where id = ${id} and tenant_id = ${tenantId} returning name, role`
  const change = raw(
    `jsonb_build_object('before', jsonb_build_object('name', changed.name, 'role', changed.role))::text`,
  )
  const fact = {
    action: 'delete',
    objectType: 'ApiKey',
    objectId: id,
    objectName: raw('changed.name'),
    change,
  } as const
  if ((await db.run({ tenantId }, audited(auditContext, gone, fact))).length === 0)
    throw new NotFound('There is no such API key')
}
