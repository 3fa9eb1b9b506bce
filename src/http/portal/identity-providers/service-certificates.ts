import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { describeCertificate } from '#identity-providers/details/certificates.ts'
import {
  listServiceCertificates,
  retireServiceCertificate,
  rotateServiceCertificate,
  type ServiceCertificate,
} from '#identity-providers/details/service-certificates.ts'
import { getIdentityProvider } from '#identity-providers/identity-providers.ts'
import { Id, IdParams } from '../contract/common.ts'
import type { PortalOptions } from '../options.ts'
import { ServiceCertificates } from './contract.ts'
import { viewOfCertificate } from './view.ts'

const tags = ['identity providers']
const CertificateParams = Type.Object({ id: Id, certificateId: Id })

/** Our own certificates toward a SAML identity provider. */
export const serviceCertificateRoutes: FastifyPluginAsyncTypebox<PortalOptions> = async (
  door,
  { db, seal },
) => {
  door.get(
    '/identity-providers/:id/service-certificates',
    {
      config: { role: 'auditor' },
      schema: {
        tags,
        summary: 'Our certificates toward it: the one that signs, the next, then retired ones',
        params: IdParams,
        response: { 200: ServiceCertificates },
      },
    },
    async ({ params, principal: { tenantId } }) => {
      await getIdentityProvider(db, tenantId, params.id)
      return viewOf(await listServiceCertificates(db, tenantId, params.id))
    },
  )

  door.post(
    '/identity-providers/:id/service-certificates',
    {
      config: { role: 'admin', stepUp: true },
      schema: {
        tags,
        summary: 'Make another one, published in our metadata beside the one that signs (rotate)',
        params: IdParams,
        response: { 201: ServiceCertificates },
      },
    },
    async ({ params, principal: { tenantId, auditContext } }, reply) => {
      const provider = await getIdentityProvider(db, tenantId, params.id)
      reply.code(201)
      return viewOf(await rotateServiceCertificate(db, seal, auditContext, provider))
    },
  )

  door.post(
    '/identity-providers/:id/service-certificates/:certificateId/retire',
    {
      config: { role: 'admin', stepUp: true },
      schema: {
        tags,
        summary: 'Take one out of our metadata at once; from now on the other one signs',
        params: CertificateParams,
        response: { 200: ServiceCertificates },
      },
    },
    async ({ params, principal: { tenantId, auditContext } }) => {
      const provider = await getIdentityProvider(db, tenantId, params.id)
      return viewOf(await retireServiceCertificate(db, auditContext, provider, params.certificateId))
    },
  )
}

function viewOf(all: readonly ServiceCertificate[]): ServiceCertificates {
  const [signing] = all
  return {
    items: all.map((one) => ({
      id: one.id,
      ...viewOfCertificate(describeCertificate(one.certificate)),
      state: one.retiredAt ? 'retired' : one === signing ? 'signing' : 'next',
      retiredAt: one.retiredAt?.toISOString() ?? null,
    })),
  }
}
