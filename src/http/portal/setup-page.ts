// The page behind the one-time setup link: whoever holds the link makes the tenant's first owner. Rendered here, without
// scripts, so that it works before there is a portal and in every browser.
import formBody from '@fastify/formbody'
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { Conflict, Invalid, NotFound, Unavailable } from '#errors.ts'
import type { Database } from '#platform/database.ts'
import { findSetupLink, redeemSetupLink } from '#tenancy/setup-link.ts'
import { contentSecurityPolicy } from './page.ts'
import { isSameOrigin } from './same-origin.ts'
import { donePage, type FormState, formPage, messagePage } from './setup-form.ts'

export interface SetupPageOptions {
  readonly db: Database
}

type SetupRequest = FastifyRequest<{ Params: { token: string } }>

const BODY_BYTES = 16_384
const RETRY_SECONDS = 5

export const setupPage: FastifyPluginAsync<SetupPageOptions> = async (door, { db }) => {
  door.removeContentTypeParser(['text/plain', 'application/json'])
  await door.register(formBody, { bodyLimit: BODY_BYTES })
  door.setErrorHandler((error, request, reply) => sendProblem(error, request, reply))
  door.addHook('onRequest', async (_request, reply) => {
    reply
      .type('text/html; charset=utf-8')
      .header('cache-control', 'no-store')
      .header('content-security-policy', contentSecurityPolicy)
      // Not no-referrer: under that a browser says `Origin: null` when it sends the form.
      .header('referrer-policy', 'same-origin')
      .header('x-content-type-options', 'nosniff')
  })

  door.get('/admin/setup/:token', async (request: SetupRequest) => {
    const { tenantName } = await findSetupLink(db, request.params.token)
    return formPage({ tenantName, email: '', name: '' })
  })

  door.post('/admin/setup/:token', { bodyLimit: BODY_BYTES }, async (request: SetupRequest, reply) => {
    if (!isSameOrigin(request)) {
      return reply.code(403).send(messagePage('Refused', 'This form was sent from another site.'))
    }
    const { token } = request.params
    const { tenantName } = await findSetupLink(db, token)
    const input = {
      email: field(request, 'email'),
      name: field(request, 'name'),
      password: field(request, 'password'),
    }
    try {
      const owner = await redeemSetupLink(db, token, input, {
        requestId: request.id,
        sourceAddress: request.ip,
      })
      return donePage(owner.email, tenantName)
    } catch (error) {
      const problem = problemOf(error)
      if (!problem) throw error
      return reply.code(422).send(formPage({ tenantName, email: input.email, name: input.name, problem }))
    }
  })
}

function field({ body }: FastifyRequest, name: string): string {
  const value =
    typeof body === 'object' && body !== null ? (body as Record<string, unknown>)[name] : undefined
  return typeof value === 'string' ? value : ''
}

/** What the person can mend in the form. */
function problemOf(error: unknown): FormState['problem'] {
  if (error instanceof Invalid) return { field: error.field, message: error.message }
  return error instanceof Conflict ? { field: error.attribute, message: error.message } : undefined
}

function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (error instanceof NotFound) {
    const advice = 'To get a new link, start Doorlist again, or use the command: doorlist admin create'
    return reply.code(404).send(messagePage('This link is not valid', error.message, advice))
  }
  if (error instanceof Unavailable) {
    reply.header('retry-after', RETRY_SECONDS)
    return reply
      .code(503)
      .send(messagePage('Not available now', 'The database cannot be reached. Try again in a moment.'))
  }
  const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500
  if (status >= 400 && status < 500) {
    return reply.code(status).send(messagePage('Not understood', 'The request is malformed.'))
  }
  request.log.error({ err: error }, 'the setup page failed')
  return reply.code(500).send(messagePage('Something went wrong', 'The error has been logged. Try again.'))
}
