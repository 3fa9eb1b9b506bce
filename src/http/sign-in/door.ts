// The sign-in door: plain HTML pages on which users choose their identity provider, sign in, prove a second factor and manage
// their own account. They work without scripts (passkeys aside). It decides nothing itself: src/sign-in does.
// service/doors.ts opens it; its code is loaded at the first visit. Every screen of a sign-in posts to its own address and
// returns to /sign-in/next, where one decision picks the screen that follows. Start with routes.ts, then flow/next.ts.
import fastifyCookie from '@fastify/cookie'
import formBody from '@fastify/formbody'
import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import { tokenBuckets } from '#platform/limits/token-bucket.ts'
import { openOidcConfigurations } from '#sign-in/oidc/configurations.ts'
import { servePlainPages } from '../plain-pages.ts'
import { refuseUnstorableText } from '../storable-text.ts'
import { sendProblem } from './errors.ts'
import { ROUTES } from './routes.ts'
import type { SignInOptions, SignInServices } from './services.ts'

const BODY_BYTES = 524_288 // a SAML response with its certificates, in base64
/** A burst, as a misconfigured provider sends many at once; then few. */
const REFUSED_LOGOUTS = { capacity: 100, perSecond: 20 / 60 }

export const signInDoor: FastifyPluginAsync<SignInOptions> = async (door, options) => {
  door.removeContentTypeParser(['text/plain', 'application/json'])
  await door.register(fastifyCookie)
  await door.register(formBody, { bodyLimit: BODY_BYTES })
  door.setErrorHandler(sendProblem)
  servePlainPages(door, options.db)
  refuseUnstorableText(door)
  const { db, seal, fetch, clock } = options
  addRoutes(door, {
    ...options,
    oidcConfigurations: openOidcConfigurations(db, seal, fetch, clock),
    refusedLogouts: tokenBuckets(REFUSED_LOGOUTS),
    afterAnswer: backgroundWork(door),
  })
}

function addRoutes(door: FastifyInstance, services: SignInServices): void {
  for (const [address, route] of Object.entries(ROUTES)) {
    const [method = '', url = ''] = address.split(' ')
    const { handler, ...settings } = typeof route === 'function' ? { handler: route } : route
    door.route({
      ...settings,
      method,
      url,
      handler: async (request, reply) => handler(services, request as never, reply),
    })
  }
}

function backgroundWork(door: FastifyInstance): SignInServices['afterAnswer'] {
  const running = new Set<Promise<void>>()
  door.addHook('onClose', async () => void (await Promise.allSettled(running)))
  return (work) => {
    running.add(work)
    void work.finally(() => running.delete(work))
  }
}
