// Identifies the caller of the API: an administrator by the session cookie, or a program by an API key. Every route declares
// the lowest role that may use it. A request that changes something must come from our own pages, or carry an API key, which
// browsers never send by themselves.
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Role } from '#administrators/administrators.ts'
import type { ApiKeyUse } from '#administrators/api-keys/api-key-use.ts'
import { findApiKey, type KeyHolder, liveApiKeys } from '#administrators/api-keys/api-keys.ts'
import { csrfTokenOf, findSession, type SignedIn } from '#administrators/sign-in/sessions.ts'
import type { AuditContext } from '#audit/record.ts'
import { Unauthenticated } from '#errors.ts'
import { digestOf, tenantOfToken } from '#platform/crypto/scoped-tokens.ts'
import type { Database } from '#platform/database/database.ts'
import { type FailureLimit, openFailureLimit } from '#platform/limits/failure-limit.ts'
import { isSameOrigin } from '../same-origin.ts'
import { ApiRefusal } from './problems.ts'
import { sessionTokenOf } from './session/cookie.ts'

/** The caller of an API request. */
export interface Principal {
  readonly tenantId: string
  readonly role: Role
  readonly auditContext: AuditContext
  /** Undefined for an API key. */
  readonly session: SignedIn | undefined
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by the guard of the API. Routes with the role `open` have none. */
    principal: Principal
  }
  interface FastifyContextConfig {
    /** The lowest role that may use the route; `open` needs no sign-in. The default is `owner`. */
    role?: Role | 'open'
    /** Refuses API keys: the route is about the administrator's own account or session. */
    person?: boolean
    /** Demands a recent proof of identity from an administrator. An API key was created with such a proof. */
    stepUp?: boolean
  }
}

const RANK: Record<Role, number> = { auditor: 1, admin: 2, owner: 3 }
const SAFE = new Set(['GET', 'HEAD', 'OPTIONS'])

/** Returns the hook that identifies the caller and checks the role. It throws {Unauthenticated} and {ApiRefusal}. */
export function guard(db: Database, keyUse: ApiKeyUse) {
  const failures = openFailureLimit({ live: () => liveApiKeys(db) })
  return async (request: FastifyRequest, _reply: FastifyReply): Promise<void> => {
    const { role = 'owner', person, stepUp } = request.routeOptions.config
    if (role === 'open') {
      if (!SAFE.has(request.method)) demandOwnPage(request)
      return
    }
    const { authorization } = request.headers
    const principal =
      authorization === undefined
        ? await byCookie(db, request)
        : await byKey({ db, keyUse, failures }, request, authorization)
    demandRole(principal.role, role)
    if (person && !principal.session)
      throw new ApiRefusal(
        403,
        'person-required',
        'An API key can’t do this: it is about an administrator’s own account',
      )
    if (stepUp && principal.session && !principal.session.provenLately)
      throw new ApiRefusal(
        403,
        'step-up-required',
        'Prove your identity again: this action needs a recent proof',
      )
    request.principal = principal
  }
}

/** Returns the signed-in administrator on a route with `person`. */
export function personOf({ principal: { session } }: FastifyRequest): SignedIn {
  if (!session) throw new Error('personOf needs a route with `person: true`')
  return session
}

async function byCookie(db: Database, request: FastifyRequest): Promise<Principal> {
  const token = sessionTokenOf(request)
  const session = token === undefined ? undefined : await findSession(db, token)
  if (!token || !session) throw new Unauthenticated('Sign in first')
  if (!SAFE.has(request.method)) {
    demandOwnPage(request)
    if (request.headers['x-csrf-token'] !== csrfTokenOf(token))
      throw new ApiRefusal(403, 'csrf', 'The X-CSRF-Token header is missing or belongs to another session')
  }
  const { tenantId, role, administratorId: id, email: name } = session
  return { tenantId, role, session, auditContext: auditContextOf(request, { tenantId, id, name }) }
}

interface KeyTools {
  readonly db: Database
  readonly keyUse: ApiKeyUse
  readonly failures: FailureLimit
}

/** @throws {Unauthenticated} @throws {TooManyRequests} too many wrong keys from the same network */
async function byKey(
  { db, keyUse, failures }: KeyTools,
  request: FastifyRequest,
  authorization: string,
): Promise<Principal> {
  const key = /^Bearer +(\S+)$/i.exec(authorization)?.[1]
  const credentials = key === undefined ? undefined : digestOf(key).toString('base64')
  const target = (key !== undefined && tenantOfToken('apiKey', key)) || ''
  const holder = await failures.run({ sourceAddress: request.ip, target, credentials }, async () => {
    const found: KeyHolder | undefined = key === undefined ? undefined : await findApiKey(db, key)
    if (!found)
      throw new Unauthenticated('This API key is unknown, revoked or expired, or its creator is disabled')
    return found
  })
  keyUse.used(holder.id)
  const { tenantId, role, id } = holder
  const auditContext = auditContextOf(request, { tenantId, id, name: `API key ${holder.name}` })
  return { tenantId, role, session: undefined, auditContext }
}

function auditContextOf(
  request: FastifyRequest,
  { tenantId, id, name }: { readonly tenantId: string; readonly id: string; readonly name: string },
): AuditContext {
  const { id: requestId, ip: sourceAddress } = request
  return { tenantId, actor: { type: 'administrator', id, name, requestId, sourceAddress } }
}

function demandRole(actual: Role, required: Role): void {
  if (RANK[actual] < RANK[required])
    throw new ApiRefusal(403, 'role', `This action needs the role ${required}. Your role is ${actual}.`)
}

function demandOwnPage(request: FastifyRequest): void {
  if (!isSameOrigin(request)) throw new ApiRefusal(403, 'csrf', 'This request comes from another site')
}
