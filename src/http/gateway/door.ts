// The gateway door: a reverse proxy asks it before each request to an application (nginx with auth_request, Traefik and Caddy with
// forward authentication). It answers: allowed, with headers that say who the user is; sign in first; or refused. It also leads
// a browser into an application by a one-time ticket. It takes X-Forwarded headers from the operator's proxies only, stores
// nothing itself, and never waits for an identity provider. service/doors.ts opens it. Start with verify.ts, then entry.ts.
import fastifyCookie from '@fastify/cookie'
import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { openGatewayKeys } from '#access/gateway-keys.ts'
import { servePlainPages } from '../plain-pages.ts'
import { sendProblem } from '../sign-in/errors.ts'
import { refuseUnstorableText } from '../storable-text.ts'
import { STRICT_TRANSPORT_SECURITY } from '../strict-transport-security.ts'
import { enterApplication, leaveApplication, requestTicket, sendKeys, startEntry } from './entry.ts'
import type { GatewayOptions, GatewayServices } from './services.ts'
import { openTrustedProxies } from './trusted-proxies.ts'
import { verifyRequest } from './verify.ts'

type Handler = (services: GatewayServices, request: never, reply: FastifyReply) => unknown

/** Every address of the door; all are read with GET. Paths below /.doorlist are on the application's host. */
const ROUTES: Readonly<Record<string, Handler>> = {
  '/gateway/:tenant/verify': verifyRequest,
  '/gateway/verify': verifyRequest,
  '/gateway/:tenant/.doorlist/start': startEntry,
  '/.doorlist/start': startEntry,
  '/sign-in/application': requestTicket,
  '/gateway/:tenant/.doorlist/enter': enterApplication,
  '/.doorlist/enter': enterApplication,
  '/gateway/:tenant/.doorlist/leave': leaveApplication,
  '/.doorlist/leave': leaveApplication,
  '/gateway/:tenant/jwks.json': sendKeys,
}

export const gatewayDoor: FastifyPluginAsync<GatewayOptions> = async (door, options) => {
  await door.register(fastifyCookie)
  door.setErrorHandler(sendProblem)
  servePlainPages(door, options.db)
  refuseUnstorableText(door)
  const keys = openGatewayKeys(options.db, options.seal)
  const services = { ...options, keys, proxies: openTrustedProxies(options.trustedProxies) }
  omitTransportSecurity(door, services)
  for (const [url, handler] of Object.entries(ROUTES))
    door.get(url, async (request, reply) => handler(services, request as never, reply))
}

/** A proxy passes our answers on at an application's host. Whether that host requires HTTPS isn't for us to say. */
function omitTransportSecurity(door: FastifyInstance, { proxies, publicUrl }: GatewayServices): void {
  door.addHook('onRequest', (request: FastifyRequest, reply, done) => {
    const original = door.isReachedByHttps() ? proxies.originalRequest(request) : undefined
    if (original && original.origin !== publicUrl()) reply.raw.removeHeader(STRICT_TRANSPORT_SECURITY[0])
    done()
  })
}
