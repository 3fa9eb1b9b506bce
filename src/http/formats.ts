// Every refusal is in the format of the door that its address belongs to, also where the request reaches no route: a client
// that knows the errors of SCIM, OAuth or the API alone understands each answer that it gets.

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { NotFound } from '#errors.ts'
import { setDataHeaders } from './data-headers.ts'
import { sendOAuthError } from './oauth/errors.ts'
import { sendOperatorError } from './operator/errors.ts'
import { sendProblem } from './portal/problems.ts'
import { sendScimError } from './scim/errors.ts'
import { sendUnpreparedProblem } from './sign-in/errors.ts'

export type Format = 'scim' | 'oauth' | 'problem' | 'operator' | 'page'

/** By the first part of the path; people get a page at every other address. */
const FORMATS: ReadonlyMap<string, Format> = new Map([
  ['scim', 'scim'],
  ['oauth', 'oauth'],
  ['.well-known', 'oauth'],
  ['api', 'problem'],
  ['healthz', 'operator'],
  ['readyz', 'operator'],
  ['metrics', 'operator'],
])

/** Below `/oidc`, one address is for OpenID providers, and not for their users. */
const BACKCHANNEL = /^[/\\]+oidc[/\\]+[^/\\?#]*[/\\]+backchannel-logout(?:[/\\?#]|$)/i

/** Finds the format for an address as it was sent: malformed escapes, doubled slashes and capitals included. */
export function formatOf(url: string | undefined): Format {
  const path = (url ?? '').replace(/^https?:\/\/[^/?#]*/i, '')
  if (BACKCHANNEL.test(path)) return 'oauth'
  const [first = ''] = path.replace(/^[/\\]+/, '').split(/[/\\?#]/, 1)
  return FORMATS.get(decoded(first).toLowerCase()) ?? 'page'
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

type Send = (error: unknown, request: FastifyRequest, reply: FastifyReply) => FastifyReply

const SEND: Readonly<Record<Format, Send>> = {
  scim: sendScimError,
  oauth: sendOAuthError,
  problem: sendProblem,
  operator: sendOperatorError,
  page: sendUnpreparedProblem,
}

/** Answers an error that no door has caught. */
export function sendError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  setDataHeaders(reply)
  return SEND[formatOf(request.raw.url)](error, request, reply)
}

/** For a server, before its doors are opened; a door may say more for the paths below it. */
export function answerOutsideDoors(server: FastifyInstance): void {
  server.setErrorHandler(sendError)
  server.setNotFoundHandler((request, reply) =>
    sendError(new NotFound('There is nothing at this address.'), request, reply),
  )
}
