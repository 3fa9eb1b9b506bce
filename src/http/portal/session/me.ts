import type { FastifyRequest } from 'fastify'
import { recordSignInActivity } from '#administrators/sign-in/record-activity.ts'
import {
  csrfTokenOf,
  findSession,
  type SessionOrigin,
  type SignedIn,
} from '#administrators/sign-in/sessions.ts'
import { Unauthenticated } from '#errors.ts'
import { relyingParty } from '#factors/relying-party.ts'
import type { Database } from '#platform/database/database.ts'
import { findTenantById } from '#tenancy/tenants.ts'
import { browserTokensOf } from '../../known-browser.ts'
import type { PortalOptions } from '../options.ts'
import { personOf } from '../principal.ts'
import type { Me } from './contract.ts'

/** Returns the signed-in administrator and the tenant, with the CSRF token that belongs to the session token. */
export async function describeSession(db: Database, session: SignedIn, token: string): Promise<Me> {
  const { id, slug, name } = await findTenantById(db, session.tenantId)
  const { administratorId, email, name: ownName, role } = session
  return {
    administrator: { id: administratorId, email, name: ownName, role },
    tenant: { id, slug, name },
    csrfToken: csrfTokenOf(token),
    provenAt: session.provenAt?.toISOString() ?? null,
  }
}

/** Returns the same for a session token that was just issued. @throws {Unauthenticated} it has been revoked since */
export async function describeToken(db: Database, token: string): Promise<Me> {
  const session = await findSession(db, token)
  if (!session) throw new Unauthenticated('This session has ended. Sign in again.')
  return describeSession(db, session, token)
}

export function originOf(request: FastifyRequest): SessionOrigin {
  return {
    requestId: request.id,
    sourceAddress: request.ip,
    userAgent: request.headers['user-agent'],
    browserTokens: browserTokensOf(request),
  }
}

/** Returns why passkeys can't be used at the public URL, or null when they can. */
export function passkeysUnavailable(publicUrl: string): string | null {
  const party = relyingParty(publicUrl)
  return 'unavailable' in party ? party.unavailable : null
}

/** Records in the activity log what administrators do with their own account. */
export function recordOwnActivity(
  options: Pick<PortalOptions, 'activity'>,
  request: FastifyRequest,
  entry: Parameters<typeof recordSignInActivity>[3],
): void {
  const { tenantId, administratorId: id, email } = personOf(request)
  recordSignInActivity(options, { tenantId, id, email }, originOf(request), entry)
}
