import { randomUUIDv7 } from 'node:crypto'
import { audited, type Witness } from '#audit/record.ts'
import { Conflict } from '#errors.ts'
import type { Database, TenantTx } from '#platform/database.ts'
import { violatedIndex } from '#platform/database-errors.ts'
import { sql } from '#platform/sql.ts'
import { hashPassword } from './passwords.ts'
import { emailKey, readEmail, readPlainName } from './rules.ts'

export type Role = 'owner' | 'admin' | 'auditor'

export interface Administrator {
  readonly id: string
  readonly email: string
  readonly name: string
  readonly role: Role
  readonly disabled: boolean
  readonly createdAt: Date
}

export interface NewAdministrator {
  readonly email: string
  readonly name: string
  readonly role: Role
  /** 15 to 128 characters. */
  readonly password: string
}

/** Checked, and the password hashed: ready to be stored. */
export interface PreparedAdministrator {
  readonly id: string
  readonly email: string
  readonly name: string
  readonly role: Role
  readonly passwordHash: string
}

/** @throws {Invalid} names the field @throws {Conflict} `email` is taken in this tenant */
export async function createAdministrator(
  db: Database,
  witness: Witness,
  input: NewAdministrator,
): Promise<Administrator> {
  const prepared = await prepareAdministrator(input)
  return db.transaction({ tenantId: witness.tenantId }, (tx) => addAdministrator(tx, witness, prepared))
}

/** The slow part, done before a transaction begins. @throws {Invalid} names the field */
export async function prepareAdministrator(input: NewAdministrator): Promise<PreparedAdministrator> {
  const { role } = input
  const email = readEmail(input.email)
  const name = readPlainName(input.name)
  return { id: randomUUIDv7(), email, name, role, passwordHash: await hashPassword(input.password) }
}

/** @throws {Conflict} `email` is taken in this tenant */
export async function addAdministrator(
  tx: TenantTx,
  witness: Witness,
  fresh: PreparedAdministrator,
): Promise<Administrator> {
  const { id, email, name, role } = fresh
  const insert = sql`insert into administrator (id, tenant_id, email, email_key, name, role, password_hash)
    values (${id}, ${tx.tenantId}, ${email}, ${emailKey(email)}, ${name}, ${role}, ${fresh.passwordHash})
    returning created_at as "createdAt"`
  const change = { after: { email, name, role } }
  const fact = {
    action: 'create',
    objectType: 'Administrator',
    objectId: id,
    objectName: email,
    change,
  } as const
  try {
    const [row] = await tx.query<{ createdAt: Date }>(audited(witness, insert, fact))
    if (!row) throw new Error('the new administrator was not answered')
    // The link is for the first owner; where there is one, it is worth nothing any more.
    if (role === 'owner') await tx.query(sql`delete from setup_link where tenant_id = ${tx.tenantId}`)
    return { id, email, name, role, disabled: false, createdAt: row.createdAt }
  } catch (error) {
    if (violatedIndex(error) !== 'administrator_tenant_id_email_key_key') throw error
    throw new Conflict('email', `There is an administrator ${email} already`)
  }
}

/** In the order of their creation. */
export function listAdministrators(db: Database, tenantId: string): Promise<Administrator[]> {
  return db.run<Administrator>(
    { tenantId },
    sql`select id, email, name, role, disabled_at is not null as disabled, created_at as "createdAt"
      from administrator where tenant_id = ${tenantId} order by id`,
  )
}

export async function hasOwner(db: Database, tenantId: string): Promise<boolean> {
  const owner = sql`select from administrator where role = 'owner' and tenant_id = ${tenantId} limit 1`
  return (await db.run({ tenantId }, owner)).length > 0
}
