import { NotFound } from '#errors.ts'
import type { ProviderType } from '#identity-providers/provider-type.ts'
import type { Queryable, TenantTx } from '#platform/database/database.ts'
import { sql } from '#platform/database/sql.ts'
import type { AccountState, SignInPolicy } from '../next-step.ts'

export interface SignInUser extends AccountState {
  readonly userId: string
  readonly userName: string
  readonly profile: Readonly<Record<string, string>>
  /** The verified phone number for codes; null: none. */
  readonly phone: string | null
  /** Unused recovery codes. */
  readonly recoveryCodes: number
}

export interface ProviderPolicy extends SignInPolicy {
  readonly type: ProviderType
  readonly rememberDeviceDays: number
}

/** Returns a user with the account state that `nextStep` needs; undefined: there is no such user. */
export async function findSignInUser(
  tx: Queryable,
  tenantId: string,
  userId: string,
): Promise<SignInUser | undefined> {
  const [user] = await tx.query<SignInUser>(
    sql`select u.id as "userId", u.user_name as "userName", u.profile, u.active, u.disabled_at is not null as disabled,
        u.deleted_at is not null as deleted, e.activated_at is not null as activated,
        coalesce(u.profile->>'personalDesktop', e.personal_desktop) as "personalDesktop",
        array(
          select 'totp' from factor_totp f where f.user_id = u.id
          union all select distinct 'passkey' from factor_passkey f where f.user_id = u.id
          union all select f.method from user_address_factor f where f.user_id = u.id) as factors,
        (select f.phone from user_address_factor f where f.user_id = u.id and f.method = 'phone') as phone,
        (select count(*)::integer from factor_recovery_code f where f.user_id = u.id) as "recoveryCodes"
      from directory_user u left join user_enrolment e on e.user_id = u.id
      where u.id = ${userId} and u.tenant_id = ${tenantId}`,
  )
  return user
}

/** Returns an identity provider's sign-in settings; undefined: it was deleted. */
export async function findProviderPolicy(
  tx: Queryable,
  tenantId: string,
  idpId: string,
): Promise<ProviderPolicy | undefined> {
  const [policy] = await tx.query<ProviderPolicy>(
    sql`select type, enabled, mfa, mfa_methods as "mfaMethods", mfa_demand as "mfaDemand", ask_personal_desktop as "askPersonalDesktop", activation,
        remember_device_days as "rememberDeviceDays"
      from identity_provider where id = ${idpId} and tenant_id = ${tenantId}`,
  )
  return policy
}

/**
 * Locks an identity provider's settings until the transaction ends. Call it before locking the attempt: changes of the settings
 * lock in the same order, so neither can deadlock.
 */
export async function lockProviderPolicy(tx: TenantTx, idpId: string): Promise<void> {
  await tx.query(
    sql`select id from identity_provider where id = ${idpId} and tenant_id = ${tx.tenantId} for share`,
  )
}

/** Locks a user. Call it before locking the attempt: deactivation locks in the same order, so neither can deadlock. */
export async function lockUser(tx: TenantTx, userId: string): Promise<void> {
  await tx.query(
    sql`select id from directory_user where id = ${userId} and tenant_id = ${tx.tenantId} for no key update`,
  )
}

/** Locks a user, also a deleted one. @returns their userName @throws {NotFound} */
export async function lockUserName(tx: TenantTx, userId: string): Promise<string> {
  const [user] = await tx.query<{ userName: string }>(
    sql`select user_name as "userName" from directory_user
      where id = ${userId} and tenant_id = ${tx.tenantId} for no key update`,
  )
  if (!user) throw new NotFound(`There is no user ${userId}`)
  return user.userName
}
