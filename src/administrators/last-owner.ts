// A tenant must always have an owner who can sign in; without one, only the operator could help.
import { Refused } from '#errors.ts'
import { relyingParty } from '#factors/relying-party.ts'
import type { TenantTx } from '#platform/database/database.ts'
import { sql } from '#platform/database/sql.ts'
import { type AvailableFactors, canSignIn } from './sign-in/next-step.ts'

interface OwnerFactors extends AvailableFactors {
  readonly email: string
  readonly hasPassword: boolean
}

/**
 * Changes an administrator while all owners are locked, always in the same order, so that two owners who demote each
 * other can't both succeed.
 * @throws {Refused} if the change leaves no owner, or no owner who can sign in, and there was one before
 */
export async function keepingAnOwner<Result>(
  tx: TenantTx,
  publicUrl: () => string,
  administratorId: string,
  work: () => Promise<Result>,
): Promise<Result> {
  await tx.query(
    sql`select id from administrator where tenant_id = ${tx.tenantId} and (role = 'owner' or id = ${administratorId})
      order by id for update`,
  )
  const before = await enabledOwners(tx, publicUrl())
  const result = await work()
  const after = await enabledOwners(tx, publicUrl())
  const losesOwner = after.length === 0 && before.length > 0
  if (losesOwner || (!after.some(isAble) && before.some(isAble))) throw lastOwner(after)
  return result
}

function isAble({ hasPassword, ...factors }: OwnerFactors): boolean {
  return canSignIn(hasPassword, factors)
}

function enabledOwners(tx: TenantTx, publicUrl: string): Promise<OwnerFactors[]> {
  const party = relyingParty(publicUrl)
  const rpId = 'rpId' in party ? party.rpId : null
  return tx.query<OwnerFactors>(
    sql`select a.email, a.password_hash is not null as "hasPassword",
        exists (select from factor_totp f where f.administrator_id = a.id) as totp,
        (select count(*)::integer from factor_passkey f
          where f.administrator_id = a.id and f.rp_id = ${rpId}) as passkeys,
        (select count(*)::integer from factor_passkey f
          where f.administrator_id = a.id and f.rp_id is distinct from ${rpId}) as "passkeysElsewhere",
        (select count(*)::integer from factor_recovery_code f where f.administrator_id = a.id) as "recoveryCodes"
      from administrator a
      where a.tenant_id = ${tx.tenantId} and a.role = 'owner' and a.disabled_at is null order by a.id`,
  )
}

const NAMED = 3

function lastOwner(unable: readonly OwnerFactors[]): Refused {
  const what = 'This would leave no owner who can sign in.'
  if (unable.length === 0)
    return new Refused(`${what} There must be an owner: make someone else an owner first.`)
  const named = unable.slice(0, NAMED).map(({ email }) => email)
  const more = unable.length > NAMED ? ` and ${unable.length - NAMED} more` : ''
  return new Refused(
    `${what} There is no password or second factor by which ${named.join(', ')}${more} could sign in. ` +
      'Let them set a new password first, or make someone else an owner.',
  )
}
