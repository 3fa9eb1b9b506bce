import type { FastifyRequest } from 'fastify'
import {
  csrfTokenOf,
  findSession,
  type SessionOrigin,
  type SignedIn,
} from '#administrators/sign-in/sessions.ts'
import { tell } from '#administrators/sign-in/tell.ts'
import { Unauthenticated } from '#errors.ts'
import type { Database } from '#platform/database/database.ts'
import { findTenantById } from '#tenancy/tenants.ts'
import { browserTokensOf } from '../../known-browser.ts'
import type { PortalOptions } from '../options.ts'
import { personOf } from '../principal.ts'
import type { Me } from './contract.ts'

/** Who holds this session, as the pages need to know it. */
export async function describeMe(db: Database, session: SignedIn, token: string): Promise<Me> {
  const { id, slug, name } = await findTenantById(db, session.tenantId)
  const { administratorId, email, name: ownName, role } = session
  return {
    administrator: { id: administratorId, email, name: ownName, role },
    tenant: { id, slug, name },
    csrfToken: csrfTokenOf(token),
    provenAt: session.provenAt?.toISOString() ?? null,
  }
}

/** The same for a token that was given out just now. @throws {Unauthenticated} it was ended in this moment */
export async function describeNew(db: Database, token: string): Promise<Me> {
  const session = await findSession(db, token)
  if (!session) throw new Unauthenticated('This session has ended; sign in again')
  return describeMe(db, session, token)
}

export function originOf(request: FastifyRequest): SessionOrigin {
  return {
    requestId: request.id,
    sourceAddress: request.ip,
    userAgent: request.headers['user-agent'],
    browserTokens: browserTokensOf(request),
  }
}

/** Tells the activity log what whoever is signed in did with their own account. */
export function tellOwn(
  options: Pick<PortalOptions, 'activity'>,
  request: FastifyRequest,
  told: Parameters<typeof tell>[3],
): void {
  const { tenantId, administratorId: id, email } = personOf(request)
  tell(options, { tenantId, id, email }, originOf(request), told)
}
