import type { FastifyRequest } from 'fastify'
import { Unauthenticated } from '#errors.ts'
import type { Database } from '#platform/database.ts'
import {
  csrfTokenOf,
  findSession,
  type SessionOrigin,
  type SignedIn,
} from '#tenancy/administrator-sessions.ts'
import { findTenantById } from '#tenancy/tenants.ts'
import type { Me } from './contract/session.ts'

/** Who holds this session, as the pages need to know it. */
export async function describeMe(db: Database, session: SignedIn, token: string): Promise<Me> {
  const { id, slug, name } = await findTenantById(db, session.tenantId)
  const { administratorId, email, name: ownName, role } = session
  return {
    administrator: { id: administratorId, email, name: ownName, role },
    tenant: { id, slug, name },
    csrfToken: csrfTokenOf(token),
    provenAt: session.provenAt.toISOString(),
  }
}

/** The same for a token that was given out just now. @throws {Unauthenticated} it was ended in this moment */
export async function describeNew(db: Database, token: string): Promise<Me> {
  const session = await findSession(db, token)
  if (!session) throw new Unauthenticated('This session has ended; sign in again')
  return describeMe(db, session, token)
}

export function originOf(request: FastifyRequest): SessionOrigin {
  return { sourceAddress: request.ip, userAgent: request.headers['user-agent'] }
}
