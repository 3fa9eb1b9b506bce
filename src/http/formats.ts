// Errors outside of a door's routes have the format of the door that the path belongs to, so that a client of SCIM, OAuth
// or the API understands every error it gets.

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { NotFound } from '#errors.ts'
import { setDataHeaders } from './data-headers.ts'
import { sendOAuthError } from './oauth/errors.ts'
import { sendOperatorError } from './operator/errors.ts'
import { sendProblem } from './portal/problems.ts'
import { sendScimError } from './scim/errors.ts'
import { sendUnpreparedProblem } from './sign-in/errors.ts'

export type Format = 'scim' | 'oauth' | 'problem' | 'operator' | 'page'

/** By the first segment of the path. Every other path gets a page. */
const FORMATS: ReadonlyMap<string, Format> = new Map([
  ['scim', 'scim'],
  ['oauth', 'oauth'],
  ['.well-known', 'oauth'],
  ['api', 'problem'],
  ['healthz', 'operator'],
  ['readyz', 'operator'],
  ['metrics', 'operator'],
])

/** The one path below `/oidc` that OpenID providers call, not browsers. */
const BACKCHANNEL = /^[/\\]+oidc[/\\]+[^/\\?#]*[/\\]+backchannel-logout(?:[/\\?#]|$)/i

/** Returns the format for a URL as it was sent, which may have malformed escapes, doubled slashes or capitals. */
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

/** Sends an error that no door has handled. */
export function sendError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  setDataHeaders(reply)
  return SEND[formatOf(request.raw.url)](error, request, reply)
}

/** Handles errors and unknown paths of the whole server. A door can set its own handlers for its paths. */
export function answerOutsideDoors(server: FastifyInstance): void {
  server.setErrorHandler(sendError)
  server.setNotFoundHandler((request, reply) =>
    sendError(new NotFound('There is nothing at this address.'), request, reply),
  )
}
