// The SCIM door, `/scim/v2/{idpId}/…`: who may enter (the credentials of that identity provider), what they may ask (the
// routes below), and how "no" is said (errors.ts). It speaks SCIM in every answer, also where there is no route.
import type { FastifyInstance, FastifyPluginAsync, HTTPMethods } from 'fastify'
import { record } from '#audit/record.ts'
import type { Provisioner } from '#directory/provisioner.ts'
import { Unauthenticated } from '#errors.ts'
import type { Authenticator, Caller } from '#identity-providers/authenticate.ts'
import type { LastSeen } from '#identity-providers/last-seen.ts'
import type { Database } from '#platform/database.ts'
import { StaleScope } from '#platform/database-errors.ts'
import { ScimError } from '#protocol/scim/error.ts'
import { acceptScimBodies, GROUP_BODY, USER_BODY } from './body.ts'
import { dialectOf } from './dialect.ts'
import { discoveryRoutes } from './discovery.ts'
import { sendScimError, toScimError } from './errors.ts'
import { groupRoutes } from './groups.ts'
import { rateLimit } from './rate.ts'
import type { ScimHandler, ScimReply, ScimRequest, ScimRoutes } from './request.ts'
import { userRoutes } from './users.ts'

export interface ScimDoorOptions {
  readonly db: Database
  readonly authenticator: Authenticator
  readonly lastSeen: LastSeen
  /** Where the service is reached from outside, without a trailing slash; known once it listens. */
  readonly publicUrl: () => string
  /** Requests a second and identity provider; 0 = unlimited. */
  readonly ratePerSecond: number
}

export const SCIM_PREFIX = '/scim/v2'

const WRITES = new Set(['POST', 'PUT', 'PATCH', 'DELETE'])

export const scimDoor: FastifyPluginAsync<ScimDoorOptions> = async (door, options) => {
  const takeToken = rateLimit(options.ratePerSecond)
  acceptScimBodies(door)
  door.decorateRequest('caller', undefined)
  door.setNotFoundHandler((request, reply) =>
    sendScimError(new ScimError(404, undefined, 'There is no such SCIM endpoint'), request, reply),
  )
  door.setErrorHandler(async (error, request, reply) => {
    await recordFailure(options, request as ScimRequest, error)
    return sendScimError(error, request, reply)
  })
  door.addHook('onRequest', async (request, reply) => {
    reply.header('x-content-type-options', 'nosniff').header('cache-control', 'no-store')
    if (request.is404) return
    const { idpId } = request.params as { idpId: string }
    request.caller = await options.authenticator.authenticate(request.headers.authorization, idpId)
    takeToken(request.caller.idp.id)
  })
  door.addHook('onResponse', async (request, reply) => {
    if (request.caller && reply.statusCode < 400) options.lastSeen.seen(request.caller)
  })
  openRoutes(door, options)
}

function openRoutes(door: FastifyInstance, options: ScimDoorOptions) {
  const dialect = (request: ScimRequest) => dialectOf(callerOf(request).idp.mode)
  const users = userRoutes(dialect)
  const groups = groupRoutes(dialect)
  const discovery = discoveryRoutes()
  resource(door, options, '/:idpId/Users', USER_BODY, users)
  resource(door, options, '/:idpId/Groups', GROUP_BODY, groups)
  for (const [path, handler] of Object.entries(discovery))
    route(door, options, `/:idpId${path}`, { GET: handler })
}

function resource(
  door: FastifyInstance,
  options: ScimDoorOptions,
  path: string,
  bodyLimit: number,
  handlers: ScimRoutes,
) {
  const { list, search, create, read, replace, patch, delete: remove } = handlers
  route(door, options, path, { GET: list, POST: create }, bodyLimit)
  route(door, options, `${path}/.search`, { POST: search }, bodyLimit)
  route(door, options, `${path}/:id`, { GET: read, PUT: replace, PATCH: patch, DELETE: remove }, bodyLimit)
}

