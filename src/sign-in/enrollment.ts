// Enrollment beside factors: the personal desktop, activation by an administrator, and resetting an enrollment.
import { type AuditContext, audited, record } from '#audit/record.ts'
import { Conflict, Invalid, NotFound } from '#errors.ts'
import { clearFactors } from '#factors/factors.ts'
import type { Database, TenantTx } from '#platform/database/database.ts'
import { raw, sql } from '#platform/database/sql.ts'
import { forgetGuesses } from '#throttle/guesses.ts'
import { endSessionsOf } from './sessions/sessions.ts'
import type { SignInUser } from './sessions/sign-in-user.ts'

const NAME_CHARACTERS = 100

/** @throws {Invalid} `personalDesktop` */
export async function setPersonalDesktop(
  tx: TenantTx,
  auditContext: AuditContext,
  { userId, userName }: Pick<SignInUser, 'userId' | 'userName'>,
  text: string,
): Promise<void> {
  const personalDesktop = text.trim().normalize('NFC')
  if (personalDesktop === '') throw new Invalid('personalDesktop', 'must not be empty')
  if (personalDesktop.length > NAME_CHARACTERS || /\p{C}/u.test(personalDesktop))
    throw new Invalid('personalDesktop', `must be a name of at most ${NAME_CHARACTERS} characters`)
  const write = sql`insert into user_enrolment (user_id, tenant_id, personal_desktop)
    values (${userId}, ${tx.tenantId}, ${personalDesktop})
    on conflict (user_id) do update set personal_desktop = excluded.personal_desktop returning user_id`
  await tx.query(
    audited(auditContext, write, {
      action: 'update',
      objectType: 'User',
      objectId: userId,
      objectName: userName,
      change: { after: { personalDesktop } },
    }),
  )
}

export interface PendingActivation {
  readonly id: string
  readonly userName: string
  readonly displayName: string | null
  readonly identityProvider: string
  readonly enrolledAt: Date
}

const MOST_WAITING = 500

/** The row `e` is of an enrolled, active user who needs an administrator's activation. */
const WAITS = raw(`e.activated_at is null and e.enrolled_at is not null and u.active and u.deleted_at is null
  and i.activation = 'manual'`)
const WAITING = raw(`user_enrolment e join directory_user u on u.id = e.user_id
  join identity_provider i on i.id = u.idp_id`)

/** Lists users who enrolled and need an administrator's activation, the oldest first. @returns `more`: there are others */
export async function listPendingActivations(
  db: Database,
  tenantId: string,
): Promise<{ readonly users: PendingActivation[]; readonly more: boolean }> {
  const found = await db.run<PendingActivation>(
    { tenantId },
    sql`select u.id, u.user_name as "userName", u.display_name as "displayName", i.name as "identityProvider",
        e.enrolled_at as "enrolledAt"
      from ${WAITING} where e.tenant_id = ${tenantId} and ${WAITS} order by e.enrolled_at limit ${MOST_WAITING + 1}`,
  )
  return { users: found.slice(0, MOST_WAITING), more: found.length > MOST_WAITING }
}

/** Counts pending activations, up to 500. */
export async function countPendingActivations(db: Database, tenantId: string): Promise<number> {
  const waiting = await db.run(
    { tenantId },
    sql`select from ${WAITING} where e.tenant_id = ${tenantId} and ${WAITS} limit ${MOST_WAITING}`,
  )
  return waiting.length
}

export interface Enrollment {
  readonly enrolledAt: Date | null
  readonly activatedAt: Date | null
  /** The user needs an administrator's activation. */
  readonly waiting: boolean
}

/** @throws {NotFound} */
export async function readEnrollment(db: Database, tenantId: string, id: string): Promise<Enrollment> {
  const [enrollment] = await db.run<Enrollment>(
    { tenantId },
    sql`select e.enrolled_at as "enrolledAt", e.activated_at as "activatedAt", coalesce(${WAITS}, false) as waiting
      from directory_user u join identity_provider i on i.id = u.idp_id
        left join user_enrolment e on e.user_id = u.id
      where u.id = ${id} and u.tenant_id = ${tenantId}`,
  )
  if (!enrollment) throw new NotFound(`There is no user ${id}`)
  return enrollment
}

/** Activates an enrolled user. Repeated calls change nothing. @throws {NotFound} @throws {Conflict} the user hasn't enrolled */
export async function activateUser(db: Database, auditContext: AuditContext, id: string): Promise<void> {
  await db.transaction({ tenantId: auditContext.tenantId }, async (tx) => {
    const user = await lockUser(tx, id)
    if (!user.enrolled) throw new Conflict('enrolment', `${user.userName} has not enrolled yet`)
    const update = sql`update user_enrolment set activated_at = now()
      where user_id = ${user.id} and tenant_id = ${tx.tenantId} and activated_at is null returning user_id`
    await tx.query(
      audited(auditContext, update, {
        action: 'update',
        objectType: 'User',
        objectId: user.id,
        objectName: user.userName,
        change: { before: { activated: false }, after: { activated: true } },
      }),
    )
  })
}

/**
 * Deletes a user's factors, remembered browsers and sessions. The user enrolls again at the next sign-in, and needs a new
 * activation if that is manual. The linked identity stays: it isn't lost with a phone. @throws {NotFound}
 */
export async function resetEnrollment(db: Database, auditContext: AuditContext, id: string): Promise<void> {
  await db.transaction({ tenantId: auditContext.tenantId }, async (tx) => {
    const user = await lockUser(tx, id)
    const { userName } = user
    await clearFactors(tx, auditContext, { kind: 'user', id: user.id, name: userName })
    const mine = sql`user_id = ${user.id} and tenant_id = ${tx.tenantId}`
    await tx.query(sql`delete from user_address_factor where ${mine}`)
    await tx.query(sql`delete from user_device where ${mine}`)
    await endSessionsOf(tx, user.id)
    await tx.query(sql`delete from user_enrolment where ${mine}`)
    await record(tx, auditContext, {
      action: 'update',
      objectType: 'User',
      objectId: user.id,
      objectName: userName,
      change: { after: { enrollment: 'reset' } },
    })
  })
  await forgetGuesses(db, 'factor', id)
}

async function lockUser(tx: TenantTx, id: string) {
  const [user] = await tx.query<{ id: string; userName: string; enrolled: boolean }>(
    sql`select u.id, u.user_name as "userName", e.enrolled_at is not null as enrolled
      from directory_user u left join user_enrolment e on e.user_id = u.id
      where u.id = ${id} and u.tenant_id = ${tx.tenantId} and u.deleted_at is null for no key update of u`,
  )
  if (!user) throw new NotFound(`There is no user ${id}`)
  return user
}
