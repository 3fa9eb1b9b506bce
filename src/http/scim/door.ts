// The SCIM door, `/scim/v2/{idpId}/…`: it authenticates the identity provider, serves the SCIM routes, and turns
// errors into SCIM errors (errors.ts), for unknown paths too. `#protocol/scim` parses requests and `#directory`
// carries them out; this folder connects the two. service/doors.ts opens it. Start with `openRoutes` below, then
// users.ts and groups.ts; bulk/ has bulk requests.

import type { FastifyInstance, FastifyPluginAsync, FastifyRequest, HTTPMethods } from 'fastify'
import { record } from '#audit/record.ts'
import { openMemberMoves } from '#directory/groups/one-member.ts'
import { openListMemory } from '#directory/lists/list-memory.ts'
import { compileMapping } from '#directory/profiles/mapping.ts'
import type { Provisioner } from '#directory/provisioner.ts'
import { openUserWrites } from '#directory/users/user-writes.ts'
import { Unauthenticated } from '#errors.ts'
import type { Authenticator } from '#identity-providers/credentials/authenticate.ts'
import type { Caller } from '#identity-providers/credentials/caller.ts'
import type { LastSeen } from '#identity-providers/last-seen.ts'
import type { UnknownAttributes } from '#identity-providers/schemas/unknown-attributes.ts'
import { type Clock, systemClock } from '#platform/clock.ts'
import type { Seal } from '#platform/crypto/seal.ts'
import type { Database } from '#platform/database/database.ts'
import { BULK_LIMITS } from '#protocol/scim/bulk/bulk.ts'
import { because, refuse } from '#protocol/scim/refusals/refusals.ts'
import type { RequestLog } from '#request-log/request-log.ts'
import { setDataHeaders } from '../data-headers.ts'
import { refuseUnstorableAddresses } from '../storable-text.ts'
import { acceptScimBodies, GROUP_BODY, USER_BODY } from './body.ts'
import { bulkRoute } from './bulk/bulk.ts'
import { openCursors } from './cursors.ts'
import { type Dialect, dialectOf } from './dialect.ts'
import { discoveryRoutes } from './discovery.ts'
import { sendScimError, toScimError } from './errors.ts'
import { isOutdated } from './fresh.ts'
import { groupRoutes } from './groups.ts'
import { observeRequests } from './observe.ts'
import type { Lists } from './pages.ts'
import { rateLimit } from './rate.ts'
import { refusalFact } from './refusal.ts'
import type { ScimHandler, ScimReply, ScimRequest, ScimRoutes } from './request.ts'
import { rootSearch } from './root.ts'
import { userRoutes } from './users.ts'

export interface ScimDoorOptions {
  readonly db: Database
  readonly authenticator: Authenticator
  readonly lastSeen: LastSeen
  readonly unknownAttributes: UnknownAttributes
  readonly requestLog: RequestLog
  /** URL of the service as seen from outside, without a trailing slash. Known once it listens. */
  readonly publicUrl: () => string
  /** Requests per second for each identity provider; 0 = unlimited. */
  readonly ratePerSecond: number
  /** Encrypts cursors. All processes must use the same key. */
  readonly seal: Seal
  /** Determines the age of cursors. */
  readonly clock?: Clock
}

export const SCIM_PREFIX = '/scim/v2'

/**
 * In milliseconds. Database waits end after this time, so that a request is answered within 5 s even if the database
 * hangs.
 */
const PATIENCE_MILLISECONDS = 4_500

const WRITES = new Set(['POST', 'PUT', 'PATCH', 'DELETE'])

/** The options, and what the door creates itself. */
interface OpenDoor extends ScimDoorOptions {
  readonly together: NonNullable<Provisioner['together']>
}

export const scimDoor: FastifyPluginAsync<ScimDoorOptions> = async (door, given) => {
  const options: OpenDoor = { ...given, together: { users: openUserWrites(), members: openMemberMoves() } }
  const takeToken = rateLimit(options.ratePerSecond)
  acceptScimBodies(door)
  door.decorateRequest('caller', undefined)
  door.decorateRequest('giveUpAt', 0)
  door.decorateRequest('noticed', undefined)
  door.decorateRequest('notes', undefined)
  door.setNotFoundHandler((request, reply) => sendScimError(refuse('endpoint-unknown'), request, reply))
  door.setErrorHandler(async (error, request, reply) => {
    await recordFailure(options, request as ScimRequest, error)
    return sendScimError(error, request, reply)
  })
  refuseUnstorableAddresses(door)
  door.addHook('onRequest', async (request, reply) => {
    setDataHeaders(reply)
    if (request.is404) return
    request.giveUpAt = performance.now() + PATIENCE_MILLISECONDS
    const { idpId } = request.params as { idpId: string }
    request.caller = await options.authenticator.authenticate(
      request.headers.authorization,
      idpId,
      request.ip,
    )
    takeToken(request.caller.idp.id)
  })
  door.addHook('onResponse', (request, reply, done) => {
    if (request.caller && reply.statusCode < 400) options.lastSeen.seen(request.caller)
    done()
  })
  const lists = { cursors: openCursors(options.seal, options.clock ?? systemClock), memory: openListMemory() }
  forgetOnWrite(door, lists)
  observeRequests(door, options.requestLog)
  openRoutes(door, options, lists)
}

/** Returns whether a request changes data. A search is a POST but doesn't. */
function isWrite({ method, routeOptions }: FastifyRequest): boolean {
  return WRITES.has(method) && !routeOptions.url?.endsWith('/.search')
}

