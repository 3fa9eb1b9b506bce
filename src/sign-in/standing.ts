import type { Database, Queryable } from '#platform/database.ts'
import { sql } from '#platform/sql.ts'
import type { SignInPolicy, Standing } from './next-step.ts'

export interface Person extends Standing {
  readonly userId: string
  readonly userName: string
  readonly profile: Readonly<Record<string, string>>
}

/** How a person stands, for `nextStep`; undefined when there is none (any more). */
export async function findStanding(
  tx: Queryable,
  tenantId: string,
  userId: string,
): Promise<Person | undefined> {
  const [person] = await tx.query<Person>(
    sql`select u.id as "userId", u.user_name as "userName", u.profile, u.active, u.disabled_at is not null as disabled,
        u.deleted_at is not null as deleted, e.activated_at is not null as activated,
        e.personal_desktop as "personalDesktop", '{}'::text[] as factors
      from directory_user u left join user_enrolment e on e.user_id = u.id
      where u.id = ${userId} and u.tenant_id = ${tenantId}`,
  )
  return person
}

/** What the administrator demands of the people of an identity provider; undefined when it is gone. */
export async function findPolicy(
  db: Database,
  tenantId: string,
  idpId: string,
): Promise<SignInPolicy | undefined> {
  const [policy] = await db.run<SignInPolicy>(
    { tenantId },
    sql`select enabled, mfa, mfa_methods as "mfaMethods", ask_personal_desktop as "askPersonalDesktop", activation
      from identity_provider where id = ${idpId} and tenant_id = ${tenantId}`,
  )
  return policy
}
