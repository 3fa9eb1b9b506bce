// Browsers that are remembered after a factor was proven in them, for as long as the administrator allows.
import type { Database, TenantTx } from '#platform/database.ts'
import { sql } from '#platform/sql.ts'
import { digestOf, newScopedToken, tenantOfToken } from '#tenancy/scoped-tokens.ts'

const USER_AGENT_CHARACTERS = 300

/** @returns the token for the cookie */
export async function rememberDevice(
  tx: TenantTx,
  userId: string,
  userAgent: string | undefined,
): Promise<string> {
  const token = newScopedToken('device', tx.tenantId)
  await tx.query(
    sql`insert into user_device (digest, tenant_id, user_id, user_agent)
      values (${digestOf(token)}, ${tx.tenantId}, ${userId}, ${userAgent?.slice(0, USER_AGENT_CHARACTERS) ?? null})`,
  )
  return token
}

/** @param days as the administrator allows now: fewer days count for devices that were remembered before, too */
export async function isRemembered(
  db: Database,
  { tenantId, userId }: { readonly tenantId: string; readonly userId: string },
  token: string | undefined,
  days: number,
): Promise<boolean> {
  if (token === undefined || days === 0 || tenantOfToken('device', token) !== tenantId) return false
  const found = await db.run(
    { tenantId },
    sql`select user_id from user_device where digest = ${digestOf(token)} and tenant_id = ${tenantId}
      and user_id = ${userId} and created_at > now() - make_interval(days => ${days})`,
  )
  return found.length > 0
}

/** @returns how many there were */
export async function forgetDevices(tx: TenantTx, userId: string): Promise<number> {
  const gone = await tx.query(
    sql`delete from user_device where user_id = ${userId} and tenant_id = ${tx.tenantId} returning user_id`,
  )
  return gone.length
}