const METHODS: HTTPMethods[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

/** One path with its methods; any other method is answered by 405 with `Allow`. @see RFC 7644 §3.2, RFC 9110 §15.5.6 */
function route(
  door: FastifyInstance,
  options: ScimDoorOptions,
  url: string,
  methods: Partial<Record<string, ScimHandler | undefined>>,
  bodyLimit: number = USER_BODY,
) {
  const allow = [...Object.keys(methods), 'OPTIONS', ...('GET' in methods ? ['HEAD'] : [])].join(', ')
  for (const method of METHODS) {
    const handler = methods[method]
    if (handler) door.route({ method, url, bodyLimit, handler: guarded(options, handler) })
    else if (method === 'OPTIONS') {
      door.route({ method, url, handler: (_request, reply) => reply.header('allow', allow).code(204).send() })
    } else {
      door.route({
        method,
        url,
        bodyLimit,
        handler: async (_request, reply) => {
          reply.header('allow', allow)
          throw new ScimError(405, undefined, `${method} is not allowed here; allowed: ${allow}`)
        },
      })
    }
  }
}

function callerOf(request: ScimRequest): Caller {
  if (!request.caller) throw new Unauthenticated('No SCIM credentials')
  return request.caller
}

/** Runs a handler for its caller; when the identity provider changed meanwhile, authenticates afresh and runs it once more. */
function guarded(options: ScimDoorOptions, handler: ScimHandler) {
  return async (plain: unknown, reply: unknown) => {
    const request = plain as ScimRequest
    try {
      return await handler(provisioner(options, request), request, reply as ScimReply)
    } catch (error) {
      if (!(error instanceof StaleScope)) throw error
      request.caller = await options.authenticator.refresh(
        request.headers.authorization,
        request.params.idpId,
      )
      return handler(provisioner(options, request), request, reply as ScimReply)
    }
  }
}

function provisioner({ db, publicUrl }: ScimDoorOptions, request: ScimRequest): Provisioner {
  const caller = callerOf(request)
  return {
    db,
    scope: caller.scope,
    tenantId: caller.tenantId,
    idpId: caller.idp.id,
    mapping: caller.idp.mapping,
    uniqueGroupNames: caller.idp.uniqueGroupNames,
    base: `${publicUrl()}/scim/v2/${caller.idp.id}`,
    witness: {
      tenantId: caller.tenantId,
      actor: {
        type: 'idp',
        id: caller.credentialId,
        name: caller.idp.name,
        idpId: caller.idp.id,
        requestId: request.id,
        sourceAddress: request.ip,
      },
    },
  }
}

/** A change that was refused is told of in the audit log too; when the log cannot be written, the refusal stands. */
async function recordFailure(options: ScimDoorOptions, request: ScimRequest, error: unknown): Promise<void> {
  const { status, message } = toScimError(error, request.method)
  if (!request.caller || !WRITES.has(request.method) || status >= 500 || status === 429 || status === 405)
    return
  const at = provisioner(options, request)
  const id = request.params.id
  const fact = {
    action: request.method === 'POST' ? 'create' : request.method === 'DELETE' ? 'delete' : 'update',
    objectType: request.url.includes('/Groups') ? 'Group' : 'User',
    objectId: undefined,
    objectName: (id ?? nameIn(request.body) ?? '').slice(0, 200).replaceAll('\u0000', ''),
    result: 'failure',
    change: { reason: `${status}: ${message}` },
  } as const
  await record({ query: (statement) => at.db.run(at.scope, statement) }, at.witness, fact).catch((failure) =>
    request.log.warn({ err: failure }, 'a refused change could not be recorded'),
  )
}

function nameIn(body: unknown): string | undefined {
  if (typeof body !== 'object' || body === null) return undefined
  const named = body as { userName?: unknown; displayName?: unknown }
  return [named.userName, named.displayName].find((name) => typeof name === 'string')
}
