// Browsers that are remembered after a factor was proven in them, for as long as the administrator allows.
import type { MfaMethod } from '#identity-providers/settings.ts'
import type { Queryable, TenantTx } from '#platform/database.ts'
import { sql } from '#platform/sql.ts'
import { digestOf, newScopedToken, tenantOfToken } from '#tenancy/scoped-tokens.ts'
import type { Policy } from './standing.ts'

const USER_AGENT_CHARACTERS = 300

/** @param factor that was just proven in this browser @returns the token for the cookie */
export async function rememberDevice(
  tx: TenantTx,
  userId: string,
  factor: MfaMethod,
  userAgent: string | undefined,
): Promise<string> {
  const token = newScopedToken('device', tx.tenantId)
  await tx.query(
    sql`insert into user_device (digest, tenant_id, user_id, factor, user_agent)
      values (${digestOf(token)}, ${tx.tenantId}, ${userId}, ${factor}, ${userAgent?.slice(0, USER_AGENT_CHARACTERS) ?? null})`,
  )
  return token
}

/**
 * The method that was proven when this browser was remembered. Days and methods are those that the administrator allows
 * now, also for browsers that were remembered before.
 * @returns undefined: it isn't remembered for this user
 */
export async function rememberedFactor(
  q: Queryable,
  { tenantId, userId }: { readonly tenantId: string; readonly userId: string },
  token: string | undefined,
  { rememberDeviceDays: days, mfaMethods }: Pick<Policy, 'rememberDeviceDays' | 'mfaMethods'>,
): Promise<MfaMethod | undefined> {
  if (token === undefined || days === 0 || tenantOfToken('device', token) !== tenantId) return undefined
  const [device] = await q.query<{ factor: MfaMethod }>(
    sql`select factor from user_device where digest = ${digestOf(token)} and tenant_id = ${tenantId}
      and user_id = ${userId} and created_at > now() - make_interval(days => ${days})
      and factor = any(${mfaMethods}::text[])`,
  )
  return device?.factor
}

/** @returns how many there were */
export async function forgetDevices(tx: TenantTx, userId: string): Promise<number> {
  const gone = await tx.query(
    sql`delete from user_device where user_id = ${userId} and tenant_id = ${tx.tenantId} returning user_id`,
  )
  return gone.length
}
