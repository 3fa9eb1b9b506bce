// The one-time link that creates a tenant's first owner. The service prints it at the start while there is no owner.
import { createHash, randomBytes } from 'node:crypto'
import { NotFound } from '#errors.ts'
import { type Database, SYSTEM, type TenantTx } from '#platform/database/database.ts'
import { raw, sql } from '#platform/database/sql.ts'

const HOURS = 24
/** A condition on a link `l`: its tenant has no owner yet. */
const NO_OWNER = raw(
  `not exists (select from administrator a where a.tenant_id = l.tenant_id and a.role = 'owner')`,
)
const TOKEN = /^[A-Za-z0-9_-]{43}$/

/** Creates the tenant's set-up link, and replaces an earlier one. @returns the token, for `/admin/setup/{token}` */
export async function createSetupLink(db: Database, tenantId: string): Promise<string> {
  const token = randomBytes(32).toString('base64url')
  await db.transaction({ tenantId }, async (tx) => {
    await tx.query(
      sql`insert into setup_link (digest, tenant_id, expires_at)
        values (${digestOf(token)}, ${tenantId}, now() + make_interval(hours => ${HOURS}))
        on conflict (tenant_id) do update set digest = excluded.digest, expires_at = excluded.expires_at`,
    )
  })
  return token
}

/** Returns the tenant of a set-up link. @throws {NotFound} if it is unknown, used or expired */
export async function findSetupLink(
  db: Database,
  token: string,
): Promise<{ tenantId: string; tenantName: string }> {
  const [link] = TOKEN.test(token)
    ? await db.run<{ tenantId: string; tenantName: string }>(
        SYSTEM, // the tenant isn't known before the link is found
        sql`select t.id as "tenantId", t.name as "tenantName" from setup_link l join tenant t on t.id = l.tenant_id
          where l.digest = ${digestOf(token)} and l.expires_at > now() and ${NO_OWNER}`,
      )
    : []
  if (!link) throw gone()
  return link
}

/**
 * Deletes the link. Of simultaneous requests with the same link, only one succeeds.
 * @throws {NotFound} as {@link findSetupLink}
 */
export async function voidSetupLink(tx: TenantTx, token: string): Promise<void> {
  const used = await tx.query(
    sql`delete from setup_link l where l.digest = ${digestOf(token)} and l.tenant_id = ${tx.tenantId}
      and l.expires_at > now() and ${NO_OWNER} returning l.digest`,
  )
  if (used.length === 0) throw gone()
}

function gone(): NotFound {
  return new NotFound(
    'This link is not valid: it was used, is older than 24 hours, was replaced by a newer one, or there is an owner already',
  )
}

function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}
