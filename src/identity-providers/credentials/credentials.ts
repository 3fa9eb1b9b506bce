// SCIM credentials: a key with its secret and a bearer token, created together for one identity provider and shown
// once. Several sets can be active at once, so a set can be replaced without downtime. Only digests are stored.
import { randomUUIDv7 } from 'node:crypto'
import { type AuditContext, audited } from '#audit/record.ts'
import { Invalid, NotFound, Refused } from '#errors.ts'
import type { Database, TenantTx } from '#platform/database/database.ts'
import { sql } from '#platform/database/sql.ts'
import { digestOf, newToken } from './tokens.ts'

/** New credentials, shown once. `secret` and `token` can't be retrieved later. */
export interface IssuedCredentials {
  readonly id: string
  readonly key: string
  readonly secret: string
  readonly token: string
  readonly expiresAt: Date | null
}

export interface Credential {
  readonly id: string
  readonly key: string
  readonly createdAt: Date
  readonly expiresAt: Date | null
  readonly retiredAt: Date | null
  readonly lastUsedAt: Date | null
}

const LIVE_SETS = 10

/** Issues a set of credentials in the transaction that creates or changes its identity provider. */
export async function issueCredentials(
  tx: TenantTx,
  auditContext: AuditContext,
  idp: { readonly id: string; readonly name: string },
  expiresAt: Date | null = null,
): Promise<IssuedCredentials> {
  const issued: IssuedCredentials = {
    id: randomUUIDv7(),
    key: newToken('key'),
    secret: newToken('secret'),
    token: newToken('token'),
    expiresAt,
  }
  const insert = sql`insert into scim_credential (id, tenant_id, idp_id, key, secret_digest, token_digest, expires_at)
    values (${issued.id}, ${tx.tenantId}, ${idp.id}, ${issued.key}, ${digestOf(issued.secret)},
      ${digestOf(issued.token)}, ${expiresAt}) returning id`
  const change = { after: { identityProvider: idp.name, ...(expiresAt && { expiresAt }) } }
  await tx.query(
    audited(auditContext, insert, {
      action: 'create',
      objectType: 'ScimCredential',
      objectId: issued.id,
      objectName: issued.key,
      change,
    }),
  )
  return issued
}

/**
 * Issues another set. The active ones keep working until they are retired.
 * @throws {NotFound}
 * @throws {Refused} for the local identity provider, or when too many sets are active
 * @throws {Invalid} `expiresAt` is in the past
 */
export function rotateCredentials(
  db: Database,
  auditContext: AuditContext,
  idpId: string,
  options: { readonly expiresAt?: Date | undefined } = {},
): Promise<IssuedCredentials> {
  const { expiresAt = null } = options
  return db.transaction({ tenantId: auditContext.tenantId }, async (tx) => {
    const [idp] = await tx.query<{ id: string; name: string; type: string; live: number; late: boolean }>(
      sql`select id, name, type, coalesce(${expiresAt}::timestamptz <= now(), false) as late,
          (select count(*)::int from scim_credential c where c.idp_id = i.id and c.retired_at is null
            and (c.expires_at is null or c.expires_at > now())) as live
        from identity_provider i where id = ${idpId} and tenant_id = ${tx.tenantId} for update`,
    )
    if (!idp) throw new NotFound(`There is no identity provider ${idpId}`)
    if (idp.type === 'local') throw new Refused('The local identity provider has no SCIM credentials')
    if (idp.late) throw new Invalid('expiresAt', 'must lie in the future')
    if (idp.live >= LIVE_SETS) {
      throw new Refused(`${idp.name} has ${LIVE_SETS} live sets of credentials; retire one first`)
    }
    return issueCredentials(tx, auditContext, idp, expiresAt)
  })
}

/**
 * Retires a set at once: its token, its key and every access token requested with it. Repeating the call changes
 * nothing.
 * @param idOrKey the id of the set or its key
 * @throws {NotFound}
 */
export async function retireCredential(
  db: Database,
  auditContext: AuditContext,
  idpId: string,
  idOrKey: string,
): Promise<Credential> {
  const { tenantId } = auditContext
  const credential = (await listCredentials(db, tenantId, idpId)).find(
    ({ id, key }) => id === idOrKey || key === idOrKey,
  )
  if (!credential) throw new NotFound(`There are no SCIM credentials ${idOrKey} of this identity provider`)
  const update = sql`update scim_credential set retired_at = now() where id = ${credential.id}
    and idp_id = ${idpId} and tenant_id = ${tenantId} and retired_at is null returning retired_at as "retiredAt"`
  const [changed] = await db.run<{ retiredAt: Date }>(
    { tenantId },
    audited(auditContext, update, {
      action: 'update',
      objectType: 'ScimCredential',
      objectId: credential.id,
      objectName: credential.key,
      change: { before: { retired: false }, after: { retired: true } },
    }),
  )
  return { ...credential, retiredAt: changed?.retiredAt ?? credential.retiredAt }
}

/** Lists all sets of an identity provider, including retired ones, oldest first. */
export function listCredentials(db: Database, tenantId: string, idpId: string): Promise<Credential[]> {
  return db.run<Credential>(
    { tenantId },
    sql`select c.id, c.key, c.created_at as "createdAt", c.expires_at as "expiresAt", c.retired_at as "retiredAt",
        s.at as "lastUsedAt"
      from scim_credential c left join last_seen s on s.subject_id = c.id and s.tenant_id = c.tenant_id
      where c.idp_id = ${idpId} and c.tenant_id = ${tenantId} order by c.id`,
  )
}
