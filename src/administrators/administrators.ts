// Administrators: their accounts, roles, second factors, invitations, API keys and sign-in to the portal. This folder
// owns their tables. It doesn't own the users of identity providers (src/directory) or the factors themselves
// (src/factors). The portal's API, the command line and the start of the service call it. Start with this file, then
// read sign-in/sign-in.ts and api-keys/api-keys.ts.
import { randomUUIDv7 } from 'node:crypto'
import { type AuditContext, audited } from '#audit/record.ts'
import { Conflict, NotFound } from '#errors.ts'
import { hashPassword, type PasswordHash } from '#factors/passwords.ts'
import type { Database, Queryable, TenantTx } from '#platform/database/database.ts'
import { violatedIndex } from '#platform/database/errors.ts'
import { raw, sql } from '#platform/database/sql.ts'
import { emailKey, readEmail, readPlainName } from '#tenancy/rules.ts'
import { LIVE } from './sign-in/session-age.ts'

export type Role = 'owner' | 'admin' | 'auditor'

export interface Administrator {
  readonly id: string
  readonly email: string
  readonly name: string
  readonly role: Role
  readonly disabled: boolean
  readonly createdAt: Date
}

/** An administrator as the portal lists it for other administrators. */
export interface ListedAdministrator extends Administrator {
  /** Number of authenticator apps and passkeys. */
  readonly factors: number
  /** The last request of any current session; null if there is no session. */
  readonly lastSeenAt: Date | null
}

export interface NewAdministrator {
  readonly email: string
  readonly name: string
  readonly role: Role
  /** 15 to 128 characters, or 8 to 128 if a second factor is enrolled with it. */
  readonly password: string
}

/** A validated administrator with a hashed password, ready to be stored. */
export interface PreparedAdministrator {
  readonly id: string
  readonly email: string
  readonly name: string
  readonly role: Role
  readonly password: PasswordHash
}

/**
 * Creates an administrator.
 * @throws {Invalid} with the name of the field
 * @throws {Conflict} `email` if the tenant already has an administrator with this address
 */
export async function createAdministrator(
  db: Database,
  auditContext: AuditContext,
  input: NewAdministrator,
): Promise<Administrator> {
  const prepared = await prepareAdministrator(input)
  return db.transaction({ tenantId: auditContext.tenantId }, (tx) =>
    addAdministrator(tx, auditContext, prepared),
  )
}

/**
 * Validates the input and hashes the password. Hashing is slow, so do this before a transaction begins.
 * @throws {Invalid} with the name of the field
 */
export async function prepareAdministrator(
  input: NewAdministrator,
  rule: { readonly withFactor?: boolean } = {},
): Promise<PreparedAdministrator> {
  const { role } = input
  const email = readEmail(input.email)
  const name = readPlainName(input.name)
  const password = await hashPassword(input.password, { ...rule, about: [email, name] })
  return { id: randomUUIDv7(), email, name, role, password }
}

/**
 * Stores an administrator.
 * @throws {Conflict} `email` if the tenant already has an administrator with this address
 */
export async function addAdministrator(
  tx: TenantTx,
  auditContext: AuditContext,
  fresh: PreparedAdministrator,
): Promise<Administrator> {
  const { id, email, name, role, password } = fresh
  const insert = sql`insert into administrator
      (id, tenant_id, email, email_key, name, role, password_hash, password_is_long)
    values (${id}, ${tx.tenantId}, ${email}, ${emailKey(email)}, ${name}, ${role}, ${password.hash}, ${password.isLong})
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
    const [row] = await tx.query<{ createdAt: Date }>(audited(auditContext, insert, fact))
    if (!row) throw new Error('the new administrator was not answered')
    // The set-up link is only for the first owner.
    if (role === 'owner') await tx.query(sql`delete from setup_link where tenant_id = ${tx.tenantId}`)
    return { id, email, name, role, disabled: false, createdAt: row.createdAt }
  } catch (error) {
    if (violatedIndex(error) !== 'administrator_tenant_id_email_key_key') throw error
    throw new Conflict('email', `There is an administrator ${email} already`)
  }
}

const COLUMNS = raw(
  'a.id, a.email, a.name, a.role, a.disabled_at is not null as disabled, a.created_at as "createdAt"',
)

/** Returns all administrators of the tenant, oldest first. */
export function listAdministrators(db: Database, tenantId: string): Promise<ListedAdministrator[]> {
  return db.run<ListedAdministrator>(
    { tenantId },
    sql`select ${COLUMNS},
        (select count(*)::integer from factor_totp t where t.administrator_id = a.id)
          + (select count(*)::integer from factor_passkey p where p.administrator_id = a.id) as factors,
        (select max(s.last_seen_at) from administrator_session s where s.administrator_id = a.id and ${LIVE})
          as "lastSeenAt"
      from administrator a where a.tenant_id = ${tenantId} order by a.id`,
  )
}

/** Returns the administrator with this id. @throws {NotFound} */
export async function findAdministrator(q: Queryable, tenantId: string, id: string): Promise<Administrator> {
  const [found] = await q.query<Administrator>(
    sql`select ${COLUMNS} from administrator a where a.id = ${id} and a.tenant_id = ${tenantId}`,
  )
  if (!found) throw new NotFound('There is no such administrator')
  return found
}

/** Returns the administrator with this email address, ignoring case. @throws {NotFound} */
export async function findAdministratorByEmail(
  db: Database,
  tenantId: string,
  email: string,
): Promise<Administrator> {
  const [found] = await db.run<Administrator>(
    { tenantId },
    sql`select ${COLUMNS} from administrator a where a.tenant_id = ${tenantId} and a.email_key = ${emailKey(email)}`,
  )
  if (!found) throw new NotFound(`There is no administrator ${email}`)
  return found
}

export async function hasOwner(db: Database, tenantId: string): Promise<boolean> {
  const owner = sql`select from administrator where role = 'owner' and tenant_id = ${tenantId} limit 1`
  return (await db.run({ tenantId }, owner)).length > 0
}
