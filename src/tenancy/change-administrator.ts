// What an owner does to administrators: role, hold, removal, and the way back in for who has lost a factor. Whatever it is,
// an owner who can sign in stays.
import { audited, record, type Witness } from '#audit/record.ts'
import { Refused } from '#errors.ts'
import { clearFactors } from '#factors/factors.ts'
import type { Database, TenantTx } from '#platform/database.ts'
import { sql } from '#platform/sql.ts'
import { endSessionsOf } from './administrator-sessions.ts'
import { type Administrator, findAdministrator, type Role } from './administrators.ts'
import { holderOf, lockAdministrator } from './factors.ts'
import { readPlainName } from './rules.ts'

export interface AdministratorChange {
  readonly name?: string
  readonly role?: Role
  readonly disabled?: boolean
}

/** Effective at once: the role is read on each request, and whoever is disabled has no session left. @throws {NotFound} {Refused} */
export async function changeAdministrator(
  db: Database,
  witness: Witness,
  id: string,
  change: AdministratorChange,
): Promise<Administrator> {
  const name = change.name === undefined ? undefined : readPlainName(change.name)
  return db.transaction({ tenantId: witness.tenantId }, async (tx) => {
    const before = await lockAmongOwners(tx, id)
    const after = { ...before, ...change, name: name ?? before.name }
    const changed = differing(before, after)
    if (changed.length === 0) return before
    await updateAdministrator(tx, witness, before, after, changed)
    await demandAnOwner(tx)
    if (after.disabled && !before.disabled) await endSessionsOf(tx, id)
    return after
  })
}

type Field = 'name' | 'role' | 'disabled'
const FIELDS: readonly Field[] = ['name', 'role', 'disabled']

function differing(before: Administrator, after: Administrator): Field[] {
  return FIELDS.filter((field) => before[field] !== after[field])
}

async function updateAdministrator(
  tx: TenantTx,
  witness: Witness,
  before: Administrator,
  after: Administrator,
  changed: readonly Field[],
): Promise<void> {
  const part = (whole: Administrator) => Object.fromEntries(changed.map((field) => [field, whole[field]]))
  const update = sql`update administrator set name = ${after.name}, role = ${after.role},
      disabled_at = case when ${after.disabled} then coalesce(disabled_at, now()) end
    where id = ${before.id} and tenant_id = ${tx.tenantId} returning id`
  await tx.query(
    audited(witness, update, {
      action: 'update',
      objectType: 'Administrator',
      objectId: before.id,
      objectName: before.email,
      change: { before: part(before), after: part(after) },
    }),
  )
}

/** Sessions and factors go with it; what was done stays in the audit log. @throws {NotFound} {Refused} */
export async function removeAdministrator(db: Database, witness: Witness, id: string): Promise<void> {
  await db.transaction({ tenantId: witness.tenantId }, async (tx) => {
    const { email, name, role } = await lockAmongOwners(tx, id)
    const gone = sql`delete from administrator where id = ${id} and tenant_id = ${tx.tenantId} returning id`
    const change = { before: { email, name, role } }
    await tx.query(
      audited(witness, gone, {
        action: 'delete',
        objectType: 'Administrator',
        objectId: id,
        objectName: email,
        change,
      }),
    )
    await demandAnOwner(tx)
  })
}

export interface FactorsReset {
  /** How many there were. */
  readonly factors: number
  /** A short password was good only with a factor: it is void, and a new one must be set. */
  readonly needsPassword: boolean
}

/** For somebody who has lost them. Every session ends. @throws {NotFound} */
export async function resetFactors(db: Database, witness: Witness, id: string): Promise<FactorsReset> {
  return db.transaction({ tenantId: witness.tenantId }, async (tx) => {
    await lockAdministrator(tx, id)
    const administrator = await findAdministrator(tx, tx.tenantId, id)
    const factors = await clearFactors(tx, witness, holderOf(administrator))
    await endSessionsOf(tx, id)
    const voided = await tx.query(
      sql`update administrator set password_hash = null, password_is_long = true
        where id = ${id} and tenant_id = ${tx.tenantId} and not password_is_long returning id`,
    )
    if (voided.length > 0)
      await record(tx, witness, {
        action: 'update',
        objectType: 'Administrator',
        objectId: id,
        objectName: administrator.email,
        change: { after: { password: 'void' } },
      })
    return { factors, needsPassword: voided.length > 0 }
  })
}

/** Holds all owners, in one order, so that two who demote each other cannot both succeed. @throws {NotFound} */
async function lockAmongOwners(tx: TenantTx, id: string): Promise<Administrator> {
  await tx.query(
    sql`select id from administrator where tenant_id = ${tx.tenantId} and (role = 'owner' or id = ${id})
      order by id for update`,
  )
  return findAdministrator(tx, tx.tenantId, id)
}

/** @throws {Refused} */
async function demandAnOwner(tx: TenantTx): Promise<void> {
  const owners = await tx.query(
    sql`select id from administrator where tenant_id = ${tx.tenantId} and role = 'owner' and disabled_at is null limit 1`,
  )
  if (owners.length === 0)
    throw new Refused('There must be an owner: make somebody else an owner first, then change this one')
}
