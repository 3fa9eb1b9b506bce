import type { FastifyReply, FastifyRequest, RouteShorthandOptions } from 'fastify'
import type { Activity } from '#logs/activity.ts'
import type { Clock } from '#platform/clock.ts'
import type { Seal } from '#platform/crypto/seal.ts'
import type { Database } from '#platform/database/database.ts'
import type { TokenBuckets } from '#platform/limits/token-bucket.ts'
import type { GuardedFetch } from '#platform/network/fetch.ts'
import type { Mailer } from '#platform/network/mail.ts'
import type { Sms } from '#platform/network/sms.ts'
import type { OidcConfigurations } from '#sign-in/oidc/configurations.ts'

/** What the sign-in door is given when it opens (`service/doors.ts`). */
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
  /** Reaches identity providers; it refuses addresses inside our own network. */
  readonly fetch: GuardedFetch
}

/** What every handler of the door gets: the options, and what the door opens itself. */
export interface SignInServices extends SignInOptions {
  readonly oidcConfigurations: OidcConfigurations
  /** Limits logout tokens that are refused, by identity provider and network. */
  readonly refusedLogouts: TokenBuckets
  /** Goes on with work after the answer was sent; closing the door waits for it. */
  readonly afterAnswer: (work: Promise<void>) => void
}

/** Answers the requests of one route. Its request type names the parameters that the route has. */
export type Handler = (services: SignInServices, request: never, reply: FastifyReply) => unknown

/** A handler, or one with a body limit or an error format of its own. */
export type Route =
  | Handler
  | ({ readonly handler: Handler } & Pick<RouteShorthandOptions, 'bodyLimit' | 'errorHandler'>)

/** A request whose address has the id of an identity provider. */
export type ProviderRequest = FastifyRequest<{ Params: { idpId: string } }>
