import type { FastifyReply, FastifyRequest } from 'fastify'
import type { OwnAccount } from '#sign-in/factors/own-factors.ts'
import type { SignInServices } from '../services.ts'

/** What the pages about a user's own second factors are made from. */
export interface SecurityContext extends SignInServices, OwnAccount {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
}
