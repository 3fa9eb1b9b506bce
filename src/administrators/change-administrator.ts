// Changes that an owner makes to administrators: role, disable, remove, reset second factors. Each change is refused
// if it would leave the tenant without an owner who can sign in.
import { type AuditContext, audited } from '#audit/record.ts'
import { clearFactors } from '#factors/factors.ts'
import type { Database, TenantTx } from '#platform/database/database.ts'
import { sql } from '#platform/database/sql.ts'
import { readPlainName } from '#tenancy/rules.ts'
import { forgetGuesses } from '#throttle/guesses.ts'
import { forgetBrowsers } from '#throttle/known-browsers.ts'
import { type Administrator, findAdministrator, type Role } from './administrators.ts'
import { administratorId, holderOf } from './factors.ts'
import { revokeKeysOf, revokeLinksOf } from './handed-out.ts'
import { keepingAnOwner } from './last-owner.ts'
import { endSessionsOf } from './sign-in/sessions.ts'

export interface AdministratorChange {
  readonly name?: string
  readonly role?: Role
  readonly disabled?: boolean
}

interface Tools {
  readonly db: Database
  /** The URL of the service, which decides where passkeys work. */
  readonly publicUrl: () => string
}

/**
 * Changes name, role or disabled state. It takes effect at the next request: the role is read each time, and
 * disabling ends every session. An administrator who is no longer an enabled owner loses the links they issued.
 * @throws {Invalid} `name`
 * @throws {NotFound} {Refused}
 */
export async function changeAdministrator(
  { db, publicUrl }: Tools,
  auditContext: AuditContext,
  id: string,
  change: AdministratorChange,
): Promise<Administrator> {
  const name = change.name === undefined ? undefined : readPlainName(change.name)
  return db.transaction({ tenantId: auditContext.tenantId }, (tx) =>
    keepingAnOwner(tx, publicUrl, id, async () => {
      const before = await findAdministrator(tx, tx.tenantId, id)
      const after = { ...before, ...change, name: name ?? before.name }
      const changed = differing(before, after)
      if (changed.length === 0) return before
      await updateAdministrator(tx, auditContext, before, after, changed)
      if (after.disabled && !before.disabled) await endSessionsOf(tx, id)
      if (after.disabled || after.role !== 'owner') await revokeLinksOf(tx, auditContext, id)
      return after
    }),
  )
}

type Field = 'name' | 'role' | 'disabled'
const FIELDS: readonly Field[] = ['name', 'role', 'disabled']

function differing(before: Administrator, after: Administrator): Field[] {
  return FIELDS.filter((field) => before[field] !== after[field])
}

async function updateAdministrator(
  tx: TenantTx,
  auditContext: AuditContext,
  before: Administrator,
  after: Administrator,
  changed: readonly Field[],
): Promise<void> {
  const part = (whole: Administrator) => Object.fromEntries(changed.map((field) => [field, whole[field]]))
  const update = sql`update administrator set name = ${after.name}, role = ${after.role},
      disabled_at = case when ${after.disabled} then coalesce(disabled_at, now()) end
    where id = ${before.id} and tenant_id = ${tx.tenantId} returning id`
  await tx.query(
    audited(auditContext, update, {
      action: 'update',
      objectType: 'Administrator',
      objectId: before.id,
      objectName: before.email,
      change: { before: part(before), after: part(after) },
    }),
  )
}

/**
 * Removes an administrator with their sessions, factors, API keys and open invitations. Their entries in the audit
 * log stay.
 * @throws {NotFound} {Refused}
 */
export async function removeAdministrator(
  { db, publicUrl }: Tools,
  auditContext: AuditContext,
  id: string,
): Promise<void> {
  await db.transaction({ tenantId: auditContext.tenantId }, (tx) =>
    keepingAnOwner(tx, publicUrl, id, async () => {
      const { email, name, role } = await findAdministrator(tx, tx.tenantId, id)
      await revokeLinksOf(tx, auditContext, id)
      await revokeKeysOf(tx, auditContext, id)
      const gone = sql`delete from administrator where id = ${id} and tenant_id = ${tx.tenantId} returning id`
      await tx.query(
        audited(auditContext, gone, {
          action: 'delete',
          objectType: 'Administrator',
          objectId: id,
          objectName: email,
          change: { before: { email, name, role } },
        }),
      )
    }),
  )
}

export interface FactorsReset {
  /** How many factors were removed. */
  readonly factors: number
  /** Whether the password was removed: a short one is allowed only with a second factor, so a new one must be set. */
  readonly needsPassword: boolean
}

/**
 * Removes all second factors of an administrator who has lost them, and ends every session.
 * @throws {NotFound} {Refused}
 */
export async function resetFactors(
  { db, publicUrl }: Tools,
  auditContext: AuditContext,
  id: string,
): Promise<FactorsReset> {
  const reset = await db.transaction({ tenantId: auditContext.tenantId }, (tx) =>
    keepingAnOwner(tx, publicUrl, id, async () => {
      const administrator = await findAdministrator(tx, tx.tenantId, id)
      const factors = await clearFactors(tx, auditContext, holderOf(administrator))
      await endSessionsOf(tx, id)
      await forgetBrowsers(tx, administratorId(id))
      const isVoid = await voidShortPassword(tx, auditContext, administrator)
      return { factors, needsPassword: isVoid }
    }),
  )
  await forgetGuesses(db, 'factor', id)
  return reset
}

/** Removes a password that is too short without a second factor. @returns whether the account has no password now */
async function voidShortPassword(
  tx: TenantTx,
  auditContext: AuditContext,
  { id, email }: Administrator,
): Promise<boolean> {
  const update = sql`update administrator set password_hash = null, password_is_long = true
    where id = ${id} and tenant_id = ${tx.tenantId} and not password_is_long returning id`
  await tx.query(
    audited(auditContext, update, {
      action: 'update',
      objectType: 'Administrator',
      objectId: id,
      objectName: email,
      change: { after: { password: 'void' } },
    }),
  )
  const without = sql`select from administrator
    where id = ${id} and tenant_id = ${tx.tenantId} and password_hash is null`
  return (await tx.query(without)).length > 0
}
