// Tenants: separate organizations. This folder owns them, their names and logos. Administrators are owned by
// src/administrators, users by src/directory. The portal, the command line and the start of the service call it.
// Start with this file, then read brand.ts.
import { randomUUIDv7 } from 'node:crypto'
import { type Actor, audited } from '#audit/record.ts'
import { Conflict, Invalid, NotFound } from '#errors.ts'
import { type Database, SYSTEM } from '#platform/database/database.ts'
import { violatedIndex } from '#platform/database/errors.ts'
import { raw, sql } from '#platform/database/sql.ts'
import { readPlainName } from './rules.ts'

export interface Tenant {
  readonly id: string
  /** Short name for commands and URLs. */
  readonly slug: string
  readonly name: string
  readonly createdAt: Date
}

const DEFAULT_SLUG = 'default'
const SLUG = /^[a-z0-9][a-z0-9-]{0,62}$/
const COLUMNS = raw('id, slug, name, created_at as "createdAt"')

/** Creates a tenant. @throws {Invalid} `slug` or `name` @throws {Conflict} when the slug is taken */
export async function createTenant(
  db: Database,
  actor: Actor,
  input: { readonly slug: string; readonly name?: string | undefined },
): Promise<Tenant> {
  const { slug } = input
  if (!isSlug(slug)) {
    throw new Invalid('slug', 'must have 1 to 63 characters a-z, 0-9 and -, and not start with -')
  }
  const id = randomUUIDv7()
  const name = readPlainName(input.name ?? slug)
  const insert = sql`insert into tenant (id, slug, name) values (${id}, ${slug}, ${name}) returning ${COLUMNS}`
  const fact = {
    action: 'create',
    objectType: 'Tenant',
    objectId: id,
    objectName: slug,
    change: { after: { slug, name } },
  } as const
  try {
    const [row] = await db.run<Tenant>({ tenantId: id }, audited({ tenantId: id, actor }, insert, fact))
    if (!row) throw new Error('the insert returned no tenant')
    return { id, slug, name, createdAt: row.createdAt }
  } catch (error) {
    if (violatedIndex(error) !== 'tenant_slug_key') throw error
    throw new Conflict('slug', `A tenant ${slug} already exists`)
  }
}

/** Returns the default tenant, and creates it at the first start. */
export async function ensureDefaultTenant(db: Database): Promise<Tenant> {
  const found = await lookUp(db, DEFAULT_SLUG)
  if (found) return found
  try {
    return await createTenant(
      db,
      { type: 'system', name: 'Doorlist' },
      { slug: DEFAULT_SLUG, name: 'Default' },
    )
  } catch (error) {
    if (error instanceof Conflict) return findTenant(db, DEFAULT_SLUG) // another process has just created it
    throw error
  }
}

/** Returns all tenants, oldest first. */
export function listTenants(db: Database): Promise<Tenant[]> {
  return db.run<Tenant>(SYSTEM, sql`select ${COLUMNS} from tenant order by id`)
}

/** Returns whether a text can be the short name of a tenant. */
export function isSlug(text: string): boolean {
  return SLUG.test(text)
}

/** Returns the only tenant of an installation; undefined if there are several, or none. */
export async function findOnlyTenant(db: Database): Promise<Tenant | undefined> {
  const [first, second] = await db.run<Tenant>(SYSTEM, sql`select ${COLUMNS} from tenant order by id limit 2`)
  return second ? undefined : first
}

/** Returns the tenant with this short name. @throws {NotFound} */
export async function findTenant(db: Database, slug: string): Promise<Tenant> {
  const tenant = isSlug(slug) ? await lookUp(db, slug) : undefined
  if (!tenant) throw new NotFound(`There is no tenant ${slug}`)
  return tenant
}

/** Returns the tenant with this id. @throws {NotFound} */
export async function findTenantById(db: Database, tenantId: string): Promise<Tenant> {
  const [tenant] = await db.run<Tenant>(
    { tenantId },
    sql`select ${COLUMNS} from tenant where id = ${tenantId}`,
  )
  if (!tenant) throw new NotFound(`There is no tenant ${tenantId}`)
  return tenant
}

/** Returns whether the tenant's administrators run the service; they also see events that belong to no tenant. */
export async function isOperatorTenant(db: Database, tenantId: string): Promise<boolean> {
  return (await findTenantById(db, tenantId)).slug === DEFAULT_SLUG
}

async function lookUp(db: Database, slug: string): Promise<Tenant | undefined> {
  const [tenant] = await db.run<Tenant>(SYSTEM, sql`select ${COLUMNS} from tenant where slug = ${slug}`)
  return tenant
}
