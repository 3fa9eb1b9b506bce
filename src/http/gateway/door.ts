// The door that a proxy asks before it lets a request through to an application: nginx by auth_request, Traefik and Caddy by
// forward authentication. It answers allow, with who it is, or where to sign in, or no. What it is asked about stands in
// X-Forwarded headers, which count only from a proxy that the operator named. It never waits for an identity provider.
import fastifyCookie from '@fastify/cookie'
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { openGatewayKeys } from '#access/gateway-keys.ts'
import type { Activity } from '#logs/activity.ts'
import type { Clock } from '#platform/clock.ts'
import type { Seal } from '#platform/crypto/seal.ts'
import type { Database } from '#platform/database/database.ts'
import { servePlainPages } from '../plain-pages.ts'
import { sendProblem } from '../sign-in/errors.ts'
import { refuseUnstorableText } from '../storable-text.ts'
import { STRICT_TRANSPORT_SECURITY } from '../strict-transport-security.ts'
import { entryRoutes } from './entry.ts'
import { openTrustedProxies } from './trusted-proxies.ts'
import { verifyRoutes } from './verify.ts'

export interface GatewayOptions {
  readonly db: Database
  readonly seal: Seal
  readonly clock: Clock
  /** How the service is reached, without a trailing slash. */
  readonly publicUrl: () => string
  readonly activity: Activity
  /** Addresses and networks of the proxies that may ask. */
  readonly trustedProxies: readonly string[]
}

export const gatewayDoor: FastifyPluginAsync<GatewayOptions> = async (door, options) => {
  await door.register(fastifyCookie)
  door.setErrorHandler(sendProblem)
  servePlainPages(door, options.db)
  refuseUnstorableText(door)
  const keys = openGatewayKeys(options.db, options.seal)
  const peers = openTrustedProxies(options.trustedProxies)
  door.addHook('onRequest', (request, reply, done) => {
    if (door.isReachedByHttps()) sparePeers(request, reply)
    done()
  })
  await door.register(verifyRoutes, { ...options, keys, peers })
  await door.register(entryRoutes, { ...options, keys, peers })

  /** A proxy hands our answers on to browsers at an application's host, and how that is reached is not ours to decide. */
  function sparePeers(request: FastifyRequest, reply: FastifyReply): void {
    const original = peers.originalRequest(request)
    if (original && original.origin !== options.publicUrl())
      reply.raw.removeHeader(STRICT_TRANSPORT_SECURITY[0])
  }
}
