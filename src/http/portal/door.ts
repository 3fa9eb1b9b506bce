// The API of the portal, /api/v1. The pages of the portal use nothing else, so a program can do whatever they can do.
// The guard identifies the caller and checks the role (principal.ts), every folder serves one resource through a table of
// routes (route.ts), and problems.ts turns errors into responses. Start with `ROUTES` below, then with the routes.ts of a
// resource. Opened by service/doors.ts.

import fastifyCookie from '@fastify/cookie'
import fastifySwagger from '@fastify/swagger'
import type { FastifyPluginAsync } from 'fastify'
import { setDataHeaders } from '../data-headers.ts'
import { refuseUnstorableText } from '../storable-text.ts'
import { accountLinkRoutes } from './account/links.ts'
import { ownSessionRoutes } from './account/own-sessions.ts'
import { accountRoutes } from './account/routes.ts'
import { invitationRoutes } from './administrators/invitations.ts'
import { administratorRoutes } from './administrators/routes.ts'
import { apiKeyRoutes } from './api-keys/routes.ts'
import { applicationRoutes } from './applications/routes.ts'
import { signingKeyRoutes } from './applications/signing-keys.ts'
import { gatewayRoutes } from './gateways/routes.ts'
import { groupRoutes } from './groups/routes.ts'
import { clientKeyRoutes } from './identity-providers/client-keys.ts'
import { credentialRoutes } from './identity-providers/credentials.ts'
import { metadataRoutes } from './identity-providers/metadata.ts'
import { identityProviderRoutes } from './identity-providers/routes.ts'
import { serviceCertificateRoutes } from './identity-providers/service-certificates.ts'
import { jobRoutes } from './jobs/routes.ts'
import { auditProofRoutes } from './logs/audit-proof.ts'
import { logRoutes } from './logs/routes.ts'
import { mappingRoutes } from './mapping/routes.ts'
import type { PortalOptions } from './options.ts'
import { overviewRoutes } from './overview/routes.ts'
import { guard } from './principal.ts'
import { sendProblem } from './problems.ts'
import { scimRequestRoutes } from './provisioning/requests.ts'
import { provisioningRoutes } from './provisioning/routes.ts'
import { sessionRoutes } from './session/routes.ts'
import { brandRoutes } from './tenant/brand.ts'
import { domainRoutes } from './tenant/domains.ts'
import { userBulkRoutes } from './users/bulk.ts'
import { deletedUserRoutes } from './users/deleted.ts'
import { enrolmentRoutes } from './users/enrolment.ts'
import { userFactorRoutes } from './users/factors.ts'
import { userIdentityRoutes } from './users/identities.ts'
import { userRoutes } from './users/routes.ts'
import { validatorCompiler } from './validation.ts'

export const API_PREFIX = '/api/v1'

const BODY_BYTES = 262_144

/** The OpenAPI document lists the routes in this order. */
const ROUTES: readonly FastifyPluginAsync<PortalOptions>[] = [
  sessionRoutes,
  identityProviderRoutes,
  credentialRoutes,
  clientKeyRoutes,
  serviceCertificateRoutes,
  mappingRoutes,
  metadataRoutes,
  provisioningRoutes,
  scimRequestRoutes,
  ownSessionRoutes,
  accountRoutes,
  accountLinkRoutes,
  administratorRoutes,
  invitationRoutes,
  apiKeyRoutes,
  logRoutes,
  auditProofRoutes,
  gatewayRoutes,
  overviewRoutes,
  userRoutes,
  userBulkRoutes,
  deletedUserRoutes,
  groupRoutes,
  jobRoutes,
  applicationRoutes,
  signingKeyRoutes,
  enrolmentRoutes,
  domainRoutes,
  brandRoutes,
  userFactorRoutes,
  userIdentityRoutes,
]

export const portalDoor: FastifyPluginAsync<PortalOptions> = async (door, { prefix: _, ...options }) => {
  door.removeContentTypeParser('text/plain')
  await door.register(fastifyCookie)
  await door.register(fastifySwagger, {
    openapi: { openapi: '3.1.0', info: { title: 'Doorlist', version: '1' } },
  })
  door.setValidatorCompiler(validatorCompiler())
  door.setErrorHandler(sendProblem)
  door.setNotFoundHandler((request, reply) =>
    sendProblem(Object.assign(new Error(), { statusCode: 404 }), request, reply),
  )
  door.addHook('onRoute', (route) => {
    route.bodyLimit ??= BODY_BYTES
  })
  door.addHook('onRequest', async (_request, reply) => {
    setDataHeaders(reply)
  })
  refuseUnstorableText(door)
  door.addHook('onRequest', guard(options.db, options.apiKeyUse))
  door.get('/openapi.json', { config: { role: 'open' }, schema: { hide: true } }, async () => door.swagger())
  for (const routes of ROUTES) await door.register(routes, options)
}
