import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Invalid, NotFound } from '#errors.ts'
import { changeBrand, findBrand } from '#tenancy/brand.ts'
import { findTenantById } from '#tenancy/tenants.ts'
import type { PortalOptions } from '../options.ts'
import { Brand, BrandChange } from './brand-contract.ts'

const tags = ['tenant']
const BODY_BYTES = 400_000 // the largest logo, in base64

/** Name and logo of the tenant, as its people see them. */
export const brandRoutes: FastifyPluginAsyncTypebox<PortalOptions> = async (door, { db, publicUrl }) => {
  door.get(
    '/brand',
    {
      config: { role: 'auditor' },
      schema: { tags, summary: 'Name and logo of the tenant', response: { 200: Brand } },
    },
    async ({ principal }) => brandOf(principal.tenantId),
  )

  door.patch(
    '/brand',
    {
      config: { role: 'admin' },
      bodyLimit: BODY_BYTES,
      schema: {
        tags,
        summary: 'Change the name or the logo of the tenant',
        body: BrandChange,
        response: { 200: Brand },
      },
    },
    async ({ principal, body: { name, logo } }) => {
      const { auditContext, tenantId } = principal
      await changeBrand(db, auditContext, { name, logo: typeof logo === 'string' ? readBase64(logo) : logo })
      return brandOf(tenantId)
    },
  )

  async function brandOf(tenantId: string) {
    const [brand, { slug }] = await Promise.all([findBrand(db, tenantId), findTenantById(db, tenantId)])
    if (!brand) throw new NotFound(`There is no tenant ${tenantId}`)
    const { name, logo } = brand
    const signInUrl = `${publicUrl()}/sign-in${slug === 'default' ? '' : `?tenant=${slug}`}`
    return { name, logo: logo ? `/logo/${tenantId}/${logo.hash}` : null, signInUrl }
  }
}

/** @throws {Invalid} `logo` */
function readBase64(text: string): Buffer {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text)) throw new Invalid('logo', 'must be in base64')
  return Buffer.from(text, 'base64')
}
