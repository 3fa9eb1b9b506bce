import type { FastifyReply, FastifyRequest } from 'fastify'
import { Refused } from '#errors.ts'
import type { Attempt } from '#sign-in/attempts.ts'
import type { Step } from '#sign-in/next-step.ts'
import type { Person } from '#sign-in/standing.ts'
import type { SignInOptions } from './door.ts'

type ScreenName = Exclude<Step['next'], 'identify' | 'deny' | 'complete' | 'await-activation'>

/** What a screen is made from. */
export interface Scene<Name extends ScreenName> extends SignInOptions {
  readonly attempt: Attempt
  readonly person: Person
  readonly step: Extract<Step, { next: Name }>
  /** Of the attempt. */
  readonly token: string
  readonly request: FastifyRequest
  readonly reply: FastifyReply
}

type Screens = { readonly [Name in ScreenName]: (scene: Scene<ScreenName>) => Promise<string> }

const soon = async (): Promise<string> => {
  throw new Refused('This step is not built yet.')
}

/** One page for each step that asks the person for something. */
export const SCREENS: Screens = { 'enrol-factor': soon, challenge: soon, 'personal-desktop': soon }
