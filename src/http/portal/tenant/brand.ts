import type { FastifyRequest } from 'fastify'
import { Invalid, NotFound } from '#errors.ts'
import { changeBrand, findBrand } from '#tenancy/brand.ts'
import { findTenantById } from '#tenancy/tenants.ts'
import type { PortalOptions } from '../options.ts'
import { route, routes } from '../route.ts'
import { Brand, BrandChange } from './brand-contract.ts'

const tags = ['tenant']
/** Enough for the largest logo in base64. */
const BODY_BYTES = 400_000

export const brandRoutes = routes([
  route(
    'GET /brand',
    { tags, role: 'auditor', summary: 'Get the name and logo of the tenant', response: { 200: Brand } },
    read,
  ),
  route(
    'PATCH /brand',
    {
      tags,
      role: 'admin',
      bodyLimit: BODY_BYTES,
      summary: 'Change the name or logo of the tenant',
      body: BrandChange,
      response: { 200: Brand },
    },
    change,
  ),
])

async function read({ principal: { tenantId } }: FastifyRequest, { db, publicUrl }: PortalOptions) {
  const [brand, { slug }] = await Promise.all([findBrand(db, tenantId), findTenantById(db, tenantId)])
  if (!brand) throw new NotFound(`There is no tenant ${tenantId}`)
  const { name, logo } = brand
  const signInUrl = `${publicUrl()}/sign-in${slug === 'default' ? '' : `?tenant=${slug}`}`
  return { name, logo: logo ? `/logo/${tenantId}/${logo.hash}` : null, signInUrl }
}

async function change(request: FastifyRequest<{ Body: BrandChange }>, options: PortalOptions) {
  const { name, logo } = request.body
  const image = typeof logo === 'string' ? readBase64(logo) : logo
  await changeBrand(options.db, request.principal.auditContext, { name, logo: image })
  return read(request, options)
}

/** @throws {Invalid} `logo` */
function readBase64(text: string): Buffer {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text)) throw new Invalid('logo', 'must be in base64')
  return Buffer.from(text, 'base64')
}
