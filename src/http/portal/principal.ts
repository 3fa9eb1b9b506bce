// Who asks: an administrator by the session cookie, or (with an API key) a program. Every route of the API says the least
// role that may use it; what changes something must come from our own pages.
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Witness } from '#audit/record.ts'
import { Unauthenticated } from '#errors.ts'
import type { Database } from '#platform/database.ts'
import { csrfTokenOf, findSession, type SignedIn } from '#tenancy/administrator-sessions.ts'
import type { Role } from '#tenancy/administrators.ts'
import { ApiRefusal } from './problems.ts'
import { isSameOrigin } from './same-origin.ts'
import { sessionTokenOf } from './session-cookie.ts'

/** Whoever a request of the API is from. */
export interface Principal {
  readonly tenantId: string
  readonly role: Role
  readonly witness: Witness
  /** Undefined for a program with an API key. */
  readonly session: SignedIn | undefined
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by the guard of the portal's API; routes that are open have none. */
    principal: Principal
  }
  interface FastifyContextConfig {
    /** The least role that may use the route; `open` asks for nobody. Without it the route is for owners. */
    role?: Role | 'open'
  }
}

const RANK: Record<Role, number> = { auditor: 1, admin: 2, owner: 3 }
const SAFE = new Set(['GET', 'HEAD', 'OPTIONS'])

/** The guard of the API. @throws {Unauthenticated} {ApiRefusal} */
export function guard(db: Database) {
  return async (request: FastifyRequest, _reply: FastifyReply): Promise<void> => {
    const { role = 'owner' } = request.routeOptions.config
    if (role === 'open') {
      if (!SAFE.has(request.method)) demandOwnPage(request)
      return
    }
    const token = sessionTokenOf(request)
    const session = token === undefined ? undefined : await findSession(db, token)
    if (!token || !session) throw new Unauthenticated('Sign in first')
    if (!SAFE.has(request.method)) {
      demandOwnPage(request)
      if (request.headers['x-csrf-token'] !== csrfTokenOf(token))
        throw new ApiRefusal(403, 'csrf', 'The X-CSRF-Token header is missing or not of this session')
    }
    demandRole(session.role, role)
    request.principal = {
      tenantId: session.tenantId,
      role: session.role,
      session,
      witness: {
        tenantId: session.tenantId,
        actor: {
          type: 'administrator',
          id: session.administratorId,
          name: session.email,
          requestId: request.id,
          sourceAddress: request.ip,
        },
      },
    }
  }
}

function demandRole(has: Role, wanted: Role): void {
  if (RANK[has] < RANK[wanted])
    throw new ApiRefusal(403, 'role', `This needs the role ${wanted}; yours is ${has}`)
}

function demandOwnPage(request: FastifyRequest): void {
  if (!isSameOrigin(request)) throw new ApiRefusal(403, 'csrf', 'This request comes from another site')
}
