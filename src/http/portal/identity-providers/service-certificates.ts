import type { FastifyRequest } from 'fastify'
import { type Static, Type } from 'typebox'
import { describeCertificate } from '#identity-providers/details/certificates.ts'
import {
  listServiceCertificates,
  retireServiceCertificate,
  rotateServiceCertificate,
  type ServiceCertificate,
} from '#identity-providers/details/service-certificates.ts'
import { getIdentityProvider } from '#identity-providers/identity-providers.ts'
import { type ById, Id, IdParams } from '../contract/common.ts'
import type { PortalOptions } from '../options.ts'
import { route, routes } from '../route.ts'
import { ServiceCertificates } from './contract.ts'
import { viewOfCertificate } from './view.ts'

const tags = ['identity providers']
const CertificateParams = Type.Object({ id: Id, certificateId: Id })

/** The certificates with which we sign toward a SAML identity provider. */
export const serviceCertificateRoutes = routes([
  route(
    'GET /identity-providers/:id/service-certificates',
    {
      tags,
      role: 'auditor',
      summary: 'List our certificates: the signing one, the next one, then retired ones',
      params: IdParams,
      response: { 200: ServiceCertificates },
    },
    list,
  ),
  route(
    'POST /identity-providers/:id/service-certificates',
    {
      tags,
      role: 'admin',
      stepUp: true,
      summary: 'Rotate our certificate: publish a new one in our metadata beside the signing one',
      params: IdParams,
      response: { 201: ServiceCertificates },
    },
    rotate,
  ),
  route(
    'POST /identity-providers/:id/service-certificates/:certificateId/retire',
    {
      tags,
      role: 'admin',
      stepUp: true,
      summary: 'Retire a certificate: remove it from our metadata at once. The other one signs from now on',
      params: CertificateParams,
      response: { 200: ServiceCertificates },
    },
    retire,
  ),
])

async function list({ params, principal: { tenantId } }: FastifyRequest<ById>, { db }: PortalOptions) {
  await getIdentityProvider(db, tenantId, params.id)
  return viewOf(await listServiceCertificates(db, tenantId, params.id))
}

async function rotate({ params, principal }: FastifyRequest<ById>, { db, seal }: PortalOptions) {
  const provider = await getIdentityProvider(db, principal.tenantId, params.id)
  return viewOf(await rotateServiceCertificate(db, seal, principal.auditContext, provider))
}

async function retire(
  { params, principal }: FastifyRequest<{ Params: Static<typeof CertificateParams> }>,
  { db }: PortalOptions,
) {
  const provider = await getIdentityProvider(db, principal.tenantId, params.id)
  return viewOf(await retireServiceCertificate(db, principal.auditContext, provider, params.certificateId))
}

/** @param all the signing certificate is the first */
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
