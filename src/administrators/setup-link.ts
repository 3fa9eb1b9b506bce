// The one-time link by which a tenant's first owner is made: printed at the start of a service that has none.
import { createHash, randomBytes } from 'node:crypto'
import { NotFound } from '#errors.ts'
import { type Database, SYSTEM, type TenantTx } from '#platform/database/database.ts'
import { raw, sql } from '#platform/database/sql.ts'

const HOURS = 24
/** The condition on a link `l`: it is for the first owner alone. */
const NO_OWNER = raw(
  `not exists (select from administrator a where a.tenant_id = l.tenant_id and a.role = 'owner')`,
)
const TOKEN = /^[A-Za-z0-9_-]{43}$/

/** Makes the tenant's link anew; one made before is void. @returns the token, for `/admin/setup/{token}` */
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

/** The tenant that a link is for. @throws {NotFound} unknown, used or expired */
export async function findSetupLink(
  db: Database,
  token: string,
): Promise<{ tenantId: string; tenantName: string }> {
  const [link] = TOKEN.test(token)
    ? await db.run<{ tenantId: string; tenantName: string }>(
        SYSTEM, // whose link it is, only the link says
        sql`select t.id as "tenantId", t.name as "tenantName" from setup_link l join tenant t on t.id = l.tenant_id
          where l.digest = ${digestOf(token)} and l.expires_at > now() and ${NO_OWNER}`,
      )
    : []
  if (!link) throw gone()
  return link
}

/** Of many who use the link at the same time, one does. @throws {NotFound} as `findSetupLink` */
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
