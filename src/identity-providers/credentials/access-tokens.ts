// Access tokens of the client credentials grant (RFC 6749 §4.4). Only digests are stored. Each token belongs to the
// SCIM credentials or client key it was requested with, and becomes invalid together with them.
import { createHash } from 'node:crypto'
import type { Database } from '#platform/database/database.ts'
import { raw, type Sql, sql } from '#platform/database/sql.ts'
import type { Caller } from './caller.ts'
import { digestOf, newToken } from './tokens.ts'

export interface AccessToken {
  readonly token: string
  readonly expiresInSeconds: number
}

export interface Grant {
  readonly caller: Caller
  /** Column that references what the token was requested with. Its value is the caller's `credentialId`. */
  readonly holder: 'credential_id' | 'client_key_id'
  readonly now: Date
  readonly expiresAt: Date
}

/** A verified client assertion. It can be exchanged for one token only. */
export interface SingleUse {
  readonly jti: string
  readonly usableUntil: Date
}

/**
 * Limit per holder. The oldest tokens are deleted first, so a client that requests a token for every call can't fill
 * the table.
 */
const LIVE_ACCESS_TOKENS = 1_000
/** Expired assertions deleted per request, so that no single request has to clean up a long backlog. */
const OUTLIVED_ASSERTIONS = 100

/**
 * Creates an access token and stores its digest.
 * @param assertion stored until it expires, in the same statement as the token, so that of two concurrent uses only
 * one gets a token
 * @returns undefined when the assertion was used before
 * @see RFC 7523 §3 item 7
 */
export async function issueAccessToken(db: Database, grant: Grant): Promise<AccessToken>
export async function issueAccessToken(
  db: Database,
  grant: Grant,
  assertion: SingleUse,
): Promise<AccessToken | undefined>
export async function issueAccessToken(
  db: Database,
  { caller, holder, now, expiresAt }: Grant,
  assertion?: SingleUse,
): Promise<AccessToken | undefined> {
  const token = newToken('accessToken')
  const { tenantId, credentialId, idp } = caller
  const column = raw(holder)
  const stored = await db.run(
    { tenantId },
    sql`with outlived as (
        delete from access_token where tenant_id = ${tenantId} and digest in (
          select digest from access_token where ${column} = ${credentialId} and tenant_id = ${tenantId}
          order by expires_at desc offset ${LIVE_ACCESS_TOKENS - 1})
        or ${column} = ${credentialId} and tenant_id = ${tenantId} and expires_at < ${now})
      ${assertion ? once(caller, assertion, now) : raw('')}
      insert into access_token (digest, tenant_id, idp_id, ${column}, expires_at)
      select ${digestOf(token)}::bytea, ${tenantId}::uuid, ${idp.id}::uuid, ${credentialId}::uuid, ${expiresAt}::timestamptz
      ${assertion ? raw('from first_use') : raw('')} returning digest`,
  )
  if (stored.length === 0) return undefined
  return { token, expiresInSeconds: Math.floor((expiresAt.getTime() - now.getTime()) / 1_000) }
}

/**
 * Returns a statement that yields one row if the assertion is new. It yields none if the assertion was used before,
 * even by another process at the same moment.
 */
function once({ tenantId, idp }: Caller, { jti, usableUntil }: SingleUse, now: Date): Sql {
  const digest = createHash('sha256').update(jti).digest()
  return sql`, forgotten as (
        delete from client_assertion where tenant_id = ${tenantId} and idp_id = ${idp.id} and digest in (
          select digest from client_assertion where idp_id = ${idp.id} and tenant_id = ${tenantId}
            and expires_at < ${now} order by expires_at limit ${OUTLIVED_ASSERTIONS} for update skip locked)),
      first_use as (
        insert into client_assertion (idp_id, digest, tenant_id, expires_at)
        values (${idp.id}, ${digest}, ${tenantId}, ${usableUntil}) on conflict do nothing returning idp_id)`
}