/** Clears the cached lists that a write may have changed, before its response is sent. */
function forgetOnWrite(door: FastifyInstance, { memory }: Lists) {
  door.addHook('onSend', (request, _reply, payload, done) => {
    const inPlace = request.method === 'PUT' || request.method === 'PATCH'
    if (request.caller && isWrite(request))
      memory.wrote(request.caller.idp.id, inPlace ? 'contents' : 'resources')
    done(null, payload)
  })
}

function openRoutes(door: FastifyInstance, options: OpenDoor, lists: Lists) {
  const dialect = (request: ScimRequest) => dialectOfCaller(request)
  const users = userRoutes(dialect, lists)
  const groups = groupRoutes(dialect, lists)
  const discovery = discoveryRoutes(dialect)
  resource(door, options, '/:idpId/Users', USER_BODY, users)
  resource(door, options, '/:idpId/Groups', GROUP_BODY, groups)
  route(door, options, '/:idpId/.search', { POST: rootSearch(dialect, lists) })
  const bulk = bulkRoute(dialect, (request) => refreshed(options, request))
  route(door, options, '/:idpId/Bulk', { POST: bulk }, BULK_LIMITS.maxPayloadSize)
  for (const [path, handler] of Object.entries(discovery))
    route(door, options, `/:idpId${path}`, { GET: handler })
}

function resource(
  door: FastifyInstance,
  options: OpenDoor,
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

/** Registers one path with its methods. Other methods get 405 with `Allow`. @see RFC 7644 §3.2, RFC 9110 §15.5.6 */
function route(
  door: FastifyInstance,
  options: OpenDoor,
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
          throw refuse('method-not-allowed', { method, allowed: allow })
        },
      })
    }
  }
}

function dialectOfCaller(request: ScimRequest): Dialect {
  const remember: Dialect['remember'] = (resourceType, names, habit) => {
    if (names.length === 0) return
    request.noticed ??= new Map()
    const key = `${resourceType} ${habit ?? ''}`
    const notice = request.noticed.get(key) ?? { resourceType, habit, names: new Set() }
    for (const name of names) notice.names.add(name)
    request.noticed.set(key, notice)
  }
  return dialectOf(callerOf(request).idp, remember, (code, params) => {
    request.notes ??= new Map()
    request.notes.set(code, { code, params })
  })
}

/** Records unknown names once per request, even if the message was parsed twice. */
function rememberNoticed({ unknownAttributes }: OpenDoor, { caller, noticed }: ScimRequest): void {
  if (!caller || !noticed) return
  for (const { resourceType, habit, names } of noticed.values())
    unknownAttributes.noticed(caller, resourceType, [...names], habit)
}

function callerOf(request: ScimRequest): Caller {
  if (!request.caller) throw new Unauthenticated(because('credentials-missing'))
  return request.caller
}

/** Runs a handler. If the identity provider changed in the meantime, authenticates again and repeats it once. */
function guarded(options: OpenDoor, handler: ScimHandler) {
  return async (plain: unknown, reply: unknown) => {
    const request = plain as ScimRequest
    const at = provisioner(options, request)
    try {
      return await handler(at, request, reply as ScimReply)
    } catch (error) {
      if (!(await isOutdated(at, error))) throw error
      return await handler(await refreshed(options, request), request, reply as ScimReply)
    } finally {
      rememberNoticed(options, request)
    }
  }
}

async function refreshed(options: OpenDoor, request: ScimRequest): Promise<Provisioner> {
  const { headers, params } = request
  request.caller = await options.authenticator.refresh(headers.authorization, params.idpId, request.ip)
  request.notes = undefined
  request.noticed = undefined // the new schemas may have these names
  return provisioner(options, request)
}

function provisioner({ db, publicUrl, together }: OpenDoor, request: ScimRequest): Provisioner {
  const caller = callerOf(request)
  return {
    db,
    scope: { ...caller.scope, giveUpAt: request.giveUpAt },
    together,
    tenantId: caller.tenantId,
    idpId: caller.idp.id,
    mapping: compileMapping(caller.idp.mapping, caller.idp.schemas.users),
    uniqueGroupNames: caller.idp.uniqueGroupNames,
    uniqueExternalIds: caller.idp.uniqueExternalIds,
    uniqueUserExternalIds: caller.idp.uniqueUserExternalIds,
    base: `${publicUrl()}/scim/v2/${caller.idp.id}`,
    auditContext: {
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

const RESOURCE = /\/:idpId(\/Users|\/Groups)(?:\/:id)?$/

/**
 * Records a refused change in the audit log. If that fails, the refusal is still returned. Bulk requests record their
 * own.
 */
async function recordFailure(options: OpenDoor, request: ScimRequest, error: unknown): Promise<void> {
  const endpoint = RESOURCE.exec(request.routeOptions.url ?? '')?.[1]
  if (!request.caller || !isWrite(request) || endpoint === undefined) return
  const { method, params, body, routeOptions } = request
  const refusal = toScimError(error, routeOptions.bodyLimit)
  const fact = refusalFact({ method, endpoint, id: params.id, body }, refusal)
  if (!fact) return
  const at = provisioner(options, request)
  await record({ query: (statement) => at.db.run(at.scope, statement) }, at.auditContext, fact).catch(
    (failure) => request.log.warn({ err: failure }, 'a refused change could not be recorded'),
  )
}
