// Public keys of clients that authenticate with a signature. Several keys can be active at once, so a key can be
// replaced without downtime. A retired key can't be registered again.
import { randomUUIDv7 } from 'node:crypto'
import { type AuditContext, audited } from '#audit/record.ts'
import { Conflict, Invalid, NotFound, Refused } from '#errors.ts'
import type { Database, TenantTx } from '#platform/database/database.ts'
import { sql } from '#platform/database/sql.ts'
import { type ClientJwk, kindOf, type PublicJwk } from './jwk.ts'

export interface ClientKey {
  readonly id: string
  readonly kid: string
  readonly jwk: PublicJwk
  readonly createdAt: Date
  readonly expiresAt: Date | null
  readonly retiredAt: Date | null
  readonly lastUsedAt: Date | null
}

interface Provider {
  readonly id: string
  readonly name: string
}

const LIVE_KEYS = 10

/**
 * Registers keys in addition to the active ones, all or none. A key that is already active stays as it is.
 * @returns the active keys after the change
 * @throws {NotFound}
 * @throws {Refused} for the local identity provider, a retired key, or too many keys
 * @throws {Conflict} another active key has this kid
 * @throws {Invalid} `expiresAt` is in the past
 */
export async function addClientKeys(
  db: Database,
  auditContext: AuditContext,
  idpId: string,
  keys: readonly ClientJwk[],
  { expiresAt = null }: { readonly expiresAt?: Date | null | undefined } = {},
): Promise<ClientKey[]> {
  const { tenantId } = auditContext
  await db.transaction({ tenantId }, async (tx) => {
    const idp = await lockProvider(tx, idpId, expiresAt)
    const fresh = await unknownOf(tx, idpId, keys)
    for (const key of fresh) await insert(tx, auditContext, idp, key, expiresAt)
    const [{ live } = { live: 0 }] = await tx.query<{ live: number }>(
      sql`select count(*)::int as live from client_key where idp_id = ${idpId} and tenant_id = ${tenantId}
        and retired_at is null and (expires_at is null or expires_at > now())`,
    )
    if (live > LIVE_KEYS)
      throw new Refused(`${idp.name} would have more than ${LIVE_KEYS} live keys; retire one first`)
  })
  return (await listClientKeys(db, tenantId, idpId)).filter(({ retiredAt }) => retiredAt === null)
}

/**
 * Retires a key at once, together with every access token requested with it. Repeating the call changes nothing.
 * @param idOrKid the key's id or its kid
 * @throws {NotFound}
 */
export async function retireClientKey(
  db: Database,
  auditContext: AuditContext,
  idpId: string,
  idOrKid: string,
): Promise<ClientKey> {
  const { tenantId } = auditContext
  const named = (await listClientKeys(db, tenantId, idpId)).filter(
    ({ id, kid }) => id === idOrKid || kid === idOrKid,
  )
  // A retired key may have had the same kid, so the active one is preferred.
  const key = named.find(({ retiredAt }) => retiredAt === null) ?? named.at(-1)
  if (!key) throw new NotFound(`There is no client key ${idOrKid} of this identity provider`)
  const update = sql`update client_key set retired_at = now() where id = ${key.id} and idp_id = ${idpId}
    and tenant_id = ${tenantId} and retired_at is null returning retired_at as "retiredAt"`
  const [changed] = await db.run<{ retiredAt: Date }>(
    { tenantId },
    audited(auditContext, update, {
      action: 'update',
      objectType: 'ClientKey',
      objectId: key.id,
      objectName: key.kid,
      change: { before: { retired: false }, after: { retired: true } },
    }),
  )
  return { ...key, retiredAt: changed?.retiredAt ?? key.retiredAt }
}

/** Lists all keys of an identity provider, including retired ones, oldest first. */
export function listClientKeys(db: Database, tenantId: string, idpId: string): Promise<ClientKey[]> {
  return db.run<ClientKey>(
    { tenantId },
    sql`select k.id, k.kid, k.jwk, k.created_at as "createdAt", k.expires_at as "expiresAt",
        k.retired_at as "retiredAt", s.at as "lastUsedAt"
      from client_key k left join last_seen s on s.subject_id = k.id and s.tenant_id = k.tenant_id
      where k.idp_id = ${idpId} and k.tenant_id = ${tenantId} order by k.id`,
  )
}

async function lockProvider(tx: TenantTx, idpId: string, expiresAt: Date | null): Promise<Provider> {
  const [idp] = await tx.query<Provider & { type: string; late: boolean }>(
    sql`select id, name, type, coalesce(${expiresAt}::timestamptz <= now(), false) as late from identity_provider
      where id = ${idpId} and tenant_id = ${tx.tenantId} for update`,
  )
  if (!idp) throw new NotFound(`There is no identity provider ${idpId}`)
  if (idp.type === 'local') throw new Refused('The local identity provider has no client keys')
  if (idp.late) throw new Invalid('expiresAt', 'must lie in the future')
  return idp
}

/** Returns the keys that aren't registered yet. @throws {Refused} {Conflict} */
async function unknownOf(tx: TenantTx, idpId: string, keys: readonly ClientJwk[]): Promise<ClientJwk[]> {
  const known = await tx.query<{ kid: string; thumbprint: Buffer; retired: boolean }>(
    sql`select kid, thumbprint, retired_at is not null as retired from client_key
      where idp_id = ${idpId} and tenant_id = ${tx.tenantId}`,
  )
  const live = known.filter(({ retired }) => !retired)
  return keys.filter(({ kid, thumbprint }) => {
    const same = known.find((one) => one.thumbprint.equals(thumbprint))
    if (same?.retired) throw new Refused(`The key ${kid} was retired; make a new one`)
    if (same && same.kid !== kid) throw new Conflict('kid', `This key is registered already, as ${same.kid}`)
    if (!same && live.some((one) => one.kid === kid)) {
      throw new Conflict(
        'kid',
        `Another key ${kid} lives; retire it first, or give the new one a kid of its own`,
      )
    }
    return !same
  })
}

async function insert(
  tx: TenantTx,
  auditContext: AuditContext,
  idp: Provider,
  { kid, jwk, thumbprint }: ClientJwk,
  expiresAt: Date | null,
): Promise<void> {
  const id = randomUUIDv7()
  const statement = sql`insert into client_key (id, tenant_id, idp_id, kid, jwk, thumbprint, expires_at)
    values (${id}, ${tx.tenantId}, ${idp.id}, ${kid}, ${JSON.stringify(jwk)}, ${thumbprint}, ${expiresAt}) returning id`
  const after = {
    identityProvider: idp.name,
    type: kindOf(jwk),
    thumbprint: thumbprint.toString('base64url'),
    ...(expiresAt && { expiresAt }),
  }
  await tx.query(
    audited(auditContext, statement, {
      action: 'create',
      objectType: 'ClientKey',
      objectId: id,
      objectName: kid,
      change: { after },
    }),
  )
}
