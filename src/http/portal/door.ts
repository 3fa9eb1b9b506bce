// The door of administrators: the API of the portal, /api/v1. Its pages use nothing else, so whatever they can do a program
// can do too. The guard says who asks (principal.ts), each route names the least role that may use it, and problems.ts
// is the one place that says no.

import fastifyCookie from '@fastify/cookie'
import fastifySwagger from '@fastify/swagger'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
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
import { auditLogRoutes } from './logs/audit-proof.ts'
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

export const portalDoor: FastifyPluginAsyncTypebox<PortalOptions> = async (
  door,
  { prefix: _, ...options },
) => {
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
  await door.register(sessionRoutes, options)
  await door.register(identityProviderRoutes, options)
  await door.register(credentialRoutes, options)
  await door.register(clientKeyRoutes, options)
  await door.register(serviceCertificateRoutes, options)
  await door.register(mappingRoutes, options)
  await door.register(metadataRoutes, options)
  await door.register(provisioningRoutes, options)
  await door.register(scimRequestRoutes, options)
  await door.register(ownSessionRoutes, options)
  await door.register(accountRoutes, options)
  await door.register(accountLinkRoutes, options)
  await door.register(administratorRoutes, options)
  await door.register(invitationRoutes, options)
  await door.register(apiKeyRoutes, options)
  await door.register(logRoutes, options)
  await door.register(auditLogRoutes, options)
  await door.register(gatewayRoutes, options)
  await door.register(overviewRoutes, options)
  await door.register(userRoutes, options)
  await door.register(userBulkRoutes, options)
  await door.register(deletedUserRoutes, options)
  await door.register(groupRoutes, options)
  await door.register(jobRoutes, options)
  await door.register(applicationRoutes, options)
  await door.register(signingKeyRoutes, options)
  await door.register(enrolmentRoutes, options)
  await door.register(domainRoutes, options)
  await door.register(brandRoutes, options)
  await door.register(userFactorRoutes, options)
  await door.register(userIdentityRoutes, options)
}
