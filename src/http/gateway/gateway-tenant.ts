import type { FastifyRequest } from 'fastify'
import { NotFound, Refused } from '#errors.ts'
import type { Database } from '#platform/database/database.ts'
import { findOnlyTenant, findTenant, isSlug, type Tenant } from '#tenancy/tenants.ts'

const UNKNOWN = 'The gateway address names a tenant that does not exist.'
const SEVERAL =
  'This gateway serves several tenants. Name yours in the configuration of the proxy: /gateway/{tenant}/verify.'

/**
 * Returns the short name of the tenant whose gateway a proxy asks. It is part of the address in the proxy's configuration, so
 * a browser can't choose it. Without one, it is the installation's only tenant.
 * @throws {Refused} the name is malformed, or there are several tenants
 */
export async function tenantSlugOf(db: Database, request: FastifyRequest): Promise<string> {
  const { tenant } = request.params as { readonly tenant?: string }
  if (tenant === undefined) {
    const only = await findOnlyTenant(db)
    if (!only) throw new Refused(SEVERAL)
    return only.slug
  }
  if (!isSlug(tenant)) throw new Refused(UNKNOWN)
  return tenant
}

/** @throws {Refused} the tenant doesn't exist */
export async function requireTenant(db: Database, slug: string): Promise<Tenant> {
  return findTenant(db, slug).catch((error: unknown) => {
    throw error instanceof NotFound ? new Refused(UNKNOWN) : error
  })
}
