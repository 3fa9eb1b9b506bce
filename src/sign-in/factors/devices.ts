// Remembered browsers: after a factor was proven in one, it isn't asked for again for as many days as the administrator allows.
import type { MfaMethod } from '#identity-providers/settings.ts'
import { digestOf, newScopedToken, tenantOfToken } from '#platform/crypto/scoped-tokens.ts'
import type { Database, Queryable, TenantTx } from '#platform/database/database.ts'
import { sql } from '#platform/database/sql.ts'
import type { Attempt } from '../attempts.ts'
import type { ProviderPolicy } from '../sessions/sign-in-user.ts'

const USER_AGENT_CHARACTERS = 300

/**
 * Remembers the browser of an attempt in which a factor was just proven.
 * @returns the token for the cookie; undefined: the attempt ended because the user changed
 */
export async function rememberDevice(
  db: Database,
  { id, tenantId, userId }: Pick<Attempt, 'id' | 'tenantId' | 'userId'>,
  factor: MfaMethod,
  userAgent: string | undefined,
): Promise<string | undefined> {
  const token = newScopedToken('device', tenantId)
  const kept = await db.run(
    { tenantId },
    sql`insert into user_device (digest, tenant_id, user_id, factor, user_agent)
      select ${digestOf(token)}, tenant_id, user_id, ${factor}, ${userAgent?.slice(0, USER_AGENT_CHARACTERS) ?? null}
      from user_attempt where id = ${id} and tenant_id = ${tenantId} and user_id = ${userId} for share
      returning user_id`,
  )
  return kept.length > 0 ? token : undefined
}

/**
 * Returns the method with which this browser was remembered. The policy's current days and methods apply. Browsers remembered
 * before the identity provider was last enabled don't count.
 * @returns undefined: the browser isn't remembered for this user
 */
export async function rememberedFactor(
  q: Queryable,
  { tenantId, userId }: { readonly tenantId: string; readonly userId: string },
  token: string | undefined,
  { rememberDeviceDays: days, mfaMethods }: Pick<ProviderPolicy, 'rememberDeviceDays' | 'mfaMethods'>,
): Promise<MfaMethod | undefined> {
  if (token === undefined || days === 0 || tenantOfToken('device', token) !== tenantId) return undefined
  const [device] = await q.query<{ factor: MfaMethod }>(
    sql`select d.factor from user_device d join directory_user u on u.id = d.user_id
        join identity_provider i on i.id = u.idp_id and i.enabled_at < d.created_at
      where d.digest = ${digestOf(token)} and d.tenant_id = ${tenantId}
        and d.user_id = ${userId} and d.created_at > now() - make_interval(days => ${days})
        and d.factor = any(${mfaMethods}::text[])`,
  )
  return device?.factor
}

/** Forgets all remembered browsers of a user. @returns how many there were */
export async function forgetDevices(tx: TenantTx, userId: string): Promise<number> {
  const gone = await tx.query(
    sql`delete from user_device where user_id = ${userId} and tenant_id = ${tx.tenantId} returning user_id`,
  )
  return gone.length
}
