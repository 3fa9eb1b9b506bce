import type { FastifyReply, FastifyRequest } from 'fastify'
import { Refused } from '#errors.ts'
import type { ProviderType } from '#identity-providers/identity-providers.ts'
import type { ProviderChoice } from '#sign-in/choices.ts'
import type { SignInOptions } from './door.ts'

/** Sends the browser on its way to an identity provider, or to the form of the local one. */
export type Start = (
  options: SignInOptions,
  choice: ProviderChoice,
  /** Of the attempt that was begun. */
  token: string,
  request: FastifyRequest,
  reply: FastifyReply,
) => Promise<FastifyReply>

/** Each kind of identity provider brings its own beginning. */
const STARTS: Partial<Record<ProviderType, Start>> = {}

export function startAt(...[options, choice, ...rest]: Parameters<Start>): Promise<FastifyReply> {
  const start = STARTS[choice.type]
  if (!start) throw new Refused(`Nobody can sign in through ${choice.name} yet.`)
  return start(options, choice, ...rest)
}
