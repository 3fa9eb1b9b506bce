import type { FastifyReply, FastifyRequest } from 'fastify'
import type { IdentityProvider } from '#identity-providers/identity-providers.ts'
import type { Freshness } from '#sign-in/freshness.ts'
import type { SignInServices } from '../services.ts'

/** A sign-in that is about to go to its identity provider. */
export interface SignInStart {
  readonly provider: IdentityProvider
  /** The token of the sign-in attempt. */
  readonly token: string
  /** What the user has to prove again. */
  readonly fresh: Freshness | undefined
  /** The email address that the user typed; undefined: none. */
  readonly hint: string | undefined
  readonly request: FastifyRequest
  readonly reply: FastifyReply
}

/** Sends the browser to an identity provider, or to our own form for a password. */
export type StartSignIn = (services: SignInServices, start: SignInStart) => Promise<FastifyReply>
