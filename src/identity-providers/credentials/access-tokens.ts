// Access tokens of the client-credentials grant. Only digests are kept, and each belongs to the credentials or the
// client key that it was asked for with, and ends with them.
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
  /** Column of what it was asked for with, whose id is the caller's `credentialId`. */
  readonly holder: 'credential_id' | 'client_key_id'
  readonly now: Date
  readonly expiresAt: Date
}

/** A client assertion that was verified; it buys one token. */
export interface SingleUse {
  readonly jti: string
  readonly usableUntil: Date
}

/** Of one holder; the oldest go first, so that a client that asks for each request cannot fill the table. */
const LIVE_ACCESS_TOKENS = 1_000
/** At a time, so that no request pays for all that came before it. */
const OUTLIVED_ASSERTIONS = 100

/**
 * Makes an access token and keeps its digest.
 * @param assertion kept until it expires; in one statement with the token, so that of two uses only one gets a token
 * @returns undefined: the assertion was used before @see RFC 7523 §3 item 7
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

/** One row when the assertion is new, none when it was used before, also in this very moment by another process. */
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
