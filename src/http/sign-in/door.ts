// The door of the users: they choose their identity provider, sign in through it, prove a second factor, and reach their
// applications. Plain pages, rendered here, that work without scripts (passkeys aside). Every screen of a sign-in posts to
// its own address and comes back to /sign-in/next, where one decision (sign-in/next-step.ts) picks the screen that follows.
import fastifyCookie from '@fastify/cookie'
import formBody from '@fastify/formbody'
import type { FastifyPluginAsync } from 'fastify'
import type { Activity } from '#logs/activity.ts'
import type { Clock } from '#platform/clock.ts'
import type { Seal } from '#platform/crypto/seal.ts'
import type { Database } from '#platform/database/database.ts'
import type { GuardedFetch } from '#platform/network/fetch.ts'
import type { Mailer } from '#platform/network/mail.ts'
import type { Sms } from '#platform/network/sms.ts'
import { openOidcConfigurations } from '#sign-in/oidc/configurations.ts'
import { servePlainPages } from '../plain-pages.ts'
import { refuseUnstorableText } from '../storable-text.ts'
import { homeRoutes } from './account/home.ts'
import { passwordRoutes } from './account/passwords.ts'
import { profileRoutes } from './account/profile.ts'
import { securityRoutes } from './account/security.ts'
import { ownSessionRoutes } from './account/sessions.ts'
import { sendProblem } from './errors.ts'
import { chooseRoutes } from './flow/choose.ts'
import { factorRoutes } from './flow/factors.ts'
import { flowRoutes } from './flow/next.ts'
import { localRoutes, startLocal } from './flow/password-sign-in.ts'
import { startRoutes } from './flow/start.ts'
import { logoRoutes } from './logo.ts'
import { oidcLogoutRoutes } from './oidc/logout.ts'
import { oidcRoutes, startOidc } from './oidc/sign-in.ts'
import { samlLogoutRoutes } from './saml/logout.ts'
import { samlRoutes, startSaml } from './saml/sign-in.ts'
import { desktopRoutes } from './screens/personal-desktop.ts'

/** What the routes of this door need; `service/doors.ts` makes it once. */
export interface SignInOptions {
  readonly db: Database
  readonly seal: Seal
  readonly clock: Clock
  /** How the service is reached, without a trailing slash. */
  readonly publicUrl: () => string
  /** Undefined where no mail can be sent. */
  readonly mailer: Mailer | undefined
  /** Undefined where no text message can be sent. */
  readonly sms: Sms | undefined
  readonly activity: Activity
  /** The one way out, to identity providers. */
  readonly fetch: GuardedFetch
}

const BODY_BYTES = 524_288 // a SAML response with its certificates, in base64

export const signInDoor: FastifyPluginAsync<SignInOptions> = async (door, options) => {
  door.removeContentTypeParser(['text/plain', 'application/json'])
  await door.register(fastifyCookie)
  await door.register(formBody, { bodyLimit: BODY_BYTES })
  door.setErrorHandler(sendProblem)
  servePlainPages(door, options.db)
  refuseUnstorableText(door)
  await door.register(chooseRoutes, options)
  await door.register(flowRoutes, options)
  await door.register(factorRoutes, options)
  await door.register(desktopRoutes, options)
  await door.register(localRoutes, options)
  await door.register(passwordRoutes, options)
  await door.register(logoRoutes, options)
  await door.register(profileRoutes, options)
  await door.register(ownSessionRoutes, options)
  await door.register(securityRoutes, options)
  // Each kind of identity provider has its own way there and back.
  const configurations = openOidcConfigurations(options.db, options.seal, options.fetch, options.clock)
  await door.register(homeRoutes, { ...options, configurations })
  await door.register(oidcRoutes, { ...options, configurations })
  await door.register(oidcLogoutRoutes, { ...options, configurations })
  await door.register(samlRoutes, options)
  await door.register(samlLogoutRoutes, options)
  const starts = { local: startLocal, oidc: startOidc(configurations), saml: startSaml(options) }
  await door.register(startRoutes, { ...options, starts })
}
