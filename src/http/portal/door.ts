// The door of administrators: the API of the portal, /api/v1. Its pages use nothing else, so whatever they can do a program
// can do too. The guard says who asks (principal.ts), each route names the least role that may use it, and problems.ts
// is the one place that says no.

import fastifyCookie from '@fastify/cookie'
import fastifySwagger from '@fastify/swagger'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Activity } from '#logs/activity.ts'
import type { Clock } from '#platform/clock.ts'
import type { Database } from '#platform/database.ts'
import type { Dns } from '#platform/dns.ts'
import type { GuardedFetch } from '#platform/fetch.ts'
import type { Mailer } from '#platform/mail.ts'
import type { Seal } from '#platform/seal.ts'
import type { ApiKeyUse } from '#tenancy/api-key-use.ts'
import { setDataHeaders } from '../data-headers.ts'
import { refuseUnstorableText } from '../storable-text.ts'
import { accountRoutes } from './account.ts'
import { accountLinkRoutes } from './account-links.ts'
import { administratorRoutes } from './administrators.ts'
import { apiKeyRoutes } from './api-keys.ts'
import { applicationRoutes } from './applications.ts'
import { auditLogRoutes } from './audit-log.ts'
import { brandRoutes } from './brand.ts'
import { clientKeyRoutes } from './client-keys.ts'
import { credentialRoutes } from './credentials.ts'
import { deletedUserRoutes } from './deleted-users.ts'
import { domainRoutes } from './domains.ts'
import { enrolmentRoutes } from './enrolment.ts'
import { gatewayRoutes } from './gateways.ts'
import { groupRoutes } from './groups.ts'
import { identityProviderRoutes } from './identity-providers.ts'
import { invitationRoutes } from './invitations.ts'
import { jobRoutes } from './jobs.ts'
import { logRoutes } from './logs.ts'
import { mappingRoutes } from './mapping.ts'
import { metadataRoutes } from './metadata.ts'
import { overviewRoutes } from './overview.ts'
import { ownSessionRoutes } from './own-sessions.ts'
import { guard } from './principal.ts'
import { sendProblem } from './problems.ts'
import { provisioningRoutes } from './provisioning.ts'
import { scimRequestRoutes } from './scim-requests.ts'
import { serviceCertificateRoutes } from './service-certificates.ts'
import { sessionRoutes } from './session.ts'
import { signingKeyRoutes } from './signing-keys.ts'
import { userBulkRoutes } from './user-bulk.ts'
import { userFactorRoutes } from './user-factors.ts'
import { userIdentityRoutes } from './user-identities.ts'
import { userRoutes } from './users.ts'
import { validatorCompiler } from './validation.ts'

export const API_PREFIX = '/api/v1'

/** What the routes of the portal need; `service/doors.ts` makes it once. */
export interface PortalOptions {
  /** Of the door itself; its routes get the rest. */
  readonly prefix?: string
  readonly db: Database
  /** To addresses that administrators enter. */
  readonly fetch: GuardedFetch
  /** For proofs of domains. */
  readonly dns: Dns
  readonly seal: Seal
  readonly clock: Clock
  /** How the service is reached, without a trailing slash. */
  readonly publicUrl: () => string
  /** Undefined where no mail can be sent. */
  readonly mailer: Mailer | undefined
  readonly apiKeyUse: ApiKeyUse
  /** Where signing in and out is told of. */
  readonly activity: Activity
  /** How long single SCIM requests are kept. */
  readonly requestLogDays: number
  /** How long users whom their identity provider deleted can be restored. */
  readonly deletedUserDays: number
}

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
